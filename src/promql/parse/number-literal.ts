// What a number or a duration says: Go's strconv.ParseInt and ParseFloat, and Prometheus' model.ParseDuration.

import { parseUnits } from '../../model/duration.js';
import type { Millis } from '../../model/time.js';
import { parseNumber } from '../number.js';
import { quoteStart } from '../print/quote.js';

// Each of them can take a text apart in one way only, so that a long one is read in linear time.
const HEXADECIMAL = /^0[xX](?:_?[\da-fA-F])+$/;
const OCTAL = /^0(?:_?[0-7])+$/;
const MAX_INT = 2n ** 63n - 1n;
/** Characters of a wrong number that are repeated to its author. */
const MAX_QUOTED = 100;

/** The value of a number token, or what Go says about it. `017` is octal, `0x1f` hexadecimal, `1_000` a thousand. */
export function readNumber(text: string): number | { readonly reason: string } {
  if (HEXADECIMAL.test(text) || OCTAL.test(text)) {
    const plain = text.replaceAll('_', '');
    const value = BigInt(/^0x/i.test(plain) ? plain : `0o${plain}`);
    if (value <= MAX_INT) return Number(value);
  }
  return parseNumber(text) ?? wrong(text);
}

function wrong(text: string): { reason: string } {
  const tooLarge = Number(text.replaceAll('_', '')) === Number.POSITIVE_INFINITY && !/^0x/i.test(text);
  const why = tooLarge ? 'value out of range' : 'invalid syntax';
  return {
    reason: `error parsing number: strconv.ParseFloat: parsing ${quoteStart(text, MAX_QUOTED)}: ${why}`,
  };
}

/** Longest span Go's time.Duration holds, in milliseconds. */
const MAX_DURATION = 2 ** 63 / 1e6;

/** The value of a duration token in seconds, or what Prometheus says about it. */
export function readDuration(text: string): number | { readonly reason: string } {
  const span = parseUnits(text);
  if (span === undefined) return { reason: `not a valid duration string: ${quoteStart(text, MAX_QUOTED)}` };
  return span < MAX_DURATION ? span / 1000 : { reason: 'duration out of range' };
}

/** Seconds as Prometheus keeps a range or an offset: whole milliseconds. Undefined when it cannot hold them. */
export function millisOf(seconds: number): Millis | undefined {
  if (!(Math.abs(seconds) * 1000 < MAX_DURATION)) return undefined;
  return Math.trunc(Math.round(seconds * 1e9) / 1e6) + 0;
}
