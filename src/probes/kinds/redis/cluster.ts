// A node's view of its Redis Cluster: CLUSTER INFO's fields in, redis_exporter's families out, and whether the node
// refuses keys because of it. PING and INFO are answered all the same.
// Source: redis_exporter, exporter/clusters.go; Redis, CLUSTER INFO.

import { type FamilyType, family, type MetricFamily } from '../../../model/family.js';
import type { Attempt } from '../../probe.js';
import { Refusal } from './errors.js';
import { numberOf } from './info.js';

const FIELDS: readonly (readonly [field: string, name: string, type: FamilyType])[] = [
  ['cluster_state', 'redis_cluster_state', 'gauge'],
  ['cluster_slots_assigned', 'redis_cluster_slots_assigned', 'gauge'],
  ['cluster_slots_ok', 'redis_cluster_slots_ok', 'gauge'],
  ['cluster_slots_pfail', 'redis_cluster_slots_pfail', 'gauge'],
  ['cluster_slots_fail', 'redis_cluster_slots_fail', 'gauge'],
  ['cluster_known_nodes', 'redis_cluster_known_nodes', 'gauge'],
  ['cluster_size', 'redis_cluster_size', 'gauge'],
  ['cluster_current_epoch', 'redis_cluster_current_epoch', 'gauge'],
  ['cluster_my_epoch', 'redis_cluster_my_epoch', 'gauge'],
  ['cluster_stats_messages_sent', 'redis_cluster_messages_sent_total', 'counter'],
  ['cluster_stats_messages_received', 'redis_cluster_messages_received_total', 'counter'],
];

const columns = FIELDS.map(([field, name, type]) => ({
  field,
  family: family(name, `${field} of CLUSTER INFO`, type),
}));

export const clusterFamilies: readonly MetricFamily[] = columns.map(({ family }) => family);

/** Slots of every cluster. */
const SLOTS = 16_384;
const NO_LABELS: readonly string[] = [];

/** Records the fields of CLUSTER INFO, and returns what the node refuses keys for; undefined when it serves them. */
export function recordCluster(attempt: Attempt, fields: ReadonlyMap<string, string>): Refusal | undefined {
  for (const { field, family } of columns) attempt.record(family, NO_LABELS, numberOf(fields.get(field)));
  if (fields.get('cluster_state') !== 'fail') return undefined;
  const served = numberOf(fields.get('cluster_slots_ok'));
  const slots = Number.isNaN(served) ? '' : ` (${served} of ${SLOTS} slots are served)`;
  return new Refusal('status', `CLUSTERDOWN The cluster is down${slots}; commands with keys are refused`);
}
