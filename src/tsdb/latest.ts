// Last samples of a window, one for each series. Comes in: what is known of a series; goes out: a run of one sample, or
// of none. There are thousands of them, so those of one moment share its array of times.

import type { Millis } from '../model/time.js';
import { Assembler } from './chunks/assemble.js';
import type { Run } from './chunks/run.js';

/** Values that share an array: one of its own takes a hundred bytes more for each series. */
const BLOCK = 64;

const NONE: Run = { times: new Float64Array(), values: new Float64Array() };

/** One at a time for one window. */
export class Latest {
  readonly #from: Millis;
  readonly #to: Millis;
  readonly #assembler: Assembler;
  #times = NONE.times;
  #values = NONE.values;
  #used = 0;

  constructor(from: Millis, to: Millis) {
    this.#from = from;
    this.#to = to;
    this.#assembler = new Assembler(from, to);
  }

  /** A sample, if it is in the window. */
  at(time: Millis, value: number): Run {
    if (time < this.#from || time > this.#to) return NONE;
    if (this.#times[0] !== time) this.#times = Float64Array.of(time);
    return { times: this.#times, values: this.#arrayOf(value) };
  }

  #arrayOf(value: number): Float64Array {
    if (this.#used === this.#values.length) {
      // Most selections have a handful of series.
      this.#values = new Float64Array(Math.min(Math.max(this.#values.length * 2, 4), BLOCK));
      this.#used = 0;
    }
    const at = this.#used++;
    this.#values[at] = value;
    return this.#values.subarray(at, at + 1);
  }

  /** The last sample of some runs that is in the window. */
  of(runs: readonly Run[]): Run {
    const { times, values } = this.#assembler.join(runs);
    return values.length === 0 ? NONE : this.at(times.at(-1) as Millis, values.at(-1) as number);
  }
}
