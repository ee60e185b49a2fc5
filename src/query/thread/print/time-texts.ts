// The texts of times that several series share, written once.

import { MAX_NUMBER_LENGTH, writeTime } from './number.js';

/** Beginnings of points, `[1700000000,"`, by the number of the time. */
export class TimeTexts {
  readonly times: Float64Array;
  readonly #bytes: Uint8Array;
  /** Where each ends; it begins where the one before ends. */
  readonly #ends: Uint32Array;

  constructor(times: Float64Array) {
    this.times = times;
    this.#bytes = new Uint8Array(times.length * (MAX_NUMBER_LENGTH + 3));
    this.#ends = new Uint32Array(times.length);
    let at = 0;
    for (let i = 0; i < times.length; i++)
      this.#ends[i] = at = writeBegin(this.#bytes, at, times[i] as number);
  }

  /** Writes the beginning of a point. @returns where it ends */
  write(bytes: Uint8Array, start: number, i: number): number {
    const from = i === 0 ? 0 : (this.#ends[i - 1] as number);
    const to = this.#ends[i] as number;
    const shift = start - from;
    for (let at = from; at < to; at++) bytes[at + shift] = this.#bytes[at] as number;
    return to + shift;
  }
}

const QUOTE = 34;
const COMMA = 44;
const OPEN = 91;

/** Writes the beginning of a point at a time. @returns where it ends */
export function writeBegin(bytes: Uint8Array, start: number, time: number): number {
  bytes[start] = OPEN;
  const at = writeTime(bytes, start + 1, time);
  bytes[at] = COMMA;
  bytes[at + 1] = QUOTE;
  return at + 2;
}
