// The node the monitor runs on, and the monitor's own weight: what is needed when the node itself is the trouble.

import { type Panel, Panels } from '../chart/panel.js';
import { parts, rateWindow, windowOf } from '../chart/promql.js';
import { RangeButtons } from '../chart/range-buttons.js';
import { useTimeAxis } from '../chart/time-axis.js';
import { useModel } from '../model.js';
import { AlertRows, sent } from '../view/alerts.js';
import { Rules } from '../view/rules.js';
import { bytes, seconds } from '../words.js';

const ratio = (value: number) => `${Math.round(value * 100)} %`;
const plain = (value: number) =>
  value >= 10 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
const rate = (value: number) => `${bytes(value)}/s`;

const NODE: readonly Panel[] = [
  {
    title: 'CPU',
    query: step => `max(avg_over_time(host_cpu_usage_ratio[${windowOf(step)}]))`,
    name: () => 'busy',
    print: ratio,
    top: 1,
    limit: 'host_cpu_usage_ratio',
  },
  {
    title: 'Load',
    note: 'processes that run or wait for a processor or a disk',
    query: step =>
      parts({
        '1 min': `max(avg_over_time(host_load1[${windowOf(step)}]))`,
        '15 min': `max(avg_over_time(host_load15[${windowOf(step)}]))`,
        processors: 'max(host_cpus)',
      }),
    name: ({ part = '' }) => part,
    print: plain,
    isLow: true,
  },
  {
    title: 'Memory',
    query: step => `max(max_over_time(host_memory_usage_ratio[${windowOf(step)}]))`,
    name: () => 'used',
    print: ratio,
    top: 1,
    limit: 'host_memory_usage_ratio',
  },
  {
    title: 'Disks',
    query: step => `max by (mountpoint) (max_over_time(host_filesystem_usage_ratio[${windowOf(step)}]))`,
    name: ({ mountpoint = '' }) => mountpoint,
    print: ratio,
    top: 1,
    limit: 'host_filesystem_usage_ratio',
  },
  {
    title: 'Network',
    query: step =>
      parts({
        received: `sum(rate(host_network_receive_bytes_total[${rateWindow(step)}]))`,
        sent: `sum(rate(host_network_transmit_bytes_total[${rateWindow(step)}]))`,
      }),
    name: ({ part = '' }) => part,
    print: rate,
    isBinary: true,
    isLow: true,
  },
];

const MONITOR: readonly Panel[] = [
  {
    title: "The monitor's memory",
    query: step => own('process_resident_memory_bytes', step),
    name: () => 'resident',
    print: bytes,
    isBinary: true,
    isLow: true,
  },
  {
    title: 'Event loop lag',
    note: 'how late the monitor gets to its work',
    query: step => own('nodejs_eventloop_lag_p99_seconds', step),
    name: () => '99th percentile',
    print: seconds,
    isLow: true,
  },
  {
    title: 'Checks',
    query: step => `sum(rate(langgraph_monitor_probes_total[${rateWindow(step)}]))`,
    name: () => 'a second',
    print: plain,
    isLow: true,
  },
  {
    title: 'Scans, rules and scrapes',
    note: 'how long each takes',
    query: step =>
      parts({
        scan: own('langgraph_monitor_scan_duration_seconds', step),
        rules: own('langgraph_monitor_rule_evaluation_duration_seconds', step),
        scrape: own('scrape_duration_seconds', step),
      }),
    name: ({ part = '' }) => part,
    print: seconds,
    isLow: true,
  },
];

/** Of the monitor itself; a query backend may have the like of other programs. */
function own(family: string, step: number): string {
  return `max(max_over_time(${family}[${windowOf(step)}]) and on (job, instance) langgraph_monitor_build_info)`;
}

export function View() {
  const { about, alerts } = useModel();
  const axis = useTimeAxis();
  const firing = sent(alerts.value.details).filter(({ alertname }) => /^(Host|Monitor)/.test(alertname));
  return (
    <section aria-labelledby="node">
      <h1 id="node">{about.node}</h1>
      {firing.length === 0 ? null : (
        <section class="alerts js-only" aria-label="Alerts of the node and the monitor">
          <AlertRows alerts={firing} />
        </section>
      )}
      <div class="js-only">
        <RangeButtons axis={axis} />
        <h2>What it has left</h2>
        <Panels axis={axis} panels={NODE} />
        <h2>The monitor's own weight</h2>
        <Panels axis={axis} panels={MONITOR} />
        <Rules
          about={
            /\b(host|process|nodejs|langgraph_monitor_(scan|store|samples|rule|probe_worker|concurrent))_/
          }
        />
      </div>
    </section>
  );
}
