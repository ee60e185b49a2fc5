// What promtool says of everything that can be printed, and the names kept although it does not like them.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { fullRegistry, render } from './registry.js';

/** Names that dashboards and rules know, by what promtool has against them: redis_exporter's and prom-client's. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  'counter metrics should have "_total" suffix': [
    'redis_dump_payload_sanitizations',
    'redis_io_threaded_reads_processed',
    'redis_io_threaded_writes_processed',
    'redis_total_error_replies',
    'redis_total_reads_processed',
    'redis_total_writes_processed',
    'redis_unexpected_error_replies',
  ],
  'metric names should not contain abbreviated units': [
    'redis_aof_current_rewrite_duration_sec',
    'redis_aof_last_rewrite_duration_sec',
    'redis_current_eviction_exceeded_time_ms',
    'redis_eviction_exceeded_time_ms_total',
    'redis_expire_cycle_cpu_time_ms_total',
    'redis_rdb_current_bgsave_duration_sec',
    'redis_rdb_last_bgsave_duration_sec',
  ],
  'non-counter metrics should not have "_total" suffix': [
    'nodejs_active_handles_total',
    'nodejs_active_requests_total',
    'nodejs_active_resources_total',
    'redis_memory_used_vm_total',
    'redis_migrate_cached_sockets_total',
    'redis_rdb_saves_total',
  ],
};

test('promtool check metrics has nothing against any name but those kept for compatibility', async () => {
  const { registry } = fullRegistry();
  const { stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
    input: await render(registry, 'text'),
    encoding: 'utf8',
  });
  expect(error).toBeUndefined();
  const complaints = `${stdout}${stderr}`.split('\n').filter(line => line !== '');
  const kept = Object.entries(KEPT).flatMap(([complaint, names]) =>
    names.map(name => `${name} ${complaint}`),
  );
  expect(complaints.sort()).toEqual(kept.sort());
});
