// Last samples of a window, one for each series. Comes in: what is known of a series; goes out: a run of one sample, or
// of none. There are thousands of them, so those of one moment share its array of times.

import type { Millis } from '../model/time.js';
import { Assembler } from './chunks/assemble.js';
import type { Run } from './chunks/run.js';

const NONE: Run = { times: new Float64Array(), values: new Float64Array() };

/** One at a time for one window. */
export class Latest {
  readonly #from: Millis;
  readonly #to: Millis;
  readonly #assembler: Assembler;
  #times = NONE.times;

  constructor(from: Millis, to: Millis) {
    this.#from = from;
    this.#to = to;
    this.#assembler = new Assembler(from, to);
  }

  /** A sample, if it is in the window. */
  at(time: Millis, value: number): Run {
    if (time < this.#from || time > this.#to) return NONE;
    if (this.#times[0] !== time) this.#times = Float64Array.of(time);
    return { times: this.#times, values: Float64Array.of(value) };
  }

  /** The last sample of some runs that is in the window. */
  of(runs: readonly Run[]): Run {
    const { times, values } = this.#assembler.join(runs);
    return values.length === 0 ? NONE : this.at(times.at(-1) as Millis, values.at(-1) as number);
  }
}
