// The masters a Sentinel watches: INFO's section Sentinel in, redis_exporter's families out.
// Source: redis_exporter, exporter/sentinels.go and exporter/info.go; Redis, "High availability with Redis Sentinel".

import { family, type MetricFamily } from '../../../model/family.js';
import type { Attempt } from '../../probe.js';
import { numberOf, partsOf } from './info.js';

const MASTER = ['master_name', 'master_address'];

const status = family(
  'redis_sentinel_master_status',
  'Whether the Sentinel sees the master up (1) or not (0)',
  'gauge',
  [...MASTER, 'master_status'],
);
const slaves = family('redis_sentinel_master_slaves', 'Replicas of the master', 'gauge', MASTER);
const sentinels = family('redis_sentinel_master_sentinels', 'Sentinels of the master', 'gauge', MASTER);

export const sentinelFamilies: readonly MetricFamily[] = [status, slaves, sentinels];

const FIELD = /^master\d+$/;

/** Records the masters among INFO's fields. */
export function recordSentinel(attempt: Attempt, fields: ReadonlyMap<string, string>): void {
  const seen = new Set<string>();
  for (const [field, text] of fields) {
    if (!FIELD.test(field)) continue;
    const { name = '', address = '', ...master } = partsOf(text);
    const labels = [name, address];
    const key = labels.join(' ');
    if (seen.has(key)) continue;
    seen.add(key);
    const state = master.status ?? '';
    attempt.record(status, [...labels, state], state === 'ok' ? 1 : 0);
    attempt.record(slaves, labels, numberOf(master.slaves));
    attempt.record(sentinels, labels, numberOf(master.sentinels));
  }
}
