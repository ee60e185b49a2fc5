// Bodies of requests as the server generated from Alertmanager's description reads them: first everything has to be of
// its type, then everything that is required has to be there, and one thing is complained of.
// Source: go-openapi/runtime, errors and validate.

import { z } from 'zod';
import { type Millis, parseIso } from '../../model/time.js';
import { HttpError } from '../http-error.js';
import type { RequestBody } from '../route.js';
import { INVALID, Invalid } from './problem.js';

/** What a URI at least is: a scheme and something behind it, or a path. */
const URI = /^([a-z][a-z0-9+.-]*:|\/)/i;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
/** Go's time that is none. */
const ZERO = /^0001-01-01T00:00:00(\.0+)?(Z|\+00:?00)$/;
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
const ZONE = /(Z|[+-]\d\d:?\d\d)$/;

type Issue = z.core.$ZodIssue;

/** A moment; one without a zone is in UTC. The zero time counts as none, an empty text is 1970. Source: go-openapi/strfmt. */
export const moment = () =>
  z
    .string()
    .transform((text, context) => {
      const at = readMoment(text);
      if (!Number.isNaN(at)) return at;
      const message = `${JSON.stringify(text)} is no time such as 2024-01-15T10:30:45.123Z`;
      context.addIssue({ code: 'custom', message, params: { isType: true } });
      return z.NEVER;
    })
    .meta({ examples: ['2024-01-15T10:30:45.123Z'] });

/** Undefined for Go's time that is none; NaN for what is no time. */
export function readMoment(text: string): Millis | undefined {
  if (ZERO.test(text)) return undefined;
  if (text === '') return 0;
  const at = TIME.test(text) ? parseIso(ZONE.test(text) ? text : `${text}Z`) : undefined;
  return at ?? Number.NaN;
}

/** Texts by name, whatever the names are: zod's own record leaves `__proto__` out. As in Go null is an empty text. */
export const pairs = () =>
  z
    .unknown()
    .transform((value, context) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        context.addIssue({
          code: 'invalid_type',
          expected: 'object',
          message: 'expected an object',
          input: value,
        });
        return z.NEVER;
      }
      const entries = Object.entries(value as Record<string, unknown>);
      const wrong = entries.find(([, each]) => each !== null && typeof each !== 'string');
      if (wrong) {
        const [name, input] = wrong;
        context.addIssue({
          code: 'invalid_type',
          expected: 'string',
          message: 'expected a text',
          path: [name],
          input,
        });
        return z.NEVER;
      }
      return Object.fromEntries(entries.map(([name, each]) => [name, (each ?? '') as string]));
    })
    .meta({ type: 'object', additionalProperties: { type: 'string' } });

/** A URI reference; empty is none. */
export const uri = () =>
  z.string().refine(isUri, {
    error: issue => `must be of type uri: ${JSON.stringify(issue.input)}`,
  });

/** Whether a text is a URI reference, or empty. */
export function isUri(text: string): boolean {
  return text === '' || (URI.test(text) && !BROKEN_ESCAPE.test(text));
}

/**
 * A body's text in its shape; `null` stands for one with nothing in it.
 * @throws HttpError 400, Invalid
 */
export function validated(text: string, { name, shape, readUsual }: RequestBody): unknown {
  if (text === '') throw new Invalid(INVALID.required, `${name} in body is required`);
  const body = parsed(text, name) ?? (shape instanceof z.ZodArray ? [] : {});
  const usual = readUsual?.(body);
  if (usual !== undefined) return usual;
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  throw problemOf(result.error.issues, body, name);
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(name, (error as Error).message);
  }
}

function unreadable(name: string, reason: string): HttpError {
  return new HttpError(400, `parsing ${name} body from "" failed, because ${reason}`);
}

function problemOf(issues: readonly Issue[], body: unknown, name: string): HttpError {
  const typeError = issues.find(issue => isTypeError(issue, body));
  if (typeError) {
    const place = typeError.path.join('.');
    return unreadable(name, place === '' ? typeError.message : `${place}: ${typeError.message}`);
  }
  const [{ code, path, message }] = issues as [Issue];
  const place = `${path.join('.')} in body`;
  if (code === 'too_small') return new Invalid(INVALID.minItems, `${place} should have at least 1 items`);
  if (code === 'custom') return new Invalid(INVALID.type, `${place} ${message}`);
  return new Invalid(INVALID.required, `${place} is required`);
}

/** Whether something is there and of another type. */
function isTypeError({ code, path, ...rest }: Issue, body: unknown): boolean {
  if (code === 'custom') return (rest as { params?: { isType?: boolean } }).params?.isType === true;
  return code !== 'too_small' && valueAt(body, path) !== undefined;
}

/** Undefined where there is nothing, or null. */
function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value ?? undefined;
}
