// The end of a sample's line behind its series: the value, and perhaps a time. Most lines of most scrapes are of a series
// that is known, so this is what most of the time goes into: numbers are read off the bytes, without making a text of them.

import { NEWLINE, SPACE, TAB } from './lexer.js';

/** Powers of ten that a double holds exactly. */
const TEN = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
/** With so many digits a whole number is exact as a double, whatever they are. */
const EXACT_DIGITS = 15;
/** Beyond it an exponent is left to the engine's conversion. */
const MAX_EXPONENT = 400;

const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;

/** Reads what is usual; everything else, mistakes too, is left to a Parser. */
export class SampleEnd {
  value = 0;
  /** Milliseconds; NaN where the sample has no time of its own. */
  timestamp = Number.NaN;
  readonly #isOpenMetrics: boolean;
  /** Where the number that was read last ends. */
  #end = 0;

  constructor(isOpenMetrics: boolean) {
    this.#isOpenMetrics = isOpenMetrics;
  }

  /** Reads from where the value begins. @returns where the next line begins; -1 when the line is not of the usual kind */
  read(bytes: Uint8Array, at: number): number {
    const value = this.#number(bytes, at);
    let end = this.#end;
    if (end < 0) return -1;
    this.value = value;
    this.timestamp = Number.NaN;
    if (bytes[end] === SPACE || (!this.#isOpenMetrics && bytes[end] === TAB)) {
      if (!this.#readTime(bytes, end + 1)) return -1;
      end = this.#end;
    }
    return bytes[end] === NEWLINE ? end + 1 : -1;
  }

  #readTime(bytes: Uint8Array, at: number): boolean {
    const time = this.#number(bytes, at);
    const end = this.#end;
    if (end < 0 || !Number.isFinite(time)) return false;
    if (this.#isOpenMetrics) this.timestamp = Math.trunc(time * 1000) + 0;
    else {
      for (let i = at; i < end; i++) if (!isDigit(bytes[i] as number)) return false;
      this.timestamp = time;
    }
    return true;
  }

  /** A number; where it ends is in `#end`, -1 when it is none of the usual ones. */
  #number(bytes: Uint8Array, start: number): number {
    let at = start;
    let byte = bytes[at] as number;
    const isNegative = byte === MINUS;
    if (isNegative || byte === PLUS) byte = bytes[++at] as number;
    let mantissa = 0;
    let digits = 0;
    let scale = 0;
    const first = at;
    while (isDigit(byte)) {
      mantissa = mantissa * 10 + (byte - ZERO);
      if (mantissa > 0) digits++;
      byte = bytes[++at] as number;
    }
    let written = at - first;
    if (byte === POINT) {
      byte = bytes[++at] as number;
      const from = at;
      while (isDigit(byte)) {
        mantissa = mantissa * 10 + (byte - ZERO);
        if (mantissa > 0) digits++;
        byte = bytes[++at] as number;
      }
      scale = from - at;
      written += at - from;
    }
    if (written === 0) return this.#special(bytes, start);
    if (byte === 101 || byte === 69) {
      at++;
      const exponent = this.#exponent(bytes, at);
      if (this.#end < 0) return 0;
      at = this.#end;
      scale += exponent;
    }
    this.#end = at;
    if (digits > EXACT_DIGITS || scale < -22 || scale > 22) return this.#convert(bytes, start, at);
    const magnitude = scale < 0 ? mantissa / (TEN[-scale] as number) : mantissa * (TEN[scale] as number);
    return isNegative ? -magnitude : magnitude;
  }

  #exponent(bytes: Uint8Array, start: number): number {
    let at = start;
    let byte = bytes[at] as number;
    const isNegative = byte === MINUS;
    if (isNegative || byte === PLUS) byte = bytes[++at] as number;
    let exponent = 0;
    const first = at;
    while (isDigit(byte)) {
      exponent = Math.min(exponent * 10 + (byte - ZERO), MAX_EXPONENT);
      byte = bytes[++at] as number;
    }
    this.#end = at === first ? -1 : at;
    return isNegative ? -exponent : exponent;
  }

  /** By the engine, since arithmetic on doubles would be off by a last digit now and then. */
  #convert(bytes: Uint8Array, start: number, end: number): number {
    let text = '';
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
    const value = Number(text);
    // Too large for a double is a mistake in the page.
    if (!Number.isFinite(value)) this.#end = -1;
    return value;
  }

  /** `NaN`, `+Inf`, `-Inf`, as programs write them. */
  #special(bytes: Uint8Array, start: number): number {
    const byte = bytes[start];
    const at = byte === PLUS || byte === MINUS ? start + 1 : start;
    this.#end = at + 3;
    if (bytes[at] === 78 && bytes[at + 1] === 97 && bytes[at + 2] === 78 && at === start) return Number.NaN;
    if (bytes[at] === 73 && bytes[at + 1] === 110 && bytes[at + 2] === 102)
      return byte === MINUS ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    this.#end = -1;
    return 0;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 57;
}
