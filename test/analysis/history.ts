// Histories of services whose truth is known, as the monitor's own metrics tell them.

import type { Millis } from '../../src/model/time.js';
import { Random } from '../support/random.js';

export const HOUR: Millis = 3_600_000;
export const DAY: Millis = 24 * HOUR;
/** Between two scrapes. */
export const SCRAPE: Millis = 60_000;
const BUCKETS = [0.1, 0.25, 0.5, 1, 2.5];

/** A span of time. */
export type Span = readonly [from: Millis, to: Millis];

export interface ServiceTruth {
  readonly id: string;
  /** Seconds an answered check takes. */
  readonly time: (at: Millis) => number;
  readonly outages?: readonly Span[];
  readonly maintenance?: readonly Span[];
  /** Every how manieth check times out, beside those of outages; it does not go down by it. */
  readonly timeoutEvery?: number;
}

export interface History {
  readonly from: Millis;
  readonly to: Millis;
  /** When the monitor did not run. */
  readonly gaps?: readonly Span[];
  readonly services: readonly ServiceTruth[];
}

export const isWithin = (spans: readonly Span[] = [], at: Millis): boolean =>
  spans.some(([from, to]) => at >= from && at < to);

/** A function of noise of so much around 1, the same in every run. */
export function noise(seed: number, by = 0.05): () => number {
  const random = new Random(seed);
  return () => 1 + by * (random.next() + random.next() + random.next() - 1.5);
}

/** As OpenMetrics text, one check a scrape. */
export function openMetrics(history: History): string {
  const families = new Map<string, { type: string; lines: string[] }>();
  for (const service of history.services) write(service, history, families);
  const text = [...families].map(([name, { type, lines }]) => `# TYPE ${name} ${type}\n${lines.join('')}`);
  return `${text.join('')}# EOF\n`;
}

type Families = Map<string, { type: string; lines: string[] }>;

function write(service: ServiceTruth, { from, to, gaps }: History, families: Families): void {
  const rows = new Map<string, { family: string; type: string; lines: string[] }>();
  const add = (family: string, type: string, series: string, value: number, at: Millis) => {
    const row = rows.get(series) ?? { family, type, lines: [] };
    rows.set(series, row);
    row.lines.push(`${series} ${value} ${at / 1000}\n`);
  };
  const labels = `job="langgraph-monitor",instance="127.0.0.1:8083",target="${service.id}"`;
  const counts = BUCKETS.map(() => 0);
  let [checks, timeouts, sum, answers] = [0, 0, 0, 0];
  for (let at = from; at <= to; at += SCRAPE) {
    if (isWithin(gaps, at)) continue;
    const isDown = isWithin(service.outages, at);
    const fails = isDown || (service.timeoutEvery !== undefined && checks % service.timeoutEvery === 0);
    checks++;
    if (fails) timeouts++;
    else {
      const took = service.time(at);
      sum += took;
      answers++;
      BUCKETS.forEach((bound, i) => {
        if (took <= bound) counts[i] = (counts[i] as number) + 1;
      });
    }
    const gauge = (name: string, value: number) => add(name, 'gauge', `${name}{${labels}}`, value, at);
    gauge('langgraph_monitor_service_up', isDown ? 0 : 1);
    gauge('langgraph_monitor_service_slow', 0);
    if (isWithin(service.maintenance, at))
      gauge('langgraph_monitor_service_up_in_maintenance', isDown ? 0 : 1);
    const counter = (name: string, value: number, more = '') =>
      add(name, 'counter', `${name}_total{${labels}${more}}`, value, at);
    counter('langgraph_monitor_probes', checks);
    counter('langgraph_monitor_probe_failures', timeouts, ',reason="timeout"');
    const name = 'langgraph_monitor_response_time_seconds';
    const part = (suffix: string, more: string, value: number) =>
      add(name, 'histogram', `${name}_${suffix}{${labels}${more}}`, value, at);
    BUCKETS.forEach((bound, i) => {
      part('bucket', `,le="${bound}"`, counts[i] as number);
    });
    part('bucket', ',le="+Inf"', answers);
    part('sum', '', Number(sum.toFixed(6)));
    part('count', '', answers);
  }
  for (const { family, type, lines } of rows.values()) {
    const known = families.get(family) ?? { type, lines: [] };
    families.set(family, known);
    for (const line of lines) known.lines.push(line);
  }
}
