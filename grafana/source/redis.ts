// Does Redis answer, and has it room?

import { dashboard, labelValues } from './dashboard.js';
import { stat, table, timeSeries } from './panels.js';
import { MONITOR, meanResponseTime, now, over, responseTimeQuantile, rows, serviceState } from './query.js';
import { anyIs, COLOUR, lessIsBetter, moreIsBetter, PLAIN, SERVICE_STATES, YES_NO } from './style.js';

/** The Redis chosen. */
const HERE = `${MONITOR}, target="$redis"`;
const rate = (metric: string) => `rate(${metric}{${HERE}}[$__rate_interval])`;

export const redis = dashboard({
  uid: 'langgraph-redis',
  title: 'LangGraph / Redis',
  question: 'Does Redis answer, and has it room?',
  variables: [labelValues('redis', { label: 'Redis', selector: `redis_up{${MONITOR}}`, of: 'target' })],
  from: 'now-3h',
  rows: [
    {
      height: 4,
      panels: [
        [
          4,
          stat({
            title: 'Redis',
            description: 'Redis as its confirmed checks say.',
            queries: [now(serviceState(HERE), '{{target}}')],
            unit: 'none',
            mappings: SERVICE_STATES,
            noValue: 'Unknown',
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Memory in use',
            description:
              'Of maxmemory. When it is full, keys are evicted or writes refused, as maxmemory-policy says.',
            queries: [now(`langgraph:redis_memory_usage:ratio{${HERE}}`, '{{target}}')],
            unit: 'percentunit',
            decimals: 1,
            thresholds: lessIsBetter(0.75, 0.9),
            noValue: 'No limit',
          }),
        ],
        [
          4,
          stat({
            title: 'Clients in use',
            description: 'Of maxclients. When all are taken, connections are turned away.',
            queries: [now(`redis_connected_clients{${HERE}} / redis_max_clients{${HERE}}`, '{{target}}')],
            unit: 'percentunit',
            decimals: 1,
            thresholds: lessIsBetter(0.7, 0.9),
          }),
        ],
        [
          4,
          stat({
            title: 'Hit rate',
            description:
              'Share of the keys asked for in the time range that were there. No value: no requests.',
            queries: [
              now(
                `increase(redis_keyspace_hits_total{${HERE}}[$__range])
                  / (increase(redis_keyspace_hits_total{${HERE}}[$__range]) + increase(redis_keyspace_misses_total{${HERE}}[$__range]) > 0)`,
                '{{target}}',
              ),
            ],
            unit: 'percentunit',
            decimals: 1,
            thresholds: moreIsBetter(0.5, 0.8),
            noValue: 'No requests',
          }),
        ],
        [
          4,
          stat({
            title: 'Keys evicted',
            description: 'Keys dropped in the time range for want of memory.',
            queries: [now(`increase(redis_evicted_keys_total{${HERE}}[$__range])`, '{{target}}')],
            unit: 'short',
            decimals: 0,
            thresholds: anyIs(COLOUR.fair),
          }),
        ],
        [
          4,
          stat({
            title: 'Last save',
            description: 'Whether what it holds could be written to disk the last time.',
            queries: [now(`redis_rdb_last_bgsave_status{${HERE}}`, '{{target}}')],
            unit: 'none',
            mappings: YES_NO('Saved', 'Failed'),
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Response time',
            description: 'Of the checks (PING, then INFO): mean and 95th percentile.',
            queries: [
              over(meanResponseTime(HERE), 'Mean'),
              over(responseTimeQuantile(0.95, HERE), '95th percentile'),
            ],
            unit: 's',
            min: 0,
            colouring: 'shades',
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Memory',
            description:
              'What Redis holds, what that costs the system, and the limit. RSS far above is fragmentation.',
            queries: [
              over(`redis_memory_used_bytes{${HERE}}`, 'Used'),
              over(`redis_memory_used_rss_bytes{${HERE}}`, 'RSS'),
              over(`redis_memory_used_peak_bytes{${HERE}}`, 'Peak'),
              over(`redis_memory_max_bytes{${HERE}} > 0`, 'Limit'),
            ],
            unit: 'bytes',
            min: 0,
            colouring: 'shades',
            bounds: ['Limit'],
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Commands',
            description: 'Commands a second, of all clients; the checks of the monitor are a few of them.',
            queries: [over(rate('redis_commands_processed_total'), 'Commands')],
            unit: 'ops',
            min: 0,
            colouring: 'shades',
          }),
        ],
      ],
    },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Hits and misses',
            description: 'Keys asked for, a second: those that were there and those that were not.',
            queries: [
              over(rate('redis_keyspace_hits_total'), 'Hits'),
              over(rate('redis_keyspace_misses_total'), 'Misses'),
            ],
            unit: 'ops',
            min: 0,
            isStacked: true,
            colours: { Hits: COLOUR.good, Misses: COLOUR.fair },
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Keys',
            description: 'Keys by database, and how many of them expire.',
            queries: [
              over(`redis_db_keys{${HERE}}`, '{{db}}'),
              over(`redis_db_keys_expiring{${HERE}}`, '{{db}}, expiring'),
            ],
            unit: 'short',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Keys that go',
            description:
              'Keys a second that expired, which is as wanted, and that were evicted, which is want of memory.',
            queries: [
              over(rate('redis_expired_keys_total'), 'Expired'),
              over(rate('redis_evicted_keys_total'), 'Evicted'),
            ],
            unit: 'ops',
            min: 0,
            colours: { Expired: COLOUR.plain, Evicted: COLOUR.fair },
          }),
        ],
      ],
    },
    { section: 'Clients, network, disk' },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Clients',
            description:
              'Connections, those of them that wait in a blocking command, and connections turned away a second.',
            queries: [
              over(`redis_connected_clients{${HERE}}`, 'Connected'),
              over(`redis_blocked_clients{${HERE}}`, 'Blocked'),
              over(rate('redis_rejected_connections_total'), 'Turned away a second'),
            ],
            unit: 'short',
            min: 0,
            colours: { Connected: COLOUR.plain, Blocked: COLOUR.fair, 'Turned away a second': COLOUR.bad },
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Network',
            description: 'Bytes a second: received upwards, sent downwards.',
            queries: [
              over(rate('redis_net_input_bytes_total'), 'Received'),
              over(rate('redis_net_output_bytes_total'), 'Sent'),
            ],
            unit: 'Bps',
            colouring: 'shades',
            below: ['Sent'],
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Changes not saved',
            description:
              'Changes since the last save: what is lost if Redis stops now and there is no append-only file.',
            queries: [over(`redis_rdb_changes_since_last_save{${HERE}}`, 'Changes')],
            unit: 'short',
            min: 0,
            colouring: 'shades',
          }),
        ],
      ],
    },
    {
      height: 5,
      panels: [
        [
          24,
          table({
            title: 'Instance',
            description: 'What runs, since when, and what it does when memory is full.',
            queries: [
              rows(
                `max by (target, redis_version, role, redis_mode, maxmemory_policy, os) (redis_instance_info{${HERE}})`,
              ),
              rows(`max by (target) (redis_uptime_in_seconds{${HERE}})`),
              rows(`max by (target) (redis_connected_slaves{${HERE}})`),
            ],
            columns: [
              { field: 'target', title: 'Redis' },
              { field: 'redis_version', title: 'Version' },
              { field: 'role', title: 'Role' },
              { field: 'redis_mode', title: 'Mode' },
              { field: 'maxmemory_policy', title: 'When full' },
              { field: 'os', title: 'System' },
              { field: 'Value #B', title: 'Up for', unit: 's', decimals: 0, thresholds: PLAIN },
              { field: 'Value #C', title: 'Replicas' },
            ],
            sortBy: 'Redis',
          }),
        ],
      ],
    },
  ],
});
