// JSON text made as bytes, in pieces of their own: strings, and samples as Prometheus prints them.

import type { Millis } from '../../../model/time.js';
import { MAX_NUMBER_LENGTH, writeFloat, writeText } from './number.js';
import { type TimeTexts, writeBegin } from './time-texts.js';

const FIRST_SIZE = 16 * 1024;
/** Bytes of a piece, unless one string is longer: what is worth a message, and is sent in a fraction of a millisecond. */
const PIECE_SIZE = 256 * 1024;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const CLOSE = 93;
const TILDE = 126;

const encoder = new TextEncoder();

/** An array that is not used any more; all its bytes are written before they are read. */
let spare: Uint8Array<ArrayBuffer> | undefined;

/** Gives an array back that {@link JsonBytes.finish} returned, to be used for the next text. */
export function recycle({ buffer }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength === FIRST_SIZE) spare = new Uint8Array(buffer);
}

/** The text has become longer than it may be. */
export class AnswerTooLarge extends Error {}

/** Bytes of JSON as they are written; used once. */
export class JsonBytes {
  readonly #limit: number;
  readonly #full: Uint8Array<ArrayBuffer>[] = [];
  /** In the pieces that are full. */
  #before = 0;
  #bytes = spare ?? new Uint8Array(FIRST_SIZE);
  #at = 0;
  // Samples that follow each other often have the same value: its text is copied.
  #lastValue = 0;
  #lastFrom = 0;
  #lastTo = 0;

  /** @param limit bytes the text may have */
  constructor(limit: number) {
    this.#limit = limit;
    spare = undefined;
  }

  /** Makes room at once for what is to be expected; more or less may come. */
  expect(bytes: number): void {
    this.#reserve(Math.min(bytes, PIECE_SIZE - this.#at, this.#limit - this.#at));
  }

  /** Writes ASCII as it is. @throws TooLong */
  raw(text: string): void {
    this.#reserve(text.length);
    this.#at = writeText(this.#bytes, this.#at, text);
  }

  /** Writes a JSON string. @throws TooLong */
  string(text: string): void {
    const { length } = text;
    this.#reserve(length + 2);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) {
        this.#escaped(text);
        return;
      }
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#at = at;
  }

  /** Names and values of labels rarely need it, and it takes a call out of JavaScript for each. */
  #escaped(text: string): void {
    const quoted = JSON.stringify(text);
    this.#reserve(quoted.length * 3);
    this.#at += encoder.encodeInto(quoted, this.#bytes.subarray(this.#at)).written;
  }

  /** Writes `[1700000000,"0.5"]`. @throws TooLong */
  point(time: Millis, value: number): void {
    this.#reserve(2 * MAX_NUMBER_LENGTH + 5);
    this.#at = writeBegin(this.#bytes, this.#at, time);
    this.#endPoint(value);
  }

  /** The same with the text of a time that others have, too, after a comma unless it is the first. @throws TooLong */
  pointOf(texts: TimeTexts, i: number, value: number): void {
    this.#reserve(2 * MAX_NUMBER_LENGTH + 6);
    this.#at = texts.write(this.#bytes, this.#at, i);
    this.#endPoint(value);
  }

  #endPoint(value: number): void {
    const bytes = this.#bytes;
    const from = this.#at;
    let at = from;
    if (value === this.#lastValue && value !== 0 && this.#lastTo > 0)
      for (let i = this.#lastFrom; i < this.#lastTo; i++) bytes[at++] = bytes[i] as number;
    else at = writeFloat(bytes, at, value);
    this.#lastValue = value;
    this.#lastFrom = from;
    this.#lastTo = at;
    bytes[at++] = QUOTE;
    bytes[at++] = CLOSE;
    this.#at = at;
  }

  /** What has been written; the arrays are the caller's, with room behind each. */
  finish(): Uint8Array<ArrayBuffer>[] {
    return [...this.#full, this.#bytes.subarray(0, this.#at)];
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const rest = this.#limit - this.#before;
    if (this.#at + more > rest) throw new AnswerTooLarge();
    if (this.#at + more <= PIECE_SIZE)
      this.#grow(Math.max(this.#at + more, Math.min(this.#bytes.length * 2, PIECE_SIZE, rest)));
    else this.#begin(Math.max(more, Math.min(PIECE_SIZE, rest - this.#at)));
  }

  #grow(size: number): void {
    const bytes = new Uint8Array(size);
    bytes.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = bytes;
  }

  #begin(size: number): void {
    if (this.#at > 0) this.#full.push(this.#bytes.subarray(0, this.#at));
    this.#before += this.#at;
    this.#bytes = new Uint8Array(size);
    this.#at = 0;
    this.#lastTo = 0;
  }
}
