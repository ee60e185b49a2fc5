// The demo's timetable: which service has what trouble when. Pure: time in, incidents out.

import type { Millis } from '../model/time.js';
import type { ServiceCondition, ServiceId } from './cluster.js';

export interface Incident {
  /** Start and end, milliseconds into a round. */
  readonly from: Millis;
  readonly to: Millis;
  readonly service: ServiceId;
  readonly condition: ServiceCondition;
  /** What is the matter, as the end of the sentence "tools: ...". */
  readonly says: string;
  /** Where the monitor shows it best. */
  readonly watch: string;
}

/** A round; then it starts again, well. */
export const ROUND: Millis = 300_000;

const SECOND: Millis = 1000;

function incident(
  [from, to]: readonly [number, number],
  service: ServiceId,
  condition: ServiceCondition,
  says: string,
  watch = '/alerts',
): Incident {
  return { from: from * SECOND, to: to * SECOND, service, condition, says, watch };
}

/** One round, in order of time. Long enough each to be confirmed by several scans, and to be seen going away. */
export const INCIDENTS: readonly Incident[] = [
  incident([15, 40], 'tools', { kind: 'status', code: 503 }, 'answers 503'),
  incident(
    [50, 75],
    'embeddings',
    { kind: 'slow', ms: 1500 },
    'takes 1.5 s longer to answer',
    '/cluster_health',
  ),
  incident([85, 110], 'cpu_llama', { kind: 'loading_model' }, 'loads its model (503 until it is done)'),
  incident(
    [120, 145],
    'jetson_ollama',
    { kind: 'model_missing', model: 'llama3.2:3b' },
    'answers, but llama3.2:3b is not installed',
  ),
  incident([155, 180], 'tools', { kind: 'hang' }, 'accepts and never answers (timeout)'),
  incident([190, 225], 'embeddings', { kind: 'refused' }, 'is gone (connection refused)'),
  incident(
    [200, 220],
    'tools',
    { kind: 'refused' },
    'is gone too: two critical services down, the cluster is unhealthy',
    '/cluster_health',
  ),
  incident(
    [235, 255],
    'haproxy',
    { kind: 'backend_down', backend: 'embeddings' },
    'cannot reach its backend embeddings',
    '/haproxy_metrics',
  ),
  incident([262, 285], 'redis', { kind: 'hang' }, 'hangs (its process is stopped)'),
];

/** The incidents of a timetable that are on at `elapsed` milliseconds since the demo began, in any round. */
export function incidentsAt(elapsed: Millis, timetable: readonly Incident[] = INCIDENTS): Incident[] {
  const moment = elapsed % ROUND;
  return timetable.filter(({ from, to }) => from <= moment && moment < to);
}

/** The condition of every service at `elapsed`; a service that is not named is well. */
export function conditionsAt(
  elapsed: Millis,
  timetable: readonly Incident[] = INCIDENTS,
): Partial<Record<ServiceId, ServiceCondition>> {
  return Object.fromEntries(
    incidentsAt(elapsed, timetable).map(({ service, condition }) => [service, condition]),
  );
}
