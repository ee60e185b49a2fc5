// Short answers as text. A message with a string in it costs less than one with an array of its own, and HTTP sends it with
// the headers in one piece.

import { isAscii } from 'node:buffer';
import { recycle } from './print/json-bytes.js';

/** Longer ones are handed over as they are, without a copy. */
const MAX_LENGTH = 16 * 1024;

/** The text, and the array is used again; undefined where it is long, or more than ASCII. */
export function textOf(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  if (bytes.length > MAX_LENGTH || !isAscii(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  recycle(bytes);
  return text;
}
