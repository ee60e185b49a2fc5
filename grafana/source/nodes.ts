// Machines with a node_exporter: is one of them running out of something?

import { dashboard, labelValues } from './dashboard.js';
import { stat, table, timeSeries } from './panels.js';
import { now, over, rows } from './query.js';
import { lessIsBetter, moreIsBetter, PLAIN } from './style.js';

/** The machines chosen. */
const HERE = 'instance=~"$machine"';
const rate = (metric: string) =>
  `sum by (instance) (rate(${metric}{${HERE}, device!="lo"}[$__rate_interval]))`;
/** Share of a maximum at which it is critical; of sensors that know theirs. */
const heat = `max by (instance) (
  node_hwmon_temp_celsius{${HERE}} / (node_hwmon_temp_crit_celsius{${HERE}} > 0) or node_thermal_zone_temp{${HERE}} / 95)`;
const clock = `avg by (instance) (node_cpu_scaling_frequency_hertz{${HERE}}) / avg by (instance) (node_cpu_frequency_max_hertz{${HERE}})`;

export const nodes = dashboard({
  uid: 'langgraph-nodes',
  title: 'LangGraph / Nodes',
  question: 'Is a machine of the cluster running out of something, or too hot?',
  variables: [
    labelValues('machine', {
      ...{ label: 'Node', selector: 'node_uname_info', of: 'instance', isMulti: true },
    }),
  ],
  from: 'now-3h',
  rows: [
    {
      height: 4,
      panels: [
        [
          4,
          stat({
            title: 'Busiest CPU',
            description:
              'The node whose CPUs are busiest, over five minutes. Above 90 % for long it is an alert.',
            queries: [now(`topk(1, langgraph:node_cpu_usage:ratio{${HERE}})`, '{{instance}}')],
            unit: 'percentunit',
            decimals: 0,
            thresholds: lessIsBetter(0.7, 0.9),
            isLoud: true,
            names: 'beside',
          }),
        ],
        [
          4,
          stat({
            title: 'Fullest memory',
            description:
              'The node with the least memory that programs can still have. An alert begins at 80 %.',
            queries: [now(`topk(1, langgraph:node_memory_usage:ratio{${HERE}})`, '{{instance}}')],
            unit: 'percentunit',
            decimals: 0,
            thresholds: lessIsBetter(0.65, 0.8),
            isLoud: true,
            names: 'beside',
          }),
        ],
        [
          4,
          stat({
            title: 'Fullest disk',
            description:
              'The filesystem with the least room. An alert warns when it fills up within a day, and at 95 %.',
            queries: [
              now(`topk(1, langgraph:node_filesystem_usage:ratio{${HERE}})`, '{{instance}} {{mountpoint}}'),
            ],
            unit: 'percentunit',
            decimals: 0,
            thresholds: lessIsBetter(0.8, 0.95),
            isLoud: true,
            names: 'beside',
          }),
        ],
        [
          4,
          stat({
            title: 'Hottest',
            description:
              'The node nearest to the temperature at which it slows down or stops, as a share of it.',
            queries: [now(`topk(1, ${heat})`, '{{instance}}')],
            unit: 'percentunit',
            decimals: 0,
            thresholds: lessIsBetter(0.85, 0.95),
            names: 'beside',
            noValue: 'No sensors',
          }),
        ],
        [
          4,
          stat({
            title: 'Network errors',
            description: 'Packets a second that were broken, of all nodes chosen.',
            queries: [
              now(
                `sum(${rate('node_network_receive_errs_total')} + ${rate('node_network_transmit_errs_total')})`,
                'Errors',
              ),
            ],
            unit: 'pps',
            decimals: 2,
            thresholds: lessIsBetter(0.1, 10),
          }),
        ],
        [
          4,
          stat({
            title: 'Scraped',
            description: 'Share of the node_exporters that answer; the others are not seen below.',
            queries: [now('avg(up and on (job) node_uname_info)', 'Scraped')],
            unit: 'percentunit',
            decimals: 0,
            thresholds: moreIsBetter(0.5, 1),
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
            title: 'CPU',
            description: 'Share of all CPUs of a node that is busy.',
            queries: [over(`langgraph:node_cpu_usage:ratio{${HERE}}`, '{{instance}}')],
            unit: 'percentunit',
            min: 0,
            max: 1,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Memory',
            description: 'Share of the memory of a node that programs cannot have.',
            queries: [over(`langgraph:node_memory_usage:ratio{${HERE}}`, '{{instance}}')],
            unit: 'percentunit',
            min: 0,
            max: 1,
            thresholds: lessIsBetter(0.65, 0.8),
            hasLines: true,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Temperature',
            description: 'The hottest sensor and thermal zone of a node.',
            queries: [
              over(`max by (instance) (node_hwmon_temp_celsius{${HERE}})`, '{{instance}} sensors'),
              over(`max by (instance) (node_thermal_zone_temp{${HERE}})`, '{{instance}} zones'),
            ],
            unit: 'celsius',
            decimals: 0,
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
            title: 'Clock',
            description:
              'Frequency of the CPUs as a share of the highest. Low while the CPU is busy: it is slowed down.',
            queries: [over(clock, '{{instance}}')],
            unit: 'percentunit',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Network',
            description: 'Bytes a second by node: received upwards, sent downwards.',
            queries: [
              over(rate('node_network_receive_bytes_total'), '{{instance}} received'),
              over(rate('node_network_transmit_bytes_total'), '{{instance}} sent'),
            ],
            unit: 'Bps',
            below: ['/ sent$/'],
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Load per CPU',
            description: 'Programs that run or want to, for each CPU, over five minutes. Above 1 they wait.',
            queries: [
              over(
                `node_load5{${HERE}} / count without (cpu, mode) (node_cpu_seconds_total{${HERE}, mode="idle"})`,
                '{{instance}}',
              ),
            ],
            unit: 'none',
            decimals: 2,
            min: 0,
          }),
        ],
      ],
    },
    { section: 'Every node' },
    {
      height: 7,
      panels: [
        [
          12,
          table({
            title: 'Nodes now',
            description: 'Every node chosen, the fullest memory first, and since when it runs.',
            queries: [
              rows(`max by (instance, nodename, machine, release) (node_uname_info{${HERE}})`),
              rows(`max by (instance) (langgraph:node_cpu_usage:ratio{${HERE}})`),
              rows(`max by (instance) (langgraph:node_memory_usage:ratio{${HERE}})`),
              rows(`max by (instance) (node_time_seconds{${HERE}} - node_boot_time_seconds{${HERE}})`),
            ],
            columns: [
              { field: 'nodename', title: 'Node' },
              { field: 'instance', title: 'Instance' },
              { field: 'machine', title: 'Machine', width: 90 },
              { field: 'release', title: 'Kernel' },
              {
                ...{ field: 'Value #B', title: 'CPU', width: 80, unit: 'percentunit', decimals: 0 },
                ...{ thresholds: lessIsBetter(0.7, 0.9), isColoured: true },
              },
              {
                ...{ field: 'Value #C', title: 'Memory', width: 80, unit: 'percentunit', decimals: 0 },
                ...{ thresholds: lessIsBetter(0.65, 0.8), isColoured: true },
              },
              { field: 'Value #D', title: 'Up for', width: 100, unit: 's', decimals: 0, thresholds: PLAIN },
            ],
            sortBy: '-Memory',
          }),
        ],
        [
          12,
          table({
            title: 'Filesystems',
            description:
              'How full each filesystem is, and what would be left in a day if it went on as in the time range.',
            queries: [
              rows(`max by (instance, mountpoint) (node_filesystem_avail_bytes{${HERE}})`),
              rows(`max by (instance, mountpoint) (langgraph:node_filesystem_usage:ratio{${HERE}})`),
              rows(
                `max by (instance, mountpoint) (predict_linear(node_filesystem_avail_bytes{${HERE}}[$__range], 86400))`,
              ),
            ],
            columns: [
              { field: 'instance', title: 'Instance' },
              { field: 'mountpoint', title: 'Mounted at' },
              { field: 'Value #A', title: 'Free', width: 110, unit: 'bytes', decimals: 1 },
              {
                ...{ field: 'Value #B', title: 'Full', width: 90, unit: 'percentunit', decimals: 0 },
                ...{ thresholds: lessIsBetter(0.8, 0.95), isColoured: true },
              },
              {
                ...{ field: 'Value #C', title: 'Free in a day', width: 130, unit: 'bytes', decimals: 1 },
                ...{ thresholds: moreIsBetter(0, 1e9), isColoured: true },
              },
            ],
            sortBy: '-Full',
          }),
        ],
      ],
    },
    {
      height: 7,
      panels: [
        [
          12,
          timeSeries({
            title: 'Clock of the node',
            description: 'Seconds that it is ahead of the clock of what scrapes it; a scrape takes a moment.',
            queries: [
              over(`node_time_seconds{${HERE}} - timestamp(node_time_seconds{${HERE}})`, '{{instance}}'),
            ],
            unit: 's',
          }),
        ],
        [
          12,
          timeSeries({
            title: 'Broken and dropped packets',
            description: 'Packets a second that were broken or dropped, by node.',
            queries: [
              over(
                `${rate('node_network_receive_errs_total')} + ${rate('node_network_transmit_errs_total')}`,
                '{{instance}} broken',
              ),
              over(
                `${rate('node_network_receive_drop_total')} + ${rate('node_network_transmit_drop_total')}`,
                '{{instance}} dropped',
              ),
            ],
            unit: 'pps',
            min: 0,
          }),
        ],
      ],
    },
  ],
});
