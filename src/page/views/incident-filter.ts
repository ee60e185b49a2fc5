// What of the incidents stands in their view's address.

/** Incidents that are read at a time. */
export const STEP = 100;

export interface IncidentFilter {
  /** One incident alone; empty for all. */
  readonly id: string;
  /** A service's id; empty for all. */
  readonly service: string;
  readonly severity: string;
  /** Only those that last. */
  readonly isActive: boolean;
  /** The newest so many. */
  readonly limit: number;
}

/** Reads a query string. What is not understood counts as not given. */
export function parseFilter(query: string): IncidentFilter {
  const given = new URLSearchParams(query);
  const limit = Number(given.get('limit') ?? STEP);
  return {
    id: given.get('id') ?? '',
    service: given.get('service') ?? '',
    severity: given.get('severity') ?? '',
    isActive: given.get('active') === 'true',
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, 10_000) : STEP,
  };
}

/** The query string: empty when nothing is chosen, else with `?`. */
export function printFilter({ id, service, severity, isActive, limit }: IncidentFilter): string {
  const query = new URLSearchParams();
  if (id !== '') query.set('id', id);
  if (service !== '') query.set('service', service);
  if (severity !== '') query.set('severity', severity);
  if (isActive) query.set('active', 'true');
  if (limit !== STEP) query.set('limit', `${limit}`);
  const printed = query.toString();
  return printed === '' ? '' : `?${printed}`;
}

/** The path that answers it. */
export function questionOf({ id, service, severity, isActive, limit }: IncidentFilter): string {
  const query = new URLSearchParams({ limit: `${limit}` });
  if (id !== '') query.set('id', id);
  if (service !== '') query.set('service', service);
  if (severity !== '') query.set('severity', severity);
  if (isActive) query.set('active', 'true');
  return `alert_history?${query}`;
}
