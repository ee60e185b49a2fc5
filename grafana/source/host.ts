// Is the node the monitor runs on running out of something?

import { dashboard, labelValues } from './dashboard.js';
import { stat, table, timeSeries } from './panels.js';
import { MONITOR, now, over, rows } from './query.js';
import { COLOUR, lessIsBetter, moreIsBetter, PLAIN } from './style.js';

/** The node chosen. */
const HERE = `${MONITOR}, target="$node"`;
const rate = (metric: string) => `sum by (device) (rate(${metric}{${HERE}}[$__rate_interval]))`;

export const host = dashboard({
  uid: 'langgraph-host',
  title: 'LangGraph / Host',
  question: 'Is the monitoring node running out of something?',
  variables: [labelValues('node', { label: 'Node', selector: `host_cpus{${MONITOR}}`, of: 'target' })],
  from: 'now-3h',
  rows: [
    {
      height: 4,
      panels: [
        [
          4,
          stat({
            title: 'CPU',
            description: 'Share of all CPUs that is busy, over five minutes. An alert begins at 70 %.',
            queries: [now(`avg_over_time(host_cpu_usage_ratio{${HERE}}[5m])`, 'CPU')],
            unit: 'percentunit',
            decimals: 0,
            thresholds: lessIsBetter(0.5, 0.7),
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Memory',
            description: 'Share of the memory that programs cannot have. An alert begins at 80 %.',
            queries: [now(`host_memory_usage_ratio{${HERE}}`, 'Memory')],
            unit: 'percentunit',
            decimals: 0,
            thresholds: lessIsBetter(0.65, 0.8),
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Fullest disk',
            description:
              'The filesystem with the least room. An alert warns when it fills up within a day, and at 95 %.',
            queries: [now(`topk(1, host_filesystem_usage_ratio{${HERE}})`, '{{mountpoint}}')],
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
            title: 'Load per CPU',
            description:
              'Programs that run or want to, for each CPU, over five minutes. Above 1 they wait for each other.',
            queries: [now(`host_load5{${HERE}} / host_cpus{${HERE}}`, 'Load')],
            unit: 'none',
            decimals: 2,
            thresholds: lessIsBetter(0.8, 1.5),
          }),
        ],
        [
          4,
          stat({
            title: 'Swap in use',
            description: 'Of the swap there is; a node that swaps is slow.',
            queries: [
              now(
                `1 - host_swap_free_bytes{${HERE}} / (host_swap_total_bytes{${HERE}} > 0)
                  or 0 * host_swap_total_bytes{${HERE}}`,
                'Swap',
              ),
            ],
            unit: 'percentunit',
            decimals: 0,
            thresholds: lessIsBetter(0.2, 0.6),
          }),
        ],
        [
          4,
          stat({
            title: 'Up for',
            description: 'Time since the node was started.',
            queries: [now(`time() - host_boot_time_seconds{${HERE}}`, 'Up')],
            unit: 's',
            decimals: 1,
            thresholds: PLAIN,
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
            description: 'Share of all CPUs that is busy.',
            queries: [over(`host_cpu_usage_ratio{${HERE}}`, 'Busy')],
            unit: 'percentunit',
            min: 0,
            max: 1,
            colouring: 'shades',
            thresholds: lessIsBetter(0.5, 0.7),
            hasLines: true,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Memory',
            description: 'Memory that programs have and cannot give back, of what there is; and swap in use.',
            queries: [
              over(`host_memory_total_bytes{${HERE}} - host_memory_available_bytes{${HERE}}`, 'Used'),
              over(`host_swap_total_bytes{${HERE}} - host_swap_free_bytes{${HERE}}`, 'Swap'),
              over(`host_memory_total_bytes{${HERE}}`, 'There is'),
            ],
            unit: 'bytes',
            min: 0,
            colours: { Used: COLOUR.plain, Swap: COLOUR.fair },
            bounds: ['There is'],
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Load',
            description:
              'Programs that run or want to, over one, five and fifteen minutes, beside the number of CPUs.',
            queries: [
              over(`host_load1{${HERE}}`, '1 minute'),
              over(`host_load5{${HERE}}`, '5 minutes'),
              over(`host_load15{${HERE}}`, '15 minutes'),
              over(`host_cpus{${HERE}}`, 'CPUs'),
            ],
            unit: 'none',
            decimals: 1,
            min: 0,
            colouring: 'shades',
            bounds: ['CPUs'],
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
            title: 'Disk usage',
            description: 'How full each filesystem is.',
            queries: [over(`max by (mountpoint) (host_filesystem_usage_ratio{${HERE}})`, '{{mountpoint}}')],
            unit: 'percentunit',
            min: 0,
            max: 1,
            thresholds: lessIsBetter(0.8, 0.95),
            hasLines: true,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Network',
            description: 'Bytes a second, by device: received upwards, sent downwards.',
            queries: [
              over(rate('host_network_receive_bytes_total'), '{{device}} received'),
              over(rate('host_network_transmit_bytes_total'), '{{device}} sent'),
            ],
            unit: 'Bps',
            below: ['/ sent$/'],
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Network errors',
            description: 'Packets a second that were broken or dropped, by device.',
            queries: [
              over(
                `${rate('host_network_receive_errs_total')} + ${rate('host_network_transmit_errs_total')}`,
                '{{device}} broken',
              ),
              over(
                `${rate('host_network_receive_drop_total')} + ${rate('host_network_transmit_drop_total')}`,
                '{{device}} dropped',
              ),
            ],
            unit: 'pps',
            min: 0,
          }),
        ],
      ],
    },
    {
      height: 7,
      panels: [
        [
          24,
          table({
            title: 'Filesystems',
            description:
              'Room of each filesystem, and what would be left in a day if it went on as in the time range.',
            queries: [
              rows(`max by (mountpoint, device, fstype) (host_filesystem_size_bytes{${HERE}})`),
              rows(`max by (mountpoint, device, fstype) (host_filesystem_avail_bytes{${HERE}})`),
              rows(`max by (mountpoint, device, fstype) (host_filesystem_usage_ratio{${HERE}})`),
              rows(
                `max by (mountpoint, device, fstype) (predict_linear(host_filesystem_avail_bytes{${HERE}}[$__range], 86400))`,
              ),
            ],
            columns: [
              { field: 'mountpoint', title: 'Mounted at' },
              { field: 'device', title: 'Device' },
              { field: 'fstype', title: 'Type', width: 90 },
              { field: 'Value #A', title: 'Size', width: 110, unit: 'bytes', decimals: 1 },
              { field: 'Value #B', title: 'Free', width: 110, unit: 'bytes', decimals: 1 },
              {
                ...{ field: 'Value #C', title: 'Full', width: 90, unit: 'percentunit', decimals: 0 },
                ...{ thresholds: lessIsBetter(0.8, 0.95), isColoured: true },
              },
              {
                ...{ field: 'Value #D', title: 'Free in a day', width: 130, unit: 'bytes', decimals: 1 },
                ...{ thresholds: moreIsBetter(0, 1e9), isColoured: true },
              },
            ],
            sortBy: '-Full',
          }),
        ],
      ],
    },
  ],
});
