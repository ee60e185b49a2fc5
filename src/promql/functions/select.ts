// The value at a rank without sorting all values.

/** Below this many values they are sorted. */
const FEW = 32;
/** Rounds before the values are taken to be hostile and sorted; a round leaves three quarters of them or so. */
const MAX_ROUNDS = 64;

/**
 * Puts into place `rank` the value that would be there if all were sorted, with none larger before it and none smaller
 * after it. There must be no NaN, and `0 <= rank < values.length`.
 */
export function select(values: Float64Array, rank: number): void {
  let from = 0;
  let to = values.length - 1;
  for (let round = 0; to - from >= FEW && round < MAX_ROUNDS; round++) {
    const middle = partition(values, from, to);
    if (rank <= middle) to = middle;
    else from = middle + 1;
  }
  values.subarray(from, to + 1).sort();
}

/** Hoare's: afterwards nothing up to the returned place is larger than what comes after it; both parts are not empty. */
function partition(values: Float64Array, from: number, to: number): number {
  const pivot = pivotOf(values, from, to);
  let i = from - 1;
  let j = to + 1;
  for (;;) {
    do i++;
    while ((values[i] as number) < pivot);
    do j--;
    while ((values[j] as number) > pivot);
    if (i >= j) return j;
    const value = values[i] as number;
    values[i] = values[j] as number;
    values[j] = value;
  }
}

/** The median of the first, the middle and the last but one; the last one must not be it, or a part may be empty. */
function pivotOf(values: Float64Array, from: number, to: number): number {
  const a = values[from] as number;
  const b = values[(from + to) >> 1] as number;
  const c = values[to - 1] as number;
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
