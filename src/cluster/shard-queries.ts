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
  /** Those whose last answer was slow. */
  readonly degraded: string;
  /** Those of which nothing is believed yet, and those that are believed to be down, or slow. */
  readonly unknown: string;
  readonly down: string;
  readonly slow: string;
  readonly failures: string;
  readonly trouble: string;
}

/** More monitors than this, and more services, are not named one by one. */
const MAX_NAMED = 100;
const MAX_NAMED_SERVICES = 500;

/**
 * The questions for what was checked. Of what most services have there are answers for those that were checked since; of what few
 * have, failures, for all that have it, as a join would cost the storage more.
 */
export function shardQueries(news: ShardNews): ShardQueries {
  const { after } = news;
  const ofMonitors = matchersOf(news);
  const series = (name: string, ...matchers: string[]) =>
    `langgraph_monitor_${name}${selector(...ofMonitors, ...matchers)}`;
  const checked = series('last_probe_timestamp_seconds');
  const recent = `${checked} > ${after.toFixed(3)}`;
  const on = `on (${BY_MONITOR}, target)`;
  return {
    checked: ask(recent),
    duration: ask(`probe_duration_seconds${selector(...ofMonitors)} and ${on} (${recent})`),
    statusCode: ask(`probe_http_status_code${selector(...ofMonitors)} and ${on} (${recent})`),
    degraded: ask(`${series('service_status', 'status="degraded"')} == 1`),
    unknown: ask(`${checked} unless ${on} ${series('service_up')}`),
    down: ask(`${series('service_up')} == 0`),
    slow: ask(`${series('service_slow')} == 1`),
    failures: ask(`${series('service_consecutive_failures')} > 0`),
    trouble: ask(series('service_trouble_info'), 'status', 'error'),
  };
}

/**
 * The question why the last check of those that fail has failed. Each service has a series for every possible reason, as many as
 * for all other questions together, so that it is asked once it is known of which.
 * @param failures the answer to that question @returns undefined when none fails
 */
export function reasonQuery(
  news: ShardNews,
  failures: readonly { readonly labels: Labels }[],
): string | undefined {
  if (failures.length === 0) return undefined;
  const targets = [...new Set(failures.map(({ labels }) => labels.get('target') ?? ''))].sort();
  const only = targets.length > MAX_NAMED_SERVICES ? [] : [oneOf('target', targets)];
  const selected = selector(...matchersOf(news), ...only);
  return ask(`langgraph_monitor_service_failure_reason${selected} == 1`, 'reason');
}

function ask(expression: string, ...labels: string[]): string {
  return `max by (${[BY_MONITOR, 'target', ...labels].join(', ')}) (${expression})`;
}

function selector(...matchers: string[]): string {
  return `{${matchers.join(', ')}}`;
}

function matchersOf({ instances }: ShardNews): string[] {
  return instances.length > MAX_NAMED ? [] : [oneOf('instance', instances)];
}

function oneOf(label: string, values: readonly string[]): string {
  return `${label}=~${JSON.stringify(values.map(escapeRegExp).join('|'))}`;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
