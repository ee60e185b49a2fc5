// What the services stand on: the load balancer's backends, and where the alert rules have their limits.

import { getJson, instant } from './api.js';
import type { Backend } from './model.js';
import { compareNames } from './words.js';

const FAMILIES = {
  status: 'haproxy_backend_status',
  sessions: 'haproxy_backend_current_sessions',
  queue: 'haproxy_backend_current_queue',
  servers: 'haproxy_backend_active_servers',
};

/** HAProxy's backends, those that are not up first. @throws as getJson */
export async function backends(): Promise<Backend[]> {
  const series = await instant(`{__name__=~"${Object.values(FAMILIES).join('|')}"}`);
  const found = new Map<string, Backend>();
  for (const { metric, value } of series) {
    const { __name__: family, target = '', proxy = '', state = '' } = metric;
    const key = `${target} ${proxy}`;
    const known = found.get(key) ?? { name: proxy, status: '', sessions: 0, queue: 0, servers: 0 };
    const number = Number(value[1]);
    if (family === FAMILIES.status) {
      if (number === 1) found.set(key, { ...known, status: state });
      continue;
    }
    const field = (['sessions', 'queue', 'servers'] as const).find(name => FAMILIES[name] === family);
    if (field) found.set(key, { ...known, [field]: number });
  }
  return [...found.values()]
    .filter(({ status }) => status !== '')
    .sort((a, b) => Number(a.status === 'UP') - Number(b.status === 'UP') || compareNames(a.name, b.name));
}

const LIMITED = [
  'host_cpu_usage_ratio',
  'host_memory_usage_ratio',
  'host_filesystem_usage_ratio',
  'redis_memory_used_bytes',
  'haproxy_frontend_current_sessions',
];

interface Rules {
  readonly data: { readonly groups: readonly { readonly rules: readonly { readonly query: string }[] }[] };
}

/** The lowest limit above which a rule fires, by metric, between 0 and 1. @throws as getJson */
export async function limits(): Promise<Record<string, number>> {
  const { data } = await getJson<Rules>('api/v1/rules?type=alert&exclude_alerts=true');
  const queries = data.groups.flatMap(({ rules }) => rules.map(({ query }) => query));
  return limitsOf(queries);
}

/** The limits of these expressions. */
function limitsOf(queries: readonly string[]): Record<string, number> {
  const found = LIMITED.flatMap(metric => {
    const limit = new RegExp(`^[^<]*\\b${metric}\\b[^<]*?>=?\\s*(0?\\.\\d+)\\s*$`);
    const values = queries.flatMap(query => limit.exec(query)?.[1] ?? []).map(Number);
    return values.length === 0 ? [] : [[metric, Math.min(...values)] as const];
  });
  return Object.fromEntries(found);
}
