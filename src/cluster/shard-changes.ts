// Changes of services on their way to monitors that do not check them. With all its other samples a monitor writes what it finds every
// few seconds, and ten thousand services are half a million of these. A change is written at once, beside them: a monitor has a few
// series which have a sample for each change, one of them says of which service. Who reads them reads nothing of other services, and
// these are series that are known already: of a new one a storage may tell ten seconds later. Comes in: results; goes out: samples, and
// the way back.

import { createHash } from 'node:crypto';
import { type Labels, METRIC_NAME } from '../model/labels.js';
import { type CheckResult, type Level, REASONS, STATUSES } from '../model/result.js';
import type { Millis } from '../model/time.js';
import { errorOf, type ShardCheck } from './shard-check.js';
import { monitorOf } from './shard-queries.js';

/** A sample without the labels of the monitor. */
export interface ChangeSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly at: Millis;
  readonly value: number;
}

/** A series with its samples. */
interface Series {
  readonly labels: Labels;
  readonly times: ArrayLike<Millis>;
  readonly values: ArrayLike<number>;
}

export type Change = Pick<
  CheckResult,
  'target' | 'at' | 'status' | 'level' | 'reason' | 'responseTime' | 'statusCode' | 'consecutiveFailures'
>;

const PREFIX = 'langgraph_monitor_change_';
/** The series, and what a sample of each says. */
const VALUES: Readonly<Record<string, (change: Change) => number>> = {
  target_hash: ({ target }) => hashOf(target),
  timestamp_seconds: ({ at }) => at / 1000,
  state: stateOf,
  duration_seconds: ({ responseTime }) => responseTime,
  http_status_code: ({ statusCode }) => statusCode ?? 0,
  consecutive_failures: ({ consecutiveFailures }) => consecutiveFailures,
};
/** The order is that of their numbers in the storage. */
const LEVELS: readonly Level[] = ['unknown', 'up', 'slow', 'down'];

/** A service as a number: the first six bytes of the MD5 sum of its id, as many as a sample's value is exact for. */
export function hashOf(id: string): number {
  return createHash('md5').update(id).digest().readUIntBE(0, 6);
}

/** What is a change when it is another than before, as a number: hundreds are the status, tens the level, ones the reason, 0 without one. */
export function stateOf({ status, level, reason }: Pick<Change, 'status' | 'level' | 'reason'>): number {
  const ofReason = reason === undefined ? 0 : REASONS.indexOf(reason) + 1;
  return STATUSES.indexOf(status) * 100 + LEVELS.indexOf(level) * 10 + ofReason;
}

/** A change as samples. @param at of all of them, another than that of any other change */
export function changeSamples(change: Change, at: Millis): ChangeSample[] {
  return samplesOf(
    at,
    Object.values(VALUES).map(read => read(change)),
  );
}

/** Samples of no change, so that the series are known. */
export function emptySamples(at: Millis): ChangeSample[] {
  return samplesOf(
    at,
    Object.values(VALUES).map(() => 0),
  );
}

function samplesOf(at: Millis, values: readonly number[]): ChangeSample[] {
  return Object.keys(VALUES).map((name, i) => ({
    labels: { [METRIC_NAME]: PREFIX + name },
    ...{ at, value: values[i] as number },
  }));
}

/** The question what has changed; it is for samples as they are stored. */
export function changesQuery(within: Millis): string {
  return `{__name__=~"${PREFIX}.+"}[${Math.ceil(within / 1000)}s]`;
}

/** The last change of each service. @param ids by {@link hashOf} */
export function changesOf(
  series: readonly Series[],
  ids: ReadonlyMap<number, string>,
): Map<string, ShardCheck> {
  const last = new Map<string, ShardCheck>();
  for (const ofMonitor of byMonitor(series).values())
    for (const values of byTime(ofMonitor).values()) {
      const id = ids.get(values.get('target_hash') as number);
      const check = checkOf(ofMonitor[0]?.labels as Labels, values);
      if (id === undefined || !check) continue;
      if (check.at > (last.get(id)?.at ?? Number.NEGATIVE_INFINITY)) last.set(id, check);
    }
  return last;
}

function byMonitor(series: readonly Series[]): Map<string, Series[]> {
  const monitors = new Map<string, Series[]>();
  for (const each of series) {
    const monitor = monitorOf(each.labels);
    const known = monitors.get(monitor);
    if (known) known.push(each);
    else monitors.set(monitor, [each]);
  }
  return monitors;
}

/** The values of each change by the names of their series. */
function byTime(series: readonly Series[]): Map<Millis, Map<string, number>> {
  const changes = new Map<Millis, Map<string, number>>();
  for (const { labels, times, values } of series) {
    const name = labels.get(METRIC_NAME).slice(PREFIX.length);
    for (let i = 0; i < times.length; i++) {
      const at = times[i] as Millis;
      const change = changes.get(at) ?? new Map<string, number>();
      changes.set(at, change.set(name, values[i] as number));
    }
  }
  return changes;
}

/** @returns undefined when not all samples are there yet, or a later version has written them */
function checkOf(labels: Labels, values: ReadonlyMap<string, number>): ShardCheck | undefined {
  const number = (name: string) => values.get(name) ?? Number.NaN;
  const state = number('state');
  const status = STATUSES[Math.floor(state / 100)];
  const level = LEVELS[Math.floor(state / 10) % 10];
  if (!status || !level || Object.keys(VALUES).some(name => !values.has(name))) return undefined;
  const reason = REASONS[(state % 10) - 1];
  const [statusCode, consecutiveFailures] = [number('http_status_code'), number('consecutive_failures')];
  return {
    ...{ monitor: monitorOf(labels), instance: labels.get('instance') },
    at: Math.round(number('timestamp_seconds') * 1000),
    ...{ status, level, reason, consecutiveFailures, responseTime: number('duration_seconds') },
    // The words are in the samples of all services, some seconds later.
    error: errorOf({ status, trouble: troubleOf(level, reason), hasFailed: consecutiveFailures > 0 }),
    statusCode: statusCode > 0 ? statusCode : undefined,
  };
}

function troubleOf(level: Level, reason: string | undefined): string | undefined {
  if (level === 'slow') return 'Slow';
  return level === 'down' && reason !== undefined ? `Check failed: ${reason}` : undefined;
}
