// In: numbers. Out: one number that stands for them.

/**
 * The q-quantile by nearest rank (q = 0.99 of 1,000 values is the 990th smallest). @throws Error when there
 * are none.
 */
export function quantile(values, q) {
  if (values.length === 0) throw new Error('no samples');
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values) {
  if (values.length === 0) throw new Error('no samples');
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Slope of the least-squares line through points [x, y], in y per x. */
export function slope(points) {
  const mean = axis => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [mx, my] = [mean(0), mean(1)];
  let [above, below] = [0, 0];
  for (const [x, y] of points) {
    above += (x - mx) * (y - my);
    below += (x - mx) ** 2;
  }
  return above / below;
}
