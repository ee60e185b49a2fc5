// The moment at which a UUID was made that says so. Source: RFC 9562, 5.6 (version 6).

import type { Millis } from '../../../model/time.js';

/** From 1582-10-15 to 1970-01-01, in milliseconds. */
const GREGORIAN: Millis = 12_219_292_800_000;
const VERSION_6 = /^([0-9a-f]{8})-([0-9a-f]{4})-6([0-9a-f]{3})-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Wall clock; undefined for another text. */
export function timeOfUuid(text: string): Millis | undefined {
  const match = VERSION_6.exec(text);
  if (!match) return undefined;
  const [, high = '', mid = '', low = ''] = match;
  // In units of 100 ns.
  return Number(BigInt(`0x${high}${mid}${low}`) / 10_000n) - GREGORIAN;
}
