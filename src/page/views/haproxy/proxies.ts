// HAProxy's frontends, backends and servers from one PromQL answer. Pure.

import type { Series } from '../../promql.js';
import { compareNames } from '../../words.js';

const FAMILIES = [
  'status',
  'current_sessions',
  'limit_sessions',
  'current_queue',
  'weight',
  'check_last_change_seconds',
];

/** What {@link proxiesOf} reads. */
export const PROXIES_QUERY = `{__name__=~"haproxy_(frontend|backend|server)_(${FAMILIES.join('|')})"}`;

/** A frontend, a backend or a server. */
export interface ProxyFigures {
  /** The HAProxy's id as a service. */
  readonly target: string;
  readonly proxy: string;
  /** Empty of a frontend and a backend. */
  readonly server: string;
  /** As HAProxy calls it: UP, DOWN, MAINT; empty where it is not known. */
  readonly state: string;
  readonly sessions: number | undefined;
  /** Undefined where there is none. */
  readonly limit: number | undefined;
  readonly queue: number | undefined;
  readonly weight: number | undefined;
  /** Seconds since the state changed. */
  readonly changed: number | undefined;
}

export interface Backend extends ProxyFigures {
  readonly servers: readonly ProxyFigures[];
}

/** Backends with their servers and frontends; what is not up comes first, then by name. */
export function proxiesOf(series: readonly Series[]): {
  readonly frontends: readonly ProxyFigures[];
  readonly backends: readonly Backend[];
} {
  const of = (scope: string) => scopeOf(series, scope).sort(byState);
  const servers = of('server');
  const backends = of('backend').map(backend => ({
    ...backend,
    servers: servers.filter(({ target, proxy }) => target === backend.target && proxy === backend.proxy),
  }));
  return { frontends: of('frontend'), backends };
}

/** Whether a proxy takes requests as it should. */
export function isUp({ state }: Pick<ProxyFigures, 'state'>): boolean {
  return state === 'UP' || state === 'OPEN' || state === 'no check';
}

function byState(a: ProxyFigures, b: ProxyFigures): number {
  return Number(isUp(a)) - Number(isUp(b)) || compareNames(nameOf(a), nameOf(b));
}

function nameOf({ target, proxy, server }: ProxyFigures): string {
  return `${proxy} ${server} ${target}`;
}

function scopeOf(series: readonly Series[], scope: string): ProxyFigures[] {
  const found = new Map<string, Record<string, string>>();
  const prefix = `haproxy_${scope}_`;
  for (const { metric, value } of series) {
    const { __name__: family = '', target = '', proxy = '', server = '', state = '' } = metric;
    if (!family.startsWith(prefix)) continue;
    const key = JSON.stringify([target, proxy, server]);
    const known = found.get(key) ?? { target, proxy, server };
    found.set(key, known);
    if (!family.endsWith('_status')) known[family.slice(prefix.length)] = value[1];
    else if (value[1] === '1') known.state = state;
  }
  return [...found.values()].map(figures);
}

function figures(known: Readonly<Record<string, string>>): ProxyFigures {
  const number = (name: string) => (known[name] === undefined ? undefined : Number(known[name]));
  return {
    target: known.target ?? '',
    proxy: known.proxy ?? '',
    server: known.server ?? '',
    state: known.state ?? '',
    sessions: number('current_sessions'),
    limit: number('limit_sessions') || undefined,
    queue: number('current_queue'),
    weight: number('weight'),
    changed: number('check_last_change_seconds'),
  };
}
