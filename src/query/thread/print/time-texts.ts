// The texts of times that several series share, written once.

import { MAX_NUMBER_LENGTH, writeTime } from './number.js';

const QUOTE = 34;
const COMMA = 44;
const OPEN = 91;

/** Beginnings of points by the number of the time: `[1700000000,"`, for all but the first with a comma before it. */
export class TimeTexts {
  readonly times: Float64Array;
  readonly #bytes: Uint8Array;
  /** Where each ends; it begins where the one before ends. */
  readonly #ends: Uint32Array;

  constructor(times: Float64Array) {
    this.times = times;
    this.#bytes = new Uint8Array(times.length * (MAX_NUMBER_LENGTH + 4));
    this.#ends = new Uint32Array(times.length);
    let at = 0;
    for (let i = 0; i < times.length; i++) {
      if (i > 0) this.#bytes[at++] = COMMA;
      this.#ends[i] = at = writeBegin(this.#bytes, at, times[i] as number);
    }
  }

  /** Writes the beginning of a point. @returns where it ends */
  write(bytes: Uint8Array, start: number, i: number): number {
    const own = this.#bytes;
    const from = i === 0 ? 0 : (this.#ends[i - 1] as number);
    const to = this.#ends[i] as number;
    const shift = start - from;
    for (let at = from; at < to; at++) bytes[at + shift] = own[at] as number;
    return to + shift;
  }
}

/** Writes the beginning of a point at a time. @returns where it ends */
export function writeBegin(bytes: Uint8Array, start: number, time: number): number {
  bytes[start] = OPEN;
  const at = writeTime(bytes, start + 1, time);
  bytes[at] = COMMA;
  bytes[at + 1] = QUOTE;
  return at + 2;
}
