// PostgreSQL, checked (kind: postgres) or with postgres_exporter: does it take connections, and what grows in it?

import { dashboard, labelValues } from './dashboard.js';
import { stat, table, timeSeries } from './panels.js';
import { now, over, rows } from './query.js';
import { anyIs, COLOUR, lessIsBetter, PLAIN } from './style.js';

/** The monitors and exporters chosen. */
const HERE = 'instance=~"$database"';
/** A checked server has its service's id, a scraped one its exporter's address. */
const SERVER = '{{target}} {{instance}}';
const usage = `max by (instance, target) (langgraph:postgres_connection_usage:ratio{${HERE}})`;
const lag = `max by (instance, target) (pg_replication_lag_seconds{${HERE}})`;
const size = `max by (instance, target, datname) (pg_database_size_bytes{${HERE}})`;
const oldest = `time() - min by (instance, target) (langgraph_checkpoint_oldest_timestamp_seconds{${HERE}})`;
/** Of all databases of a server, a second. */
const rate = (metric: string) =>
  `sum by (instance) (rate(pg_stat_database_${metric}{${HERE}}[$__rate_interval]))`;

export const postgres = dashboard({
  uid: 'langgraph-postgres',
  title: 'LangGraph / PostgreSQL',
  question: 'Does PostgreSQL take connections, and what grows in it?',
  variables: [
    labelValues('database', { ...{ label: 'Seen by', selector: 'pg_up', of: 'instance', isMulti: true } }),
  ],
  from: 'now-3h',
  rows: [
    {
      height: 4,
      panels: [
        [
          4,
          stat({
            title: 'Not answering',
            description: 'Servers whose last check or scrape got no answer.',
            queries: [now(`count(pg_up{${HERE}} == 0) or vector(0)`, 'Servers')],
            unit: 'none',
            thresholds: anyIs(COLOUR.bad),
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Connections in use',
            description:
              'Share of max_connections of the server with the fewest left. Above 80 % for five minutes it is an alert; when none is left clients are refused.',
            queries: [now(`topk(1, ${usage})`, SERVER)],
            unit: 'percentunit',
            decimals: 0,
            thresholds: lessIsBetter(0.6, 0.8),
            isLoud: true,
            names: 'beside',
          }),
        ],
        [
          4,
          stat({
            title: 'Replication lag',
            description: 'How old the last transaction is that the slowest replica has replayed.',
            queries: [now(`max(${lag})`, 'Lag')],
            unit: 's',
            decimals: 0,
            thresholds: lessIsBetter(10, 60),
            noValue: 'Not told',
          }),
        ],
        [
          4,
          stat({
            title: 'Size',
            description: 'All databases of all servers chosen, on disk.',
            queries: [now(`sum(${size})`, 'Size')],
            unit: 'bytes',
            decimals: 1,
            thresholds: PLAIN,
            hasGraph: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Checkpoints',
            description: "Size of the tables of LangGraph's checkpointer with their indexes.",
            queries: [now(`sum(langgraph_checkpoint_bytes{${HERE}})`, 'Checkpoints')],
            unit: 'bytes',
            decimals: 1,
            thresholds: PLAIN,
            noValue: 'None seen',
          }),
        ],
        [
          4,
          stat({
            title: 'Oldest checkpoint',
            description: 'Age of the oldest checkpoint: they are kept until they are deleted.',
            queries: [now(`max(${oldest})`, 'Age')],
            unit: 's',
            decimals: 0,
            thresholds: PLAIN,
            noValue: 'None seen',
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
            title: 'Connections',
            description: 'Share of max_connections in use, by server.',
            queries: [over(usage, SERVER)],
            unit: 'percentunit',
            min: 0,
            max: 1,
            thresholds: lessIsBetter(0.6, 0.8),
            hasLines: true,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Connections by database',
            description: 'Who takes the connections.',
            queries: [
              over(
                `max by (instance, target, datname) (pg_stat_database_numbackends{${HERE}, datname!=""})`,
                `${SERVER} {{datname}}`,
              ),
            ],
            unit: 'none',
            decimals: 0,
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Lag of replicas',
            description: 'How old the last transaction is that a replica has replayed; 0 on a primary.',
            queries: [over(lag, SERVER)],
            unit: 's',
            min: 0,
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
            title: "LangGraph's tables",
            description: "Size of each table of LangGraph's checkpointer with its indexes.",
            queries: [
              over(
                `max by (instance, target, table) (langgraph_checkpoint_bytes{${HERE}})`,
                '{{target}} {{table}}',
              ),
            ],
            unit: 'bytes',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Their rows',
            description: "Rows of each table of LangGraph's checkpointer, as ANALYZE has estimated them.",
            queries: [
              over(
                `max by (instance, target, table) (langgraph_checkpoint_rows{${HERE}})`,
                '{{target}} {{table}}',
              ),
            ],
            unit: 'short',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Databases',
            description: 'Size of each database on disk.',
            queries: [over(size, `${SERVER} {{datname}}`)],
            unit: 'bytes',
            min: 0,
          }),
        ],
      ],
    },
    { section: 'With postgres_exporter' },
    {
      height: 7,
      panels: [
        [
          8,
          timeSeries({
            title: 'Transactions',
            description: 'Transactions a second of all databases: committed upwards, rolled back downwards.',
            queries: [
              over(rate('xact_commit'), '{{instance}} committed'),
              over(rate('xact_rollback'), '{{instance}} rolled back'),
            ],
            unit: 'ops',
            below: ['/ rolled back$/'],
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Read from memory',
            description:
              "Share of blocks that were in PostgreSQL's own memory. Below 90 % for long, shared_buffers is small for what is used.",
            queries: [
              over(`${rate('blks_hit')} / (${rate('blks_hit')} + ${rate('blks_read')} > 0)`, '{{instance}}'),
            ],
            unit: 'percentunit',
            max: 1,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Longest transaction',
            description:
              'Seconds the oldest open transaction has been open. One that is idle holds locks and keeps rows from being cleaned up.',
            queries: [
              over(
                `max by (instance, state) (pg_stat_activity_max_tx_duration{${HERE}})`,
                '{{instance}} {{state}}',
              ),
            ],
            unit: 's',
            min: 0,
          }),
        ],
      ],
    },
    {
      height: 7,
      panels: [
        [
          8,
          timeSeries({
            title: 'Deadlocks',
            description: 'Deadlocks a second, each of which ended a transaction.',
            queries: [over(rate('deadlocks'), '{{instance}}')],
            unit: 'ops',
            decimals: 2,
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Temporary files',
            description:
              'Bytes a second that sorts and joins wrote to disk, because work_mem was too small for them.',
            queries: [over(rate('temp_bytes'), '{{instance}}')],
            unit: 'Bps',
            min: 0,
          }),
        ],
        [
          8,
          table({
            title: 'Servers now',
            description: 'Every server chosen: connections in use, and the size of its databases.',
            queries: [
              rows(`max by (instance, target) (pg_up{${HERE}})`),
              rows(usage),
              rows(`sum by (instance, target) (${size})`),
            ],
            columns: [
              { field: 'target', title: 'Service' },
              { field: 'instance', title: 'Seen by' },
              {
                ...{ field: 'Value #B', title: 'Connections', width: 110, unit: 'percentunit', decimals: 0 },
                ...{ thresholds: lessIsBetter(0.6, 0.8), isColoured: true },
              },
              { field: 'Value #C', title: 'Size', width: 100, unit: 'bytes', decimals: 1, thresholds: PLAIN },
            ],
            sortBy: '-Connections',
          }),
        ],
      ],
    },
  ],
});
