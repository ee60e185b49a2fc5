// Functions of classic histograms. Comes in: the series of their buckets; goes out: a series for each histogram.
// Source: funcHistogramQuantile and funcHistogramFraction of promql/functions.go.

import { METRIC_NAME } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { Expr, Position } from '../ast.js';
import type { PromqlFunction } from '../function.js';
import { formatGeneral } from '../number.js';
import { checkQuantile } from '../quantile.js';
import {
  type CallContext,
  type Column,
  ColumnAllocator,
  timeOf,
  type Value,
  type VectorValue,
} from '../value.js';
import { scalarArgument, vectorArgument } from './arguments.js';
import { bucketFraction, bucketQuantile } from './bucket-estimates.js';
import {
  Buckets,
  type ClassicHistogram,
  classicHistograms,
  ofMetric,
  type Repair,
} from './classic-buckets.js';

/** How far from the epoch a Date goes, either way. */
const LAST_DATE: Millis = 8_640_000_000_000_000;

export const histogram: readonly PromqlFunction[] = [
  {
    name: 'histogram_quantile',
    argumentTypes: ['scalar', 'vector'],
    returns: 'vector',
    call: histogramQuantile,
  },
  {
    name: 'histogram_fraction',
    argumentTypes: ['scalar', 'scalar', 'vector'],
    returns: 'vector',
    call: histogramFraction,
  },
];

/** Computes a value from the buckets of a histogram at a step. */
type Estimate = (buckets: Buckets, step: number, histogram: ClassicHistogram) => number;

function histogramQuantile(args: readonly Value[], context: CallContext): VectorValue {
  const quantiles = scalarArgument(args, 0).values;
  for (const q of new Set(quantiles)) checkQuantile(q, positionOf(context, 0), context);
  const repairs = new Repairs();
  const answer = estimate(args, 1, context, (buckets, step, histogram) => {
    const q = quantiles[step] as number;
    if (Number.isNaN(q)) return Number.NaN;
    if (q < 0) return Number.NEGATIVE_INFINITY;
    if (q > 1) return Number.POSITIVE_INFINITY;
    if (!buckets.isComplete) return Number.NaN;
    const repair = buckets.makeMonotonic();
    if (repair) repairs.add(histogram.labels.get(METRIC_NAME), timeOf(context.steps, step), repair);
    return bucketQuantile(q, buckets);
  });
  for (const text of repairs.texts()) context.info(text, positionOf(context, 1));
  return answer;
}

function histogramFraction(args: readonly Value[], context: CallContext): VectorValue {
  const lower = scalarArgument(args, 0).values;
  const upper = scalarArgument(args, 1).values;
  return estimate(args, 2, context, (buckets, step) =>
    buckets.isComplete ? bucketFraction(lower[step] as number, upper[step] as number, buckets) : Number.NaN,
  );
}

function positionOf({ call }: CallContext, argument: number): Position {
  return (call.args[argument] as Expr).position;
}

/** Computes a value for each histogram of an argument at each step. */
function estimate(args: readonly Value[], i: number, context: CallContext, make: Estimate): VectorValue {
  const { columns } = vectorArgument(args, i);
  const histograms = classicHistograms(columns, positionOf(context, i), context);
  const room = new ColumnAllocator(context.steps.count, histograms.length);
  return { type: 'vector', columns: histograms.map(each => estimateOne(each, context, make, room)) };
}

function estimateOne(
  histogram: ClassicHistogram,
  context: CallContext,
  make: Estimate,
  room: ColumnAllocator,
): Column {
  const { count } = context.steps;
  context.spend(count);
  const column = room.allocate(histogram.labels, true);
  const buckets = new Buckets(histogram.buckets.length);
  for (let step = 0; step < count; step++) {
    if (step % 100 === 0) context.checkpoint();
    buckets.fill(histogram, step);
    if (buckets.size === 0) continue;
    column.values[step] = make(buckets, step, histogram);
    column.has[step] = 1;
  }
  return column;
}

/** Repairs of buckets by metric, over all series and steps: each metric is reported in one annotation. */
class Repairs {
  readonly #byMetric = new Map<string, Repair & { samples: number; first: Millis; last: Millis }>();

  add(metric: string, at: Millis, repair: Repair): void {
    const known = this.#byMetric.get(metric);
    this.#byMetric.set(metric, {
      minBound: Math.min(repair.minBound, known?.minBound ?? repair.minBound),
      maxBound: Math.max(repair.maxBound, known?.maxBound ?? repair.maxBound),
      maxDifference: Math.max(repair.maxDifference, known?.maxDifference ?? 0),
      samples: (known?.samples ?? 0) + 1,
      first: Math.min(at, known?.first ?? at),
      last: Math.max(at, known?.last ?? at),
    });
  }

  *texts(): Generator<string> {
    for (const [metric, { minBound, maxBound, maxDifference, samples, first, last }] of this.#byMetric) {
      yield 'input to histogram_quantile needed to be fixed for monotonicity (see ' +
        'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)' +
        `${ofMetric(metric)}, from buckets ${formatGeneral(minBound)} to ${formatGeneral(maxBound)}, ` +
        `with a max diff of ${formatGeneral(maxDifference, 2)}, over ${samples} samples ` +
        `from ${second(first)} to ${second(last)}`;
    }
  }
}

/** The moment in whole seconds of UTC, or the last one that can be printed. */
function second(at: Millis): string {
  const printable = Math.max(-LAST_DATE, Math.min(LAST_DATE, at));
  return new Date(Math.trunc(printable / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
