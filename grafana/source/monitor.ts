// Can I believe what I see? The monitor about itself.

import { dashboard } from './dashboard.js';
import { stat, timeSeries } from './panels.js';
import { MONITOR, now, over } from './query.js';
import { COLOUR, lessIsBetter, PLAIN, YES_NO } from './style.js';

const rate = (metric: string) => `rate(${metric}{${MONITOR}}[$__rate_interval])`;

/** A report and where it goes. */
const WAY = '{{report}} to {{receiver}} ({{integration}})';

export const monitor = dashboard({
  uid: 'langgraph-monitor',
  title: 'LangGraph / The monitor itself',
  question: 'Can I believe what I see: are checks made on time, rules evaluated, samples written?',
  variables: [],
  from: 'now-3h',
  rows: [
    {
      height: 4,
      panels: [
        [
          4,
          stat({
            title: 'Checks',
            description:
              'Whether the thread that makes the checks runs. Without it every service is unknown.',
            queries: [now(`langgraph_monitor_probe_worker_up{${MONITOR}}`, 'Checks')],
            unit: 'none',
            mappings: YES_NO('Made', 'Stopped'),
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Rules',
            description:
              'Whether the rules could be asked the last time. If not, status and alerts are the last known.',
            queries: [now(`langgraph_monitor_rules_up{${MONITOR}}`, 'Rules')],
            unit: 'none',
            mappings: YES_NO('Asked', 'No answer'),
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'History',
            description: 'Whether the last scan could be written to disk. If not, scans wait in memory.',
            queries: [now(`langgraph_monitor_store_up{${MONITOR}}`, 'History')],
            unit: 'none',
            mappings: YES_NO('Written', 'Failing'),
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Samples',
            description:
              'Whether the last samples could be written to disk. With query.url they are kept elsewhere.',
            queries: [now(`langgraph_monitor_samples_up{${MONITOR}}`, 'Samples')],
            unit: 'none',
            mappings: YES_NO('Written', 'Failing'),
            noValue: 'Elsewhere',
            isLoud: true,
          }),
        ],
        [
          4,
          stat({
            title: 'Configuration',
            description:
              'Whether the last reload of the configuration succeeded. If not, the former one goes on.',
            queries: [now(`langgraph_monitor_config_last_reload_successful{${MONITOR}}`, 'Configuration')],
            unit: 'none',
            mappings: YES_NO('Taken up', 'Refused'),
          }),
        ],
        [
          4,
          stat({
            title: 'Version',
            description: 'The version of the monitor.',
            queries: [now(`langgraph_monitor_build_info{${MONITOR}}`, '{{version}}')],
            unit: 'none',
            thresholds: PLAIN,
            names: 'alone',
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
            title: 'Scans',
            description:
              'How long a check waited past its due time at most, and how long scans take. An alert begins at 10 s.',
            queries: [
              over(`langgraph_monitor_scan_lag_seconds{${MONITOR}}`, 'Late by'),
              over(`langgraph_monitor_scan_duration_seconds{${MONITOR}}`, 'Took'),
            ],
            unit: 's',
            min: 0,
            colours: { 'Late by': COLOUR.fair, Took: COLOUR.plain },
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Checks',
            description: 'Checks a second, and those of them that failed.',
            queries: [
              over(`sum(${rate('langgraph_monitor_probes_total')})`, 'Made'),
              over(`sum(${rate('langgraph_monitor_probe_failures_total')})`, 'Failed'),
            ],
            unit: 'ops',
            min: 0,
            colours: { Made: COLOUR.plain, Failed: COLOUR.bad },
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Evaluation of the rules',
            description: 'How long the last evaluation of all rules took.',
            queries: [over(`langgraph_monitor_rule_evaluation_duration_seconds{${MONITOR}}`, 'Took')],
            unit: 's',
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
            title: 'CPU',
            description: 'CPUs the monitor keeps busy; 1 is one of them.',
            queries: [over(rate('process_cpu_seconds_total'), 'Busy')],
            unit: 'none',
            decimals: 3,
            min: 0,
            colouring: 'shades',
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Memory',
            description: 'Memory of the process, and what JavaScript has of it.',
            queries: [
              over(`process_resident_memory_bytes{${MONITOR}}`, 'Process'),
              over(`nodejs_heap_size_used_bytes{${MONITOR}}`, 'Heap in use'),
              over(`nodejs_external_memory_bytes{${MONITOR}}`, 'Beside the heap'),
            ],
            unit: 'bytes',
            min: 0,
            colouring: 'shades',
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Event loop',
            description:
              'How late the main thread is for what it wants to do: the median and the worst one of a hundred.',
            queries: [
              over(`nodejs_eventloop_lag_p50_seconds{${MONITOR}}`, 'Median'),
              over(`nodejs_eventloop_lag_p99_seconds{${MONITOR}}`, '99th percentile'),
            ],
            unit: 's',
            min: 0,
            colouring: 'shades',
            thresholds: lessIsBetter(0.5, 1),
          }),
        ],
      ],
    },
    { section: 'Storage, requests and failures' },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'On disk',
            description: 'Size of the history and of the samples on disk.',
            queries: [
              over(`langgraph_monitor_store_size_bytes{${MONITOR}}`, 'History'),
              over(`langgraph_monitor_samples_size_bytes{${MONITOR}}`, 'Samples'),
            ],
            unit: 'bytes',
            min: 0,
            isStacked: true,
            colouring: 'shades',
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Samples',
            description: 'Samples written a second.',
            queries: [over(rate('langgraph_monitor_samples_appended_total'), 'Written')],
            unit: 'ops',
            min: 0,
            colouring: 'shades',
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Series',
            description: 'Series that are kept. They grow with services, models, and servers of HAProxy.',
            queries: [over(`langgraph_monitor_samples_series{${MONITOR}}`, 'Series')],
            unit: 'short',
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
            title: 'Requests',
            description: 'Requests answered a second, by path.',
            queries: [
              over(`sum by (handler) (${rate('langgraph_monitor_http_requests_total')}) > 0`, '{{handler}}'),
            ],
            unit: 'reqps',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Requests refused',
            description: 'Requests a second that were not answered with success, by path and status code.',
            queries: [
              over(
                `sum by (handler, code) (rate(langgraph_monitor_http_requests_total{${MONITOR}, code=~"4..|5.."}[$__rate_interval])) > 0`,
                '{{code}} {{handler}}',
              ),
            ],
            unit: 'reqps',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Failures',
            description:
              'What went wrong in the monitor, a minute: rules, writes to disk, the thread that makes the checks.',
            queries: [
              over(`${rate('langgraph_monitor_rule_evaluation_failures_total')} * 60`, 'Rules'),
              over(`${rate('langgraph_monitor_store_errors_total')} * 60`, 'History'),
              over(`${rate('langgraph_monitor_samples_errors_total')} * 60`, 'Samples'),
              over(`${rate('langgraph_monitor_probe_worker_restarts_total')} * 60`, 'Checks'),
            ],
            unit: 'opm',
            min: 0,
          }),
        ],
      ],
    },
    { section: 'Reports' },
    {
      height: 8,
      panels: [
        [
          8,
          timeSeries({
            title: 'Reports sent',
            description: 'Reports that receivers took, by report and receiver.',
            queries: [
              over(`increase(langgraph_monitor_reports_sent_total{${MONITOR}}[$__rate_interval])`, WAY),
            ],
            unit: 'short',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Reports that failed',
            description: 'Attempts to make or send a report that failed, by report and receiver.',
            queries: [
              over(`increase(langgraph_monitor_reports_failed_total{${MONITOR}}[$__rate_interval])`, WAY),
            ],
            unit: 'short',
            min: 0,
          }),
        ],
        [
          8,
          timeSeries({
            title: 'Since the last report',
            description:
              'How long ago a receiver last took a report, and how long ago an attempt last failed. The lower one was the last.',
            queries: [
              over(
                `time() - (langgraph_monitor_report_last_success_timestamp_seconds{${MONITOR}} > 0)`,
                `Sent: ${WAY}`,
              ),
              over(
                `time() - (langgraph_monitor_report_last_failure_timestamp_seconds{${MONITOR}} > 0)`,
                `Failed: ${WAY}`,
              ),
            ],
            unit: 's',
            min: 0,
          }),
        ],
      ],
    },
  ],
});
