// What came beside what was expected, in Prometheus' measure: values within a relative 1e-6, NaN equal to NaN.

import type { Labels } from '../../../src/model/labels.js';
import { compareLabels } from '../../../src/model/labels.js';
import type { Millis } from '../../../src/model/time.js';
import type { QueryResult, ResultSeries } from '../../../src/promql/evaluate.js';
import type { Point, SeriesLine } from '../../../src/promql/series-notation.js';
import type { Expectation, Pattern, Times } from './script.js';

const EPSILON = 1e-6;
const SMALLEST_NORMAL = 2 ** -1022;

/** A block that does not hold: what was expected, and what came. */
export class Mismatch extends Error {}

/** Within the tolerance of the test language. */
export function nearlyEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < EPSILON * SMALLEST_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < EPSILON;
}

/** @throws Mismatch when an annotation is missing or one came that was not expected. */
export function compareAnnotations(answer: QueryResult, expected: Expectation): void {
  compareMessages('warning', answer.warnings, expected.warn, expected.noWarn);
  compareMessages('info', answer.infos, expected.info, expected.noInfo);
}

/** Without any expectation every annotation is right; with one, each of them needs its own. */
function compareMessages(
  kind: string,
  result: readonly string[],
  wanted: readonly Pattern[],
  none: boolean,
): void {
  const all = result.length === 0 ? 'none came' : `came ${result.join('; ')}`;
  if (none && result.length > 0) throw new Mismatch(`no ${kind} expected, ${all}`);
  if (wanted.length === 0) return;
  const missing = wanted.find(pattern => !result.some(message => pattern.matches(message)));
  if (missing) throw new Mismatch(`${kind} ${missing.text} expected, ${all}`);
  const surplus = result.find(message => !wanted.some(pattern => pattern.matches(message)));
  if (surplus !== undefined) throw new Mismatch(`${kind} not expected: ${surplus}`);
}

/** The answer to an instant query. @throws Mismatch */
export function compareInstant(answer: QueryResult, expected: Expectation): void {
  if (answer.type === 'scalar') compareScalar(answer.value, expected);
  else if (answer.type === 'string') compareString(answer.value, expected);
  else if (answer.type === 'matrix') compareMatrix(answer.series, expected, expected.rangeVector);
  else compareVector(answer.series, expected);
}

export function compareScalar(value: number | undefined, expected: Expectation): void {
  if (expected.scalar === undefined)
    throw new Mismatch(`${described(expected)} expected, came scalar ${value}`);
  if (value === undefined || !nearlyEqual(value, expected.scalar))
    throw new Mismatch(`scalar ${expected.scalar} expected, came ${value}`);
}

function compareString(value: string, expected: Expectation): void {
  if (expected.string !== value)
    throw new Mismatch(`${described(expected)} expected, came string ${JSON.stringify(value)}`);
}

/** An instant vector: any order unless one is expected. @throws Mismatch */
export function compareVector(series: readonly ResultSeries[], expected: Expectation): void {
  if (expected.scalar !== undefined || expected.string !== undefined || expected.rangeVector)
    throw new Mismatch(`${described(expected)} expected, came a vector of ${series.length}`);
  comparePresence(series, expected.series);
  series.forEach(({ labels, values }, position) => {
    const wanted = expected.series.find(line => line.labels.key === labels.key) as SeriesLine;
    const point = wanted.points[0];
    if (typeof point !== 'number' || !nearlyEqual(values[0] as number, point))
      throw new Mismatch(`${labels} ${point ?? 'nothing'} expected, came ${values[0]}`);
    if (expected.ordered && expected.series[position] !== wanted)
      throw new Mismatch(
        `${expected.series[position]?.labels} expected at place ${position + 1}, came ${labels}`,
      );
  });
}

/** A range query's answer, or a range vector. @throws Mismatch */
function compareMatrix(
  series: readonly ResultSeries[],
  expected: Expectation,
  times: Times | undefined,
): void {
  if (!times || expected.scalar !== undefined || expected.string !== undefined)
    throw new Mismatch(`${described(expected)} expected, came a matrix of ${series.length}`);
  if (expected.ordered) throw new Mismatch('an order expected, came a matrix, which is sorted by labels');
  assertSorted(series);
  comparePresence(series, expected.series);
  for (const { labels, points } of expected.series) comparePoints(find(series, labels), points, times);
}

/** Range vectors and the answers to range queries are sorted by labels. @throws Mismatch */
export function assertSorted(series: readonly ResultSeries[]): void {
  for (const [i, { labels }] of series.entries()) {
    const before = series[i - 1];
    if (before && compareLabels(before.labels, labels) > 0)
      throw new Mismatch(`series sorted by labels expected, came ${labels} after ${before.labels}`);
  }
}

/** The same label sets on both sides, each once. */
function comparePresence(series: readonly ResultSeries[], expected: readonly SeriesLine[]): void {
  const wanted = new Set(expected.map(({ labels }) => labels.key));
  const found = new Set<string>();
  for (const each of series) {
    if (!wanted.has(each.labels.key)) throw new Mismatch(`${shown(each)} not expected`);
    if (found.has(each.labels.key)) throw new Mismatch(`${shown(each)} came twice`);
    found.add(each.labels.key);
  }
  const missing = expected.find(({ labels }) => !found.has(labels.key));
  if (missing)
    throw new Mismatch(`${missing.labels} ${missing.points.map(pointText).join(' ')} expected, not found`);
}

function comparePoints(result: ResultSeries, points: readonly Point[], times: Times): void {
  const wanted = points.flatMap((point, i) =>
    point === undefined ? [] : [{ time: times.from + i * times.step, point }],
  );
  const text = `${result.labels} ${points.map(pointText).join(' ')}`;
  if (wanted.some(({ time }) => time > times.to))
    throw new Mismatch(`${text} expected, more values than the range has steps`);
  const same =
    wanted.length === result.times.length &&
    wanted.every(
      ({ time, point }, i) => result.times[i] === time && isNear(point, result.values[i] as number),
    );
  if (!same) throw new Mismatch(`${text} expected, came ${shown(result)}`);
}

function isNear(wanted: number | 'stale', value: number): boolean {
  return typeof wanted === 'number' && nearlyEqual(value, wanted);
}

function find(series: readonly ResultSeries[], labels: Labels): ResultSeries {
  return series.find(each => each.labels.key === labels.key) as ResultSeries;
}

function shown({ labels, times, values }: ResultSeries): string {
  return `${labels} ${[...times].map((time, i) => `${values[i]} @[${seconds(time)}]`).join(' ')}`;
}

function seconds(time: Millis): number {
  return time / 1000;
}

function pointText(point: Point): string {
  return point === undefined ? '_' : String(point);
}

function described(expected: Expectation): string {
  if (expected.string !== undefined) return `string ${JSON.stringify(expected.string)}`;
  if (expected.scalar !== undefined) return `scalar ${expected.scalar}`;
  return `${expected.rangeVector ? 'range vector' : 'vector'} of ${expected.series.length}`;
}
