// The usual line of a large file: another sample of the series of the line before, its value and time short decimals. Read
// from the file's bytes: making text of each line and taking it apart costs several times as much, and so would finding its end
// beforehand. Comes in: bytes of lines; goes out: a line's sample, or that the line is another kind.

import type { Millis } from '../../../model/time.js';
import { LATEST } from './line.js';

const [NEWLINE, SPACE, MINUS, POINT, ZERO, NINE] = [10, 32, 45, 46, 48, 57];
/** Bytes that are compared at once. */
const WORD = 4;
const POWERS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));
/** So many digits are a whole number that a double holds, and divided by a power of ten they are the double nearest to the decimal. */
const MAX_DIGITS = 15;
/** So many digits are an integer of 31 bits. */
const SMALL_DIGITS = 9;
/** Of a time in seconds: whole milliseconds. */
const MILLIS_PLACES = 3;

/** The series of some lines. */
export class RepeatedSeries {
  readonly series: string;
  /** As in the file, with the space after it. */
  readonly #bytes: Uint8Array;
  readonly #words: DataView;
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
    this.#words = wordsOf(this.#bytes);
  }

  /** The value and the time of the line that {@link read} read last. */
  get value(): number {
    return this.#value;
  }

  get at(): Millis {
    return this.#at;
  }

  /**
   * @param words the bytes again @param start of a line
   * @returns where the line ends, at its newline; -1 when the line is not one of these: it may be right all the same
   */
  read(bytes: Uint8Array, words: DataView, start: number): number {
    const valueStart = start + this.#bytes.length;
    if (!this.#isAt(bytes, words, start)) return -1;
    const valueEnd = this.#decimal(bytes, valueStart);
    if (valueEnd < 0 || bytes[valueEnd] !== SPACE) return -1;
    const size = this.#digits / (POWERS[this.#places] as number);
    this.#value = this.#isNegative ? -size : size;
    const end = this.#decimal(bytes, valueEnd + 1);
    if (end < 0 || bytes[end] !== NEWLINE || this.#places > MILLIS_PLACES) return -1;
    const millis = this.#digits * (POWERS[MILLIS_PLACES - this.#places] as number);
    if (millis > LATEST) return -1;
    // Adding 0 makes a -0 a 0.
    this.#at = (this.#isNegative ? -millis : millis) + 0;
    return end;
  }

  #isAt(bytes: Uint8Array, words: DataView, start: number): boolean {
    const [own, ownWords] = [this.#bytes, this.#words];
    const { length } = own;
    if (start + length > bytes.length) return false;
    let i = 0;
    for (; i + WORD <= length; i += WORD)
      if (words.getInt32(start + i) !== ownWords.getInt32(i)) return false;
    for (; i < length; i++) if (bytes[start + i] !== own[i]) return false;
    return true;
  }

  /** @returns where the decimal ends; -1 when there is none that is short enough */
  #decimal(bytes: Uint8Array, start: number): number {
    let at = start;
    this.#isNegative = bytes[at] === MINUS;
    if (this.#isNegative) at++;
    const first = at;
    let point = -1;
    // Nine digits are a small integer, which is several times as fast.
    let [high, low, lowDigits] = [0, 0, 0];
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte >= ZERO && byte <= NINE) {
        if (at - first < SMALL_DIGITS) high = high * 10 + (byte - ZERO);
        else {
          low = low * 10 + (byte - ZERO);
          lowDigits++;
        }
      } else if (byte === POINT && point < 0 && at > first) point = at;
      else break;
      if (at - first > MAX_DIGITS) return -1;
    }
    const count = at - first - (point < 0 ? 0 : 1);
    if (count === 0 || count > MAX_DIGITS) return -1;
    this.#digits = lowDigits === 0 ? high : high * (POWERS[lowDigits] as number) + low;
    this.#places = point < 0 ? 0 : at - point - 1;
    return at;
  }
}

/** Bytes, to be read several at once. */
export function wordsOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
