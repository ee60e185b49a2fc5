// Sums whose rounding errors are added up as well. Source: Prometheus' util/kahansum (Kahan's and Neumaier's algorithm).

/**
 * The error of a running sum after one more addition: `before` is what it was so far, `next` is `sum + value` as a float.
 * A function of numbers only, because a sum kept in an object costs four times as much in the loops over samples.
 */
export function compensation(before: number, sum: number, value: number, next: number): number {
  if (Math.abs(next) === Number.POSITIVE_INFINITY) return 0;
  return Math.abs(sum) >= Math.abs(value) ? before + (sum - next + value) : before + (value - next + sum);
}
