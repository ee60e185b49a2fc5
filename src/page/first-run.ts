// What keeps a monitor that was just installed from being of use. Pure.

import type { ClusterHealth } from './state.js';

/** Seconds after the start within which services of which none ever answered are a matter of their addresses. */
const FIRST = 3600;
/** Seconds the first checks may take. */
const CHECKED = 60;

export type Hurdle = 'no answers' | 'no checks' | 'no rules';

/** Nothing is in the way: undefined. */
export function hurdleOf({ services, cluster_stats, rules }: ClusterHealth): Hurdle | undefined {
  const states = Object.values(services).map(({ health }) => health.status);
  const age = cluster_stats.monitoring_uptime;
  // The program does not start without services; all of them may be hidden.
  if (states.length === 0) return undefined;
  if (states.every(state => state === 'unknown')) return age > CHECKED ? 'no checks' : undefined;
  if (age < FIRST && states.every(state => ['error', 'timeout', 'unknown'].includes(state)))
    return 'no answers';
  return rules === undefined ? undefined : 'no rules';
}

/** The smallest list of services there is; it passes check-config. */
export const SERVICES = `services:
  tools:
    name: Tools Server
    url: http://127.0.0.1:8082/health
    critical: true
`;

/** The rules, where a Prometheus of one's own evaluates them. */
export const RULE_FILES = `rule_files:
  - /opt/langgraph-monitor/rules/*.rules.yml
`;

/** Asks a service as the monitor does. */
export const ASK = 'curl -v http://127.0.0.1:8082/health\n';
