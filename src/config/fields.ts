// The kinds of values a configuration file holds, as schemas every room builds its own section from. They are
// lenient about strings, because `${VAR}` always yields one, and strict about everything else.

import { z } from 'zod';
import { compileFind } from '../go/regexp/find.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import { Secret, type SecretSource } from '../model/secret.js';
import type { Millis } from '../model/time.js';
import { ofType } from './about.js';
import { didYouMean } from './did-you-mean.js';
import { FileSecret } from './file-secret.js';
import { notAUrl } from './url-words.js';

/** Part of a text that stands for a variable of the environment, as a pattern of a JSON schema. */
const VARIABLE = '\\$\\{';

/** An object that names its unknown keys, each with the nearest known one. Every section is made with this. */
export function section<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: issue => {
      if (issue.code !== 'unrecognized_keys') return `expected keys and values; known: ${known.join(', ')}`;
      return issue.keys
        .map(key => `unknown key "${key}"${didYouMean(key, known) || `; known: ${known.join(', ')}`}`)
        .join('\n');
    },
  });
}

/** A text; numbers and booleans a YAML reader made of an unquoted word are taken as written. */
export const text = () =>
  ofType(
    'text',
    { type: ['string', 'number', 'boolean'] },
    z.union([z.string(), z.number(), z.boolean()], { error: 'expected a text' }).transform(String),
  );

/** A text that is not empty. */
export const words = () => text().refine(value => value.trim() !== '', 'must not be empty');

/** true or false, also as a text. */
export const flag = () =>
  ofType(
    'true or false',
    { anyOf: [{ type: 'boolean' }, { type: 'string', pattern: `^(true|false)$|${VARIABLE}` }] },
    z.union([z.boolean(), z.enum(['true', 'false']).transform(value => value === 'true')], {
      error: 'expected true or false',
    }),
  );

/** A number, also as a text, within bounds. */
export function count(min: number, max = Number.MAX_SAFE_INTEGER, whole = true) {
  const isOpen = max === Number.MAX_SAFE_INTEGER;
  const kind = `${whole ? 'whole ' : ''}number ${isOpen ? `of at least ${min}` : `from ${min} to ${max}`}`;
  const want = `expected a ${kind}`;
  const number = { type: whole ? 'integer' : 'number', minimum: min, ...(isOpen ? {} : { maximum: max }) };
  const schema = z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^-?\d+(\.\d+)?$/)
          .transform(Number),
      ],
      { error: want },
    )
    .refine(value => value >= min && value <= max && (!whole || Number.isInteger(value)), want);
  const asText = { type: 'string', pattern: `^-?[0-9]+(\\.[0-9]+)?$|${VARIABLE}` };
  return ofType(kind, { anyOf: [number, asText] }, schema);
}

/** What a timer of Node's can wait for; a longer one would fire at once. */
const MAX_DURATION = 24 * 86_400_000;

/**
 * A duration in Prometheus' form, or a plain number of seconds; the value is in milliseconds.
 * @param max up to 24 days unless said; a longer one is none for a timer
 */
export function duration(min: Millis = 1, max: Millis = MAX_DURATION) {
  const schema = z
    .union([z.string(), z.number()], { error: 'expected a duration such as 30s, 5m or 1h30m' })
    .transform((value, context): Millis => {
      const span = parseDuration(value);
      if (span === undefined) {
        context.addIssue({
          code: 'custom',
          message: `${JSON.stringify(value)} is not a duration; write 500ms, 30s, 5m, 1h30m or a number of seconds`,
        });
        return z.NEVER;
      }
      if (span < min) {
        context.addIssue({ code: 'custom', message: `must be at least ${formatDuration(min)}` });
        return z.NEVER;
      }
      if (span > max) {
        context.addIssue({ code: 'custom', message: `must be at most ${formatDuration(max)}` });
        return z.NEVER;
      }
      return span;
    });
  return ofType('duration', { type: ['string', 'number'] }, schema);
}

/** An absolute http or https URL without credentials in it (those have keys of their own, which are never printed). */
export const httpUrl = () => ofType('URL', { type: 'string' }, parsedUrl());

const parsedUrl = () =>
  z.string({ error: 'expected a URL such as http://127.0.0.1:8080/health' }).transform((value, context) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      context.addIssue({ code: 'custom', message: notAUrl(value) });
      return z.NEVER;
    }
    if (url.username || url.password) {
      context.addIssue({ code: 'custom', message: 'has a user or password in it; use basic_auth instead' });
      return z.NEVER;
    }
    return url.href;
  });

/** A regular expression in RE2's syntax, as Prometheus and blackbox_exporter take it; matches anywhere in a text. */
export const goRegexp = () =>
  ofType(
    'regular expression',
    { type: 'string' },
    text().superRefine((source, context) => {
      try {
        compileFind(source);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    }),
  );

const fileSecret = z.instanceof(FileSecret);

/** A secret; the value never prints itself. The loader puts a {@link FileSecret} here for `KEY_file`. */
export const secret = () =>
  ofType(
    'secret',
    { type: ['string', 'number', 'boolean'] },
    z
      .union([fileSecret, text()], { error: 'expected a text' })
      .transform((value): SecretSource => (value instanceof FileSecret ? value : new Secret(value))),
  );

/** A text that is no secret by itself, such as a user's name, and is read from `KEY_file` like one. */
export const textOrFile = () =>
  ofType(
    'text, also in a file',
    { type: ['string', 'number', 'boolean'] },
    z.union([fileSecret, text()], { error: 'expected a text' }),
  );
