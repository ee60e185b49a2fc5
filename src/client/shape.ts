// Whether JSON that came back is what the monitor answers: something else may listen at its address. Comes in: a parsed
// body; goes out: what is wrong with it in a few words, undefined when it can be used. Fields that this client does not
// read are not looked at, so that a newer monitor's answers hold.

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with an answer, `overall_status is missing`; undefined for one that can be used. */
export type ShapeCheck = (body: unknown) => string | undefined;

const STATUSES: readonly unknown[] = ['healthy', 'degraded', 'unhealthy'];

/** Checks an answer of `/cluster_health`, or an event of `/events`. */
export const clusterHealthProblem: ShapeCheck = body => {
  if (!isObject(body)) return 'it is no object';
  const { overall_status, services, alerts } = body;
  if (!STATUSES.includes(overall_status)) return wrong('overall_status', overall_status);
  if (!isObject(services)) return wrong('services', services);
  for (const [id, service] of Object.entries(services)) {
    if (!isObject(service) || !isObject(service.health) || typeof service.health.status !== 'string')
      return `services.${id} has no health.status`;
  }
  if (!isListOf(alerts, each => typeof each === 'string')) return wrong('alerts', alerts);
  return undefined;
};

/** Checks an answer of `/best_endpoint`. */
export const bestEndpointProblem: ShapeCheck = body => {
  if (!isObject(body)) return 'it is no object';
  const { endpoint, candidates, fallback } = body;
  if (!isBaseUrl(endpoint)) return wrong('endpoint', endpoint);
  const isCandidate = (each: unknown) =>
    isObject(each) && typeof each.service === 'string' && isBaseUrl(each.url);
  if (!isListOf(candidates, isCandidate)) return wrong('candidates', candidates);
  if (fallback !== null && !isBaseUrl(fallback)) return wrong('fallback', fallback);
  return undefined;
};

function wrong(name: string, value: unknown): string {
  return value === undefined ? `${name} is missing` : `${name} is not what the monitor says`;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isOne: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isBaseUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\/[^/]/i.test(value);
}
