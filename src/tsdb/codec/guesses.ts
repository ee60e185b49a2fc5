// What the next of some whole numbers may be, by those before it. Comes in: numbers, the first of which is mostly 0; goes out: how far
// each is from its guess. Each guess is one loop of its own: encoding a chunk tries them all, and a query waits for the way back.

import { CorruptChunk, unzigzag, zigzag } from './bytes.js';

interface Guess {
  /** Writes the zigzag of what each number is beside its guess. @param mean of all numbers, a whole one */
  readonly residuals: (numbers: Float64Array, mean: number, into: Float64Array) => void;
  /** Residuals become numbers in place. */
  readonly restore: (residuals: Float64Array, mean: number) => void;
}

/** The chunk's own mean, for noise around a level. */
const level: Guess = {
  residuals(numbers, mean, into) {
    for (let i = 0; i < numbers.length; i++) into[i] = zigzag((numbers[i] as number) - mean);
  },
  restore(residuals, mean) {
    for (let i = 0; i < residuals.length; i++) residuals[i] = mean + unzigzag(residuals[i] as number);
  },
};

/** The number before. */
const delta: Guess = {
  residuals(numbers, _, into) {
    let last = 0;
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i] as number;
      into[i] = zigzag(value - last);
      last = value;
    }
  },
  restore(residuals) {
    let last = 0;
    for (let i = 0; i < residuals.length; i++) {
      last += unzigzag(residuals[i] as number);
      residuals[i] = last;
    }
  },
};

/** On the line through the two before. */
const slope: Guess = {
  residuals(numbers, _, into) {
    let [last, step] = [0, 0];
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i] as number;
      into[i] = zigzag(value - (last + step));
      step = value - last;
      last = value;
    }
  },
  restore(residuals) {
    let [last, step] = [0, 0];
    for (let i = 0; i < residuals.length; i++) {
      step += unzigzag(residuals[i] as number);
      last += step;
      residuals[i] = last;
    }
  },
};

/**
 * A moving mean, for noise around a level that drifts. IEEE arithmetic makes it the same everywhere.
 * @param weight how much of it the newest number is, as a divisor
 */
const smooth = (weight: number): Guess => ({
  residuals(numbers, _, into) {
    let mean = 0;
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i] as number;
      into[i] = zigzag(value - Math.round(mean));
      mean += (value - mean) / weight;
    }
  },
  restore(residuals) {
    let mean = 0;
    for (let i = 0; i < residuals.length; i++) {
      const value = Math.round(mean) + unzigzag(residuals[i] as number);
      residuals[i] = value;
      mean += (value - mean) / weight;
    }
  },
});

/**
 * The number before and a moving mean of the steps, for counters, whose steps are noise around a rate that drifts. The mean is kept
 * `weight` times as large, as a whole number that grows by the residual; a step backwards is a counter that began again, and no part of it.
 * @param weight a power of two
 */
const rate = (weight: number): Guess => ({
  residuals(numbers, _, into) {
    const share = 1 / weight;
    let [last, sum] = [0, 0];
    for (let i = 0; i < numbers.length; i++) {
      const value = numbers[i] as number;
      const residual = value - last - Math.floor(sum * share);
      into[i] = zigzag(residual);
      if (value >= last) sum += i === 1 ? residual * weight + weight / 2 : residual;
      last = value;
    }
  },
  restore(residuals) {
    const share = 1 / weight;
    let [last, sum] = [0, 0];
    for (let i = 0; i < residuals.length; i++) {
      const residual = unzigzag(residuals[i] as number);
      const step = Math.floor(sum * share) + residual;
      if (step >= 0) sum += i === 1 ? residual * weight + weight / 2 : residual;
      last += step;
      residuals[i] = last;
    }
  },
});

const smooths = [smooth(4), smooth(16)];
const rates = [rate(16), rate(64)];
/** Each kind of guess by its number in a chunk. */
const GUESSES: readonly Guess[] = [level, delta, slope, ...smooths, ...rates];

const numbersOf = (...guesses: readonly Guess[]): readonly number[] =>
  guesses.map(guess => GUESSES.indexOf(guess));
const OF_COUNTERS = numbersOf(delta, slope, ...rates);
const OF_GAUGES = numbersOf(level, delta, slope, ...smooths);
const QUICK = numbersOf(delta, slope);

/** How hard the codec tries: `quick` for chunks that are merged soon, `small` for those that stay. */
export type Effort = 'quick' | 'small';

/** The numbers of the guesses that are worth trying. @param isCounter hardly any number is below the one before */
export function guessesFor(effort: Effort, isCounter: boolean): readonly number[] {
  if (effort === 'quick') return QUICK;
  return isCounter ? OF_COUNTERS : OF_GAUGES;
}

/** Writes what numbers are beside a guess, as zigzag. @param mean of all numbers, a whole one */
export function writeResiduals(kind: number, numbers: Float64Array, mean: number, into: Float64Array): void {
  GUESSES[kind]?.residuals(numbers, mean, into);
}

/** What {@link writeResiduals} wrote becomes numbers in place. @throws CorruptChunk for a guess that there is not */
export function restore(kind: number, residuals: Float64Array, mean: number): void {
  const guess = GUESSES[kind];
  if (!guess) throw new CorruptChunk('written in an unknown way');
  guess.restore(residuals, mean);
}
