// The usual line of a large file: another sample of the series of the line before, its value and time short decimals. Read
// from the file's bytes: making text of each line and taking it apart costs several times as much. Comes in: bytes of a line;
// goes out: its sample, or that the line is another kind.

import type { Millis } from '../../../model/time.js';
import { LATEST } from './line.js';

const [SPACE, MINUS, POINT, ZERO, NINE] = [32, 45, 46, 48, 57];
const POWERS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));
/** So many digits are a whole number that a double holds, and divided by a power of ten they are the double nearest to the decimal. */
const MAX_DIGITS = 15;
/** Of a time in seconds: whole milliseconds. */
const MILLIS_PLACES = 3;

/** The series of some lines. */
export class RepeatedSeries {
  readonly series: string;
  /** As in the file, with the space after it. */
  readonly #bytes: Uint8Array;
  #value = 0;
  #at: Millis = 0;
  /** What {@link #decimal} read: the number without its point, and how many digits were behind that. */
  #digits = 0;
  #places = 0;
  #isNegative = false;

  /** @param series as written */
  constructor(series: string) {
    this.series = series;
    this.#bytes = Buffer.from(`${series} `);
  }

  /** The value and the time of the line that {@link read} read last. */
  get value(): number {
    return this.#value;
  }

  get at(): Millis {
    return this.#at;
  }

  /** @returns false when the line is not one of these: it may be right all the same */
  read(line: Uint8Array, start: number, end: number): boolean {
    const prefix = this.#bytes;
    if (end - start <= prefix.length) return false;
    for (let i = 0; i < prefix.length; i++) if (line[start + i] !== prefix[i]) return false;
    const valueEnd = this.#decimal(line, start + prefix.length, end);
    if (valueEnd < 0 || valueEnd === end || line[valueEnd] !== SPACE) return false;
    const size = this.#digits / (POWERS[this.#places] as number);
    this.#value = this.#isNegative ? -size : size;
    if (this.#decimal(line, valueEnd + 1, end) !== end || this.#places > MILLIS_PLACES) return false;
    const millis = this.#digits * (POWERS[MILLIS_PLACES - this.#places] as number);
    if (millis > LATEST) return false;
    // Adding 0 makes a -0 a 0.
    this.#at = (this.#isNegative ? -millis : millis) + 0;
    return true;
  }

  /** @returns where the decimal ends; -1 when there is none that is short enough */
  #decimal(line: Uint8Array, start: number, end: number): number {
    let at = start;
    this.#isNegative = line[at] === MINUS;
    if (this.#isNegative) at++;
    const first = at;
    let digits = 0;
    let point = -1;
    for (; at < end; at++) {
      const byte = line[at] as number;
      if (byte >= ZERO && byte <= NINE) digits = digits * 10 + (byte - ZERO);
      else if (byte === POINT && point < 0 && at > first) point = at;
      else break;
    }
    const count = at - first - (point < 0 ? 0 : 1);
    if (count === 0 || count > MAX_DIGITS) return -1;
    this.#digits = digits;
    this.#places = point < 0 ? 0 : at - point - 1;
    return at;
  }
}
