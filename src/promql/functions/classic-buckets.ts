// Classic histograms: which series are the buckets of which one, and what was counted in them at a step.
// Source: resetHistograms of promql/functions.go; Buckets, coalesceBuckets and ensureMonotonicAndIgnoreSmallDeltas of
// promql/quantile.go.

import { type Labels, METRIC_NAME } from '../../model/labels.js';
import type { Position } from '../ast.js';
import { LabelGroups } from '../label-groups.js';
import { parseNumber } from '../number.js';
import type { Column, EvalContext } from '../value.js';

const BUCKET = 'le';
const JUST_BUCKET = [BUCKET];
/** Counts that differ by less, relative to their sum, are the same but for the errors of floating point. */
const SMALL_DELTA = 1e-12;
const MIN_NORMAL = 2 ** -1022;

/** A series of a histogram: how many observations were at most `bound`. */
interface Bucket {
  readonly bound: number;
  readonly column: Column;
}

/** One classic histogram. */
export interface ClassicHistogram {
  /** With the metric name, without `le`. */
  readonly labels: Labels;
  /** By their bounds, ascending; a bound may occur twice (`0.2` and `2e-1`). */
  readonly buckets: Bucket[];
}

/** Puts series together to histograms; warns of those whose `le` is no number. */
export function classicHistograms(
  columns: readonly Column[],
  position: Position,
  context: EvalContext,
): ClassicHistogram[] {
  const groups = new LabelGroups({ on: false, labels: JUST_BUCKET });
  const histograms: ClassicHistogram[] = [];
  for (const column of columns) {
    context.checkpoint();
    const text = column.labels.get(BUCKET);
    const bound = parseNumber(text);
    if (bound === undefined) {
      context.warn(badBucket(text, column.labels), position);
      continue;
    }
    const group = groups.numberOf(column.labels);
    const known = histograms[group];
    if (known) known.buckets.push({ bound, column });
    else histograms[group] = { labels: column.labels.without(JUST_BUCKET), buckets: [{ bound, column }] };
  }
  for (const { buckets } of histograms) buckets.sort((a, b) => compare(a.bound, b.bound));
  return histograms;
}

function badBucket(text: string, labels: Labels): string {
  const reason = `bucket label "${BUCKET}" is missing or has a malformed value of ${JSON.stringify(text)}`;
  return reason + ofMetric(labels.get(METRIC_NAME));
}

/** How an annotation names the metric, if it has a name. */
export function ofMetric(name: string): string {
  return name === '' ? '' : ` for metric name ${JSON.stringify(name)}`;
}

function compare(a: number, b: number): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** What had to be changed of counts that fell from one bucket to the next. */
export interface Repair {
  readonly minBound: number;
  readonly maxBound: number;
  readonly maxDifference: number;
}

/** A histogram at one step. To be refilled for each, so that a long range query makes no garbage. */
export class Buckets {
  readonly bounds: Float64Array;
  /** Cumulative. */
  readonly counts: Float64Array;
  size = 0;

  constructor(capacity: number) {
    this.bounds = new Float64Array(capacity);
    this.counts = new Float64Array(capacity);
  }

  /** Takes what a histogram has at a step; buckets of the same bound become one. */
  fill(histogram: ClassicHistogram, step: number): void {
    this.size = 0;
    for (const { bound, column } of histogram.buckets) {
      if (!column.has[step]) continue;
      const count = column.values[step] as number;
      if (this.size > 0 && this.bounds[this.size - 1] === bound) {
        this.counts[this.size - 1] = (this.counts[this.size - 1] as number) + count;
      } else {
        this.bounds[this.size] = bound;
        this.counts[this.size++] = count;
      }
    }
  }

  /** Whether the last bucket is that of all observations. */
  get isComplete(): boolean {
    return this.size > 0 && this.bounds[this.size - 1] === Number.POSITIVE_INFINITY;
  }

  /** All observations. */
  get total(): number {
    return this.counts[this.size - 1] as number;
  }

  /** Makes the counts rise or stay from each bucket to the next; says what was more than an error of floating point. */
  makeMonotonic(): Repair | undefined {
    let [minBound, maxBound, maxDifference] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    let last = this.counts[0] as number;
    for (let i = 1; i < this.size; i++) {
      const count = this.counts[i] as number;
      if (almostEqual(last, count)) this.counts[i] = last;
      else if (count < last) {
        this.counts[i] = last;
        minBound = Math.min(minBound, this.bounds[i] as number);
        maxBound = Math.max(maxBound, this.bounds[i] as number);
        maxDifference = Math.max(maxDifference, last - count);
      } else last = count;
    }
    return maxDifference > 0 ? { minBound, maxBound, maxDifference } : undefined;
  }
}

/** Source: util/almost of Prometheus. */
function almostEqual(a: number, b: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < MIN_NORMAL) return difference < SMALL_DELTA * MIN_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < SMALL_DELTA;
}
