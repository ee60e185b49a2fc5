// A series' samples in a window, out of its chunks and the head. Comes in: runs, oldest first; goes out: one run that
// is shared: equal times are one array, and what is in one piece is not copied.

import { lowerBound, upperBound } from '../../model/sorted.js';
import type { Millis } from '../../model/time.js';
import type { Run } from './run.js';

/** A part of a run: indexes from `start` up to, not including, `end`. */
interface Piece {
  readonly run: Run;
  readonly start: number;
  readonly end: number;
}

/** One at a time for one window: series with the same times follow each other. */
export class Assembler {
  readonly #from: Millis;
  readonly #to: Millis;
  #last: { readonly pieces: readonly Piece[]; readonly times: Float64Array } | undefined;

  constructor(from: Millis, to: Millis) {
    this.#from = from;
    this.#to = to;
  }

  /** Samples of the runs that are in the window. A run's samples that are not after the run before it are left out. */
  join(runs: readonly Run[]): Run {
    const pieces = this.#pieces(runs);
    const [only] = pieces;
    const values =
      pieces.length === 1 && only
        ? only.run.values.subarray(only.start, only.end)
        : joined(pieces, run => run.values);
    return { times: this.#times(pieces), values };
  }

  #pieces(runs: readonly Run[]): Piece[] {
    const pieces: Piece[] = [];
    let after = Number.NEGATIVE_INFINITY;
    for (const run of runs) {
      const start = Math.max(lowerBound(run.times, this.#from), upperBound(run.times, after));
      const end = upperBound(run.times, this.#to);
      if (start >= end) continue;
      pieces.push({ run, start, end });
      after = run.times[end - 1] as Millis;
    }
    return pieces;
  }

  #times(pieces: readonly Piece[]): Float64Array {
    if (this.#last && hasSameTimes(this.#last.pieces, pieces)) return this.#last.times;
    const [only] = pieces;
    const times =
      pieces.length === 1 && only
        ? only.run.times.subarray(only.start, only.end)
        : joined(pieces, run => run.times);
    this.#last = { pieces, times };
    return times;
  }
}

function hasSameTimes(a: readonly Piece[], b: readonly Piece[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((piece, i) => {
    const other = b[i] as Piece;
    return piece.run.times === other.run.times && piece.start === other.start && piece.end === other.end;
  });
}

function joined(pieces: readonly Piece[], part: (run: Run) => Float64Array): Float64Array {
  const whole = new Float64Array(pieces.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const { run, start, end } of pieces) {
    whole.set(part(run).subarray(start, end), at);
    at += end - start;
  }
  return whole;
}
