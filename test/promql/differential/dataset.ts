// One set of samples for two engines: counters that restart, gauges, series with gaps, values that are no numbers, and
// a histogram. Prometheus reads it as OpenMetrics, our engine from memory.

import { formatLabels, Labels, METRIC_NAME } from '../../../src/model/labels.js';
import type { Millis } from '../../../src/model/time.js';
import { Random } from '../../support/random.js';

export interface DataSeries {
  readonly labels: Labels;
  readonly samples: readonly (readonly [time: Millis, value: number])[];
}

/** A multiple of an hour, so that steps of subqueries begin on it. */
export const START: Millis = 1_699_999_200_000;
export const INTERVAL: Millis = 15_000;
const SAMPLES = 480;
export const END: Millis = START + SAMPLES * INTERVAL;

/**
 * Off every whole second: no window, lookback or step of a query asked at whole seconds begins or ends on a sample,
 * where Prometheus before 3.0 and since differ.
 */
const SHIFT: Millis = 3_217;

const BOUNDS = ['0.005', '0.05', '0.25', '1', '+Inf'];

/** The same numbers in every run. */
export function dataset(): DataSeries[] {
  const random = new Random(20_231_114);
  const both = product({ job: ['api', 'web'], instance: ['a', 'b'] });
  return [
    ...product({ job: ['api', 'web'], instance: ['a', 'b'], code: ['200', '500'] }).map(labels =>
      series('requests_total', labels, counter(random, labels.code === '200' ? 40 : 3, 0.01)),
    ),
    ...both.map(labels => series('cpu_seconds_total', labels, fractions(counter(random, 900, 0.005)))),
    ...both.map(labels => series('up', labels, switching(random))),
    ...['attic', 'cellar', 'hall'].map(room => series('temperature', { room }, walk(random, 20))),
    ...['attic', 'hall'].map(room => series('humidity', { room }, walk(random, 55))),
    ...['a', 'b', 'c'].map(k => series('flaky', { k }, withGaps(random, walk(random, 100)))),
    ...['a', 'b'].map(k => series('flaky_total', { k }, withGaps(random, counter(random, 7, 0.02)))),
    ...['a', 'b'].map(k => series('odd', { k }, withoutSense(random, walk(random, 0)))),
    ...product({ job: ['api'], version: ['1.2'] }).map(labels => series('build_info', labels, constant(1))),
    ...product({ job: ['web'], version: ['2.0'] }).map(labels => series('build_info', labels, constant(1))),
    ...both.flatMap(labels => histogram(random, 'latency_seconds', labels)),
  ];
}

/** The text `promtool tsdb create-blocks-from openmetrics` takes. */
export function openMetrics(data: readonly DataSeries[]): string {
  const lines = data.flatMap(({ labels, samples }) => {
    const own = labels.withoutName();
    const name = labels.get(METRIC_NAME) + formatLabels(own.names, own.values);
    return samples.map(([time, value]) => `${name} ${numberText(value)} ${(time / 1000).toFixed(3)}\n`);
  });
  return `${lines.join('')}# EOF\n`;
}

function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

type Values = readonly (number | undefined)[];

function series(name: string, labels: Readonly<Record<string, string>>, values: Values): DataSeries {
  return {
    labels: Labels.of({ ...labels, [METRIC_NAME]: name }),
    samples: values.flatMap((value, i) =>
      value === undefined ? [] : [[START + SHIFT + i * INTERVAL, value] as const],
    ),
  };
}

/** All combinations of label values. */
function product(labels: Readonly<Record<string, readonly string[]>>): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (sets, [name, values]) => sets.flatMap(set => values.map(value => ({ ...set, [name]: value }))),
    [{}],
  );
}

function generate(next: (before: number) => number, first: number): number[] {
  const values = [first];
  while (values.length < SAMPLES) values.push(next(values.at(-1) as number));
  return values;
}

function constant(value: number): number[] {
  return generate(() => value, value);
}

/** Grows by whole numbers and restarts from zero now and then. */
function counter(random: Random, growth: number, restarts: number): number[] {
  return generate(
    before => (random.chance(restarts) ? random.below(growth) : before + random.below(growth)),
    random.below(1000),
  );
}

function fractions(values: readonly number[]): number[] {
  return values.map(value => value / 1000);
}

function walk(random: Random, first: number): number[] {
  return generate(before => Number((before + random.next() - 0.5).toFixed(3)), first);
}

function switching(random: Random): number[] {
  return generate(before => (random.chance(0.05) ? 1 - before : before), 1);
}

/** Gaps of some samples, and now and then one that is longer than the lookback. */
function withGaps(random: Random, values: Values): Values {
  let hole = 0;
  return values.map(value => {
    if (hole === 0 && random.chance(0.06))
      hole = random.chance(0.25) ? 21 + random.below(15) : 1 + random.below(5);
    return hole > 0 && hole-- > 0 ? undefined : value;
  });
}

function withoutSense(random: Random, values: readonly number[]): Values {
  const strange = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return values.map(value => (random.chance(0.04) ? random.pick(strange) : value));
}

function histogram(random: Random, name: string, labels: Record<string, string>): DataSeries[] {
  const counts = BOUNDS.map(() => counter(random, 6, 0));
  const cumulated = BOUNDS.map((_, b) => sums(counts.slice(0, b + 1)));
  const total = cumulated.at(-1) as number[];
  return [
    ...BOUNDS.map((le, b) => series(`${name}_bucket`, { ...labels, le }, cumulated[b] as number[])),
    series(`${name}_count`, labels, total),
    series(`${name}_sum`, labels, fractions(total.map(count => count * 180))),
  ];
}

/** Column by column. */
function sums(columns: readonly (readonly number[])[]): number[] {
  return Array.from({ length: SAMPLES }, (_, i) =>
    columns.reduce((sum, column) => sum + (column[i] as number), 0),
  );
}
