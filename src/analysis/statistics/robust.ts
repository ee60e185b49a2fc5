// Medians and what is made of them: figures that a few odd values do not move. Comes in: numbers; goes out: a number.

/** How many median absolute deviations are one standard deviation of a normal distribution. */
const NORMAL = 1.4826;

/** Sorted in a new array. */
export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * The value below which a share of the values lies, interpolated as PromQL's quantile() does.
 * @param ascending sorted
 * @param share from 0 to 1
 * @returns NaN when there are no values
 */
export function quantileOf(ascending: ArrayLike<number>, share: number): number {
  if (ascending.length === 0) return Number.NaN;
  const rank = share * (ascending.length - 1);
  const low = ascending[Math.floor(rank)] as number;
  const high = ascending[Math.ceil(rank)] as number;
  return low + (high - low) * (rank - Math.floor(rank));
}

/** @returns NaN when there are no values */
export const median = (values: Iterable<number>): number => quantileOf(sorted(values), 0.5);

/** The standard deviation as the median absolute deviation tells it. @returns NaN when there are no values */
export function spread(values: readonly number[], center = median(values)): number {
  return NORMAL * median(values.map(value => Math.abs(value - center)));
}

/** @returns NaN when there are no values */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Correlation of each value with the one before it, from 0 (none, or negative) to below 1. */
export function autocorrelation(values: readonly number[]): number {
  const center = mean(values);
  let together = 0;
  let alone = 0;
  for (let i = 0; i < values.length; i++) {
    const here = (values[i] as number) - center;
    alone += here * here;
    if (i > 0) together += here * ((values[i - 1] as number) - center);
  }
  return alone === 0 ? 0 : Math.min(0.99, Math.max(0, together / alone));
}

/**
 * Ranks from 1, equal values share the middle of theirs.
 * @returns in the order of the values
 */
export function ranks(values: readonly number[]): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const found = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let end = i + 1;
    while (end < order.length && values[order[end] as number] === values[order[i] as number]) end++;
    for (let k = i; k < end; k++) found[order[k] as number] = (i + 1 + end) / 2;
    i = end;
  }
  return found;
}

/** Share of a normal distribution further from its center than `z` standard deviations, on both sides. */
export function twoSided(z: number): number {
  // Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26; the error is below 1.5e-7.
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.min(1, series * Math.exp(-x * x));
}
