// Quantiles and fractions that lie within buckets, estimated on a straight line between a bucket's bounds.
// Source: BucketQuantile and BucketFraction of promql/quantile.go.

import type { Buckets } from './classic-buckets.js';

/** The `q`-quantile, 0 <= q <= 1, of complete and monotonic buckets; NaN when nothing was observed. */
export function bucketQuantile(q: number, buckets: Buckets): number {
  const { bounds, counts, size, total } = buckets;
  if (size < 2 || total === 0) return Number.NaN;
  const rank = q * total;
  const at = firstReaching(rank, counts, size - 1);
  // Nothing is known of the last bucket but where it begins, and likewise of a first one that has no zero to begin at.
  if (at === size - 1) return bounds[size - 2] as number;
  const end = bounds[at] as number;
  if (at === 0) return end <= 0 ? end : end * (rank / (counts[0] as number));
  const start = bounds[at - 1] as number;
  const before = counts[at - 1] as number;
  return start + (end - start) * ((rank - before) / ((counts[at] as number) - before));
}

/** The first of `size` ascending counts that is at least `rank`, or `size`. */
function firstReaching(rank: number, counts: Float64Array, size: number): number {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((counts[middle] as number) >= rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Which part of the observations in complete buckets lies between two values; NaN when nothing was observed. */
export function bucketFraction(lower: number, upper: number, buckets: Buckets): number {
  const { total } = buckets;
  if (total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (rankOf(upper, buckets) - rankOf(lower, buckets)) / total;
}

/** How many observations are estimated to be below a value. */
function rankOf(value: number, { bounds, counts, size, total }: Buckets): number {
  // Where all bounds are positive so are the observations.
  let start = (bounds[0] as number) > 0 ? 0 : Number.NEGATIVE_INFINITY;
  let rank = 0;
  for (let i = 0; i < size && start < value; i++) {
    const end = bounds[i] as number;
    const count = counts[i] as number;
    if (end > value) {
      const within =
        start === Number.NEGATIVE_INFINITY
          ? count
          : rank + ((count - rank) * (value - start)) / (end - start);
      return Math.min(within, total);
    }
    rank = count;
    start = end;
  }
  return Math.min(rank, total);
}
