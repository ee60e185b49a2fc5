// What of the incidents stands in their view's address.

/** Incidents that are read at a time. */
export const STEP = 100;
/** The most an answer has. */
const MOST = 10_000;

export interface IncidentFilter {
  /** One incident alone; empty for all. */
  readonly id: string;
  /** A service's id; empty for all. */
  readonly service: string;
  readonly severity: string;
  /** A rule's name; empty for all. */
  readonly alertname: string;
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
    alertname: given.get('alertname') ?? '',
    isActive: given.get('active') === 'true',
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, MOST) : STEP,
  };
}

/** The query string: empty when nothing is chosen, else with `?`. */
export function printFilter(filter: IncidentFilter): string {
  const query = new URLSearchParams(chosen(filter));
  const { limit } = filter;
  if (limit !== STEP) query.set('limit', `${limit}`);
  const printed = query.toString();
  return printed === '' ? '' : `?${printed}`;
}

/** The path that answers it. */
export function questionOf(filter: IncidentFilter): string {
  return `alert_history?${new URLSearchParams({ limit: `${filter.limit}`, ...chosen(filter) })}`;
}

/** The path of the table for spreadsheets: all that fit. */
export function tableOf(filter: IncidentFilter): string {
  const all = { format: 'csv', limit: `${MOST}`, ...chosen(filter) };
  return `alert_history?${new URLSearchParams(all)}`;
}

/** The path of the feed, which knows services and severities. */
export function feedOf({ service, severity }: IncidentFilter): string {
  const query = `${new URLSearchParams(given({ service, severity }))}`;
  return query === '' ? 'incidents.atom' : `incidents.atom?${query}`;
}

/** What is chosen, in the words of the address and of the endpoint. */
function chosen({ id, service, severity, alertname, isActive }: IncidentFilter): Record<string, string> {
  return given({ id, service, severity, alertname, active: isActive ? 'true' : '' });
}

function given(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}
