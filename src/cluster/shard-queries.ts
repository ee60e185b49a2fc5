// What the storage of all monitors is asked for the services that others check. Comes in: which monitors have news, and since when;
// goes out: PromQL. Ten thousand services have half a million samples, so that only what was checked since the last question is
// asked for, without labels that are not needed.

import type { Labels } from '../model/labels.js';
import type { Shard } from '../model/service.js';

/** A monitor of several, by the labels of its samples. */
export const MONITOR_LABELS = ['job', 'instance', 'replica'] as const;
const BY_MONITOR = MONITOR_LABELS.join(', ');

/** The name of a monitor by the labels of one of its samples. */
export function monitorOf(labels: Labels): string {
  return JSON.stringify(MONITOR_LABELS.map(name => labels.get(name) ?? ''));
}

/** When there were samples of each of the other monitors last, Unix time in seconds. */
export function monitorsQuery({ index, of }: Shard): string {
  const own = `langgraph_monitor_shard_info{shard="${index}", of="${of}"}`;
  return `timestamp(langgraph_monitor_build_info) unless on (${BY_MONITOR}) ${own}`;
}

/** Which checks are asked for. */
export interface ShardNews {
  /** The label `instance` of the monitors that made them. */
  readonly instances: readonly string[];
  /** Unix time in seconds; 0: from the beginning. */
  readonly after: number;
}

/** The questions, by the name under which the answer is taken. */
export interface ShardQueries {
  /** When each was checked. */
  readonly checked: string;
  readonly duration: string;
  readonly statusCode: string;
  /** Those whose last check failed, and why. */
  readonly reason: string;
  /** Those whose last answer was slow. */
  readonly degraded: string;
  /** Those of which nothing is believed yet, and those that are believed to be down, or slow. */
  readonly unknown: string;
  readonly down: string;
  readonly slow: string;
  readonly failures: string;
  readonly trouble: string;
}

/** More monitors than this are not named one by one. */
const MAX_NAMED = 100;

/**
 * The questions for what was checked. Of what most services have there are answers for those that were checked since; of what few
 * have, failures, for all that have it, as a join would cost the storage more.
 */
export function shardQueries({ instances, after }: ShardNews): ShardQueries {
  const names = instances.map(escapeRegExp).join('|');
  const only = instances.length > MAX_NAMED ? '' : `instance=~${JSON.stringify(names)}`;
  const selector = (...matchers: string[]) => `{${[only, ...matchers].filter(Boolean).join(', ')}}`;
  const series = (name: string, ...matchers: string[]) => `langgraph_monitor_${name}${selector(...matchers)}`;
  const checked = series('last_probe_timestamp_seconds');
  const recent = `${checked} > ${after.toFixed(3)}`;
  const on = `on (${BY_MONITOR}, target)`;
  const ask = (expression: string, ...labels: string[]) =>
    `max by (${[BY_MONITOR, 'target', ...labels].join(', ')}) (${expression})`;
  return {
    checked: ask(recent),
    duration: ask(`probe_duration_seconds${selector()} and ${on} (${recent})`),
    statusCode: ask(`probe_http_status_code${selector()} and ${on} (${recent})`),
    reason: ask(`${series('service_failure_reason')} == 1`, 'reason'),
    degraded: ask(`${series('service_status', 'status="degraded"')} == 1`),
    unknown: ask(`${checked} unless ${on} ${series('service_up')}`),
    down: ask(`${series('service_up')} == 0`),
    slow: ask(`${series('service_slow')} == 1`),
    failures: ask(`${series('service_consecutive_failures')} > 0`),
    trouble: ask(series('service_trouble_info'), 'status', 'error'),
  };
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
