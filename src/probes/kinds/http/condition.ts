// A condition on a JSON body: path, operator, value.

import type { z } from 'zod';
import type { SchemaKit } from '../../../config/schema-kit.js';
import { oneLine } from '../../../model/scrub.js';
import { isDeep } from './depth.js';
import { PathError, parsePath, valueAt } from './json-path.js';

const OPERATORS = ['==', '!=', '<', '<=', '>', '>=', 'contains', 'exists'] as const;
type Operator = (typeof OPERATORS)[number];

/** `{path: status, operator: "==", value: healthy}`; `exists` takes no value. The path is that of json-path.ts. */
export const condition = ({ about, section, words, z }: SchemaKit) =>
  section({
    path: about(
      words().superRefine((path, context) => {
        const message = pathProblem(path);
        if (message) context.addIssue({ code: 'custom', message });
      }),
      'Path of a value in the body, as in JSONPath.',
      { example: 'status' },
    ),
    operator: about(
      z.enum(OPERATORS, { error: `expected one of ${OPERATORS.join(' ')}` }).default('=='),
      'How they are compared.',
    ),
    value: about(
      z
        .union([z.string(), z.number(), z.boolean(), z.null()], {
          error: 'expected a text, number, boolean or null',
        })
        .optional(),
      'What it is compared with; none for `exists`.',
      { example: 'ok' },
    ),
  })
    .refine(({ operator, value }) => operator === 'exists' || value !== undefined, {
      error: 'value is missing',
    })
    .refine(({ operator, value }) => !isOrder(operator) || value === undefined || isNumeric(value), {
      path: ['value'],
      error: 'expected a number: <, <=, > and >= compare numbers',
    });

/** One condition or a list of them; its mistakes are named by their place. */
export const conditions = (schemaKit: SchemaKit) => {
  const { ofType, z } = schemaKit;
  const one = condition(schemaKit);
  const parsed = z.unknown().transform((written, context): BodyCondition[] => {
    const isList = Array.isArray(written);
    return (isList ? written : [written]).flatMap((each, i) => {
      const { data, error } = one.safeParse(each, { reportInput: false });
      for (const { path, message } of error?.issues ?? [])
        context.addIssue({ code: 'custom', message, path: isList ? [i, ...path] : path });
      return data ?? [];
    });
  });
  return ofType(
    'condition, or a list of them',
    { anyOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }] },
    parsed,
  );
};

type BodyCondition = z.output<ReturnType<typeof condition>>;

function pathProblem(path: string): string | undefined {
  try {
    parsePath(path);
    return undefined;
  } catch (error) {
    if (error instanceof PathError) return error.message;
    throw error;
  }
}

/** Why a condition does not hold, or undefined when it does. `hide` takes what is secret out of a part of the body. */
export type UnmetCondition = (body: unknown, hide: (text: string) => string) => string | undefined;

/** Reads a condition's path once, for bodies to come. @throws PathError, which check-config has seen before */
export function unmetCondition({ path, operator, value }: BodyCondition): UnmetCondition {
  const parts = parsePath(path);
  return (body, hide) => {
    const found = valueAt(body, parts);
    if (found === undefined) return `${path} is missing${elsewhere(body, path)}`;
    if (holds(operator, found, value)) return undefined;
    return `${path} is ${brief(found, hide)}${noteOf(operator, found)}, wanted ${operator} ${brief(value, hide)}`;
  };
}

/** Why an operator can make nothing of a value. */
function noteOf(operator: Operator, found: unknown): string {
  if (isOrder(operator) && !isNumeric(found)) return ', which is not a number';
  return operator === 'contains' && isMapping(found) ? ', which is no text or list' : '';
}

/** A framework that takes a pair for a list (`return {...}, 503` in FastAPI) puts the object one step further down. */
function elsewhere(body: unknown, path: string): string {
  if (!Array.isArray(body)) return '';
  const below = path.startsWith('$') ? path.slice(1) : path.startsWith('[') ? path : `.${path}`;
  return valueAt(body[0], parsePath(path)) === undefined
    ? ': the body is a list'
    : `: the body is a list; write $[0]${below}`;
}

function holds(operator: Operator, found: unknown, wanted: BodyCondition['value']): boolean {
  switch (operator) {
    case 'exists':
      return true;
    case '==':
      return same(found, wanted);
    case '!=':
      return !same(found, wanted);
    case 'contains':
      if (isMapping(found)) return false;
      return Array.isArray(found)
        ? found.some(item => same(item, wanted))
        : String(found).includes(String(wanted));
    default:
      return compare(operator, found, wanted);
  }
}

/** `${VAR}` makes a text of everything, so `"3"` and `3` are the same here. */
function same(found: unknown, wanted: unknown): boolean {
  if (typeof found === 'number' && typeof wanted === 'string' && wanted.trim() !== '')
    return found === Number(wanted);
  return (
    found === wanted || (typeof found !== 'object' && wanted !== null && String(found) === String(wanted))
  );
}

function isOrder(operator: Operator): operator is '<' | '<=' | '>' | '>=' {
  return operator.startsWith('<') || operator.startsWith('>');
}

function compare(operator: '<' | '<=' | '>' | '>=', found: unknown, wanted: unknown): boolean {
  if (!isNumeric(found)) return false;
  const [a, b] = [Number(found), Number(wanted)];
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

/** A number, a boolean, which is 0 or 1, or a text that is a number. JavaScript would make 0 of null, "" and []. */
function isNumeric(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '' && !Number.isNaN(Number(value));
  return typeof value === 'number' || typeof value === 'boolean';
}

function isMapping(value: unknown): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function brief(value: unknown, hide: (text: string) => string): string {
  return oneLine(isDeep(value) ? 'a deeply nested value' : hide(JSON.stringify(value) ?? 'missing'), 80);
}
