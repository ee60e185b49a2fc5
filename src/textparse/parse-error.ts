// What is wrong with an exposed page, in Prometheus' words.

import { isUtf8 } from 'node:buffer';
import { quote } from '../go/quote.js';

/** Bytes of a page that a message repeats at most: one without line ends is a single entry. */
const MAX_QUOTED = 512;

/** A page that is not of its format; the message is one line. */
export class ParseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ParseError';
  }
}

/** Bytes of a page in double quotes, as `%q` prints them; a long text is cut. */
export function quoteBytes(bytes: Uint8Array, start: number, end: number): string {
  const isCut = end - start > MAX_QUOTED;
  const text = bytes.subarray(start, isCut ? start + MAX_QUOTED : end);
  const quoted = isUtf8(text) ? quote(decode(text)) : quoteInvalid(text);
  return isCut ? `${quoted}...` : quoted;
}

/** Text of which some bytes may be no characters: these and all others beyond ASCII are written as numbers. */
function quoteInvalid(bytes: Uint8Array): string {
  let quoted = '';
  for (const byte of bytes) {
    quoted += byte < 0x80 ? quote(String.fromCharCode(byte)).slice(1, -1) : `\\x${byte.toString(16)}`;
  }
  return `"${quoted}"`;
}

/** Bytes of a page as text; those that are no UTF-8 become U+FFFD. */
export function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
