// INFO's fields in; redis_exporter's families and the document's health fields out.
// Source: redis_exporter, exporter/info.go.

import { family, type MetricFamily } from '../../../model/family.js';
import type { Attempt } from '../../probe.js';
import { numberOf, partsOf } from './info.js';
import { infoFields } from './info-fields.js';
import type { Master } from './masters.js';
import { recordSentinel, sentinelFamilies } from './sentinel.js';

const MASTER = ['master_host', 'master_port'];
const SLAVE = ['slave_ip', 'slave_port', 'slave_state'];
const INSTANCE = [
  'maxmemory_policy',
  'os',
  'process_id',
  'redis_build_id',
  'redis_mode',
  'redis_version',
  'role',
  'run_id',
  'tcp_port',
];
const NO_LABELS: readonly string[] = [];

export const up = family('redis_up', 'Whether Redis answered INFO (1) or not (0)');
const instance = family('redis_instance_info', 'What this Redis is; always 1', 'gauge', INSTANCE);
const startTime = family(
  'redis_start_time_seconds',
  'When Redis started, as a Unix timestamp by its own clock',
);
const dbKeys = family('redis_db_keys', 'Keys in the database', 'gauge', ['db']);
const dbExpiring = family('redis_db_keys_expiring', 'Keys in the database that expire', 'gauge', ['db']);
const dbTtl = family('redis_db_avg_ttl_seconds', 'Average time to live of the keys that expire', 'gauge', [
  'db',
]);
const errors = family('redis_errors_total', 'Error replies by their first word', 'counter', ['err']);
const slaveOffset = family(
  'redis_connected_slave_offset_bytes',
  'Replication offset of a connected replica',
  'gauge',
  SLAVE,
);
const slaveLag = family(
  'redis_connected_slave_lag_seconds',
  'Seconds since a connected replica last reported',
  'gauge',
  SLAVE,
);
const slaveInfo = family('redis_slave_info', 'Whose replica this Redis is; always 1', 'gauge', [
  ...MASTER,
  'read_only',
]);
const linkUp = family('redis_master_link_up', 'Whether the link to the master is up', 'gauge', MASTER);
const syncing = family(
  'redis_master_sync_in_progress',
  'Whether the master is syncing to this replica',
  'gauge',
  MASTER,
);
const lastIo = family(
  'redis_master_last_io_seconds_ago',
  'Seconds since the master was last heard',
  'gauge',
  MASTER,
);
const replOffset = family('redis_slave_repl_offset', 'Replication offset of this replica', 'gauge', MASTER);

export const redisFamilies: readonly MetricFamily[] = [
  up,
  ...infoFields.map(({ family }) => family),
  ...[instance, startTime, dbKeys, dbExpiring, dbTtl, errors, slaveOffset, slaveLag, slaveInfo],
  ...[linkUp, syncing, lastIo, replOffset],
  ...sentinelFamilies,
];

/** Records every family INFO feeds, `redis_up` aside. */
export function recordInfo(
  attempt: Attempt,
  fields: ReadonlyMap<string, string>,
  masters: readonly Master[],
): void {
  for (const { field, family } of infoFields) attempt.record(family, NO_LABELS, numberOf(fields.get(field)));
  attempt.record(startTime, NO_LABELS, startOf(fields));
  if (fields.has('redis_version')) {
    const labels = INSTANCE.map(name => fields.get(name) ?? '');
    attempt.record(instance, labels, 1);
  }
  if (fields.get('role') === 'slave') recordReplica(attempt, fields);
  for (const master of masters) recordMaster(attempt, master);
  if (fields.get('redis_mode') === 'sentinel') recordSentinel(attempt, fields);
  const replicas = new Set<string>();
  for (const [name, text] of fields) {
    if (!/^(?:db\d|errorstat_|slave\d)/.test(name)) continue;
    if (name.startsWith('db')) recordDatabase(attempt, name, partsOf(text));
    else if (name.startsWith('slave')) recordSlave(attempt, partsOf(text), replicas);
    else attempt.record(errors, [name.slice('errorstat_'.length)], numberOf(partsOf(text).count));
  }
}

function startOf(fields: ReadonlyMap<string, string>): number {
  return (
    Math.floor(numberOf(fields.get('server_time_usec')) / 1e6) - numberOf(fields.get('uptime_in_seconds'))
  );
}

/** An active replica of KeyDB is a master as well; redis_exporter does not call it a replica either. */
function recordReplica(attempt: Attempt, fields: ReadonlyMap<string, string>): void {
  const master = MASTER.map(name => fields.get(name) ?? '');
  attempt.record(slaveInfo, [...master, fields.get('slave_read_only') ?? ''], 1);
}

function recordMaster(attempt: Attempt, master: Master): void {
  const labels = [master.host ?? '', master.port ?? ''];
  attempt.record(linkUp, labels, master.link_status === 'up' ? 1 : 0);
  attempt.record(syncing, labels, numberOf(master.sync_in_progress));
  attempt.record(lastIo, labels, numberOf(master.last_io_seconds_ago));
  attempt.record(replOffset, labels, numberOf(master.slave_repl_offset));
}

function recordDatabase(attempt: Attempt, db: string, parts: Record<string, string>): void {
  attempt.record(dbKeys, [db], numberOf(parts.keys));
  attempt.record(dbExpiring, [db], numberOf(parts.expires));
  attempt.record(dbTtl, [db], numberOf(parts.avg_ttl) / 1000);
}

function recordSlave(attempt: Attempt, parts: Record<string, string>, seen: Set<string>): void {
  const labels = [parts.ip ?? '', parts.port ?? '', parts.state ?? ''];
  // Behind one translated address two replicas look the same; the first stands for both.
  const key = labels.join(' ');
  if (seen.has(key)) return;
  seen.add(key);
  attempt.record(slaveOffset, labels, numberOf(parts.offset));
  attempt.record(slaveLag, labels, numberOf(parts.lag));
}

const NUMBERS = [
  'connected_clients',
  'uptime_in_seconds',
  'used_memory',
  'maxmemory',
  'mem_fragmentation_ratio',
  'blocked_clients',
  'instantaneous_ops_per_sec',
  'keyspace_hits',
  'keyspace_misses',
  'evicted_keys',
  'rejected_connections',
  'connected_slaves',
];
const WORDS = ['used_memory_human', 'redis_version', 'redis_mode', 'role', 'master_link_status'];

/** The fields of INFO people look for, under INFO's names, and the share of reads that found their key. */
export function detailsOf(fields: ReadonlyMap<string, string>): Record<string, string | number> {
  const details: Record<string, string | number> = {};
  for (const name of NUMBERS) {
    const value = numberOf(fields.get(name));
    if (!Number.isNaN(value)) details[name] = value;
  }
  for (const name of WORDS) {
    const value = fields.get(name);
    if (value !== undefined) details[name] = value;
  }
  const hits = numberOf(fields.get('keyspace_hits'));
  const reads = hits + numberOf(fields.get('keyspace_misses'));
  if (reads > 0) details.keyspace_hit_ratio = Number((hits / reads).toFixed(4));
  return details;
}
