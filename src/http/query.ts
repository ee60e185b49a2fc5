// Query parameters the endpoints share: how their text is read, and what /openapi.json says of them (`meta`).

import { z } from 'zod';
import { type Millis, parseIso } from '../model/time.js';

/** A whole number in a query string, within bounds. */
export function wholeNumber(min: number, max: number) {
  const want = `expected a whole number from ${min} to ${max}`;
  return z
    .string({ error: want })
    .regex(/^\d{1,15}$/, want)
    .transform(Number)
    .refine(value => value >= min && value <= max, want)
    .meta({ type: 'integer', minimum: min, maximum: max });
}

/** A span in seconds in a query string; the value is in milliseconds. */
export function secondsUpTo(max: number) {
  const want = `expected a number of seconds from 0 to ${max}`;
  return z
    .string({ error: want })
    .regex(/^\d{1,9}(\.\d{1,9})?$/, want)
    .transform((text): Millis => Number(text) * 1000)
    .refine(span => span <= max * 1000, want)
    .meta({ type: 'number', minimum: 0, maximum: max });
}

/** A moment as our own JSON prints it, in local time unless it names a zone. */
export const moment = () =>
  z
    .string({ error: 'expected one timestamp' })
    .transform((text, context): Millis => {
      // A plus sign in a query string arrives as a space.
      const at = parseIso(text.replace(/ (\d\d:?\d\d)$/, '+$1'));
      if (at !== undefined) return at;
      context.addIssue({
        code: 'custom',
        message: 'expected a timestamp such as 2024-01-15T10:30:45.123456',
      });
      return z.NEVER;
    })
    .meta({ examples: ['2024-01-15T10:30:45.123456'] });

/** true or false in a query string. */
export const yesOrNo = () =>
  z
    .enum(['true', 'false', '1', '0'], { error: 'expected true or false' })
    .transform(text => text === 'true' || text === '1');
