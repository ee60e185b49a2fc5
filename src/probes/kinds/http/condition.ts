// A condition on a JSON body: path, operator, value.

import type { z } from 'zod';
import type { Vocabulary } from '../../../config/vocabulary.js';
import { oneLine } from '../../../model/scrub.js';
import { PathError, parsePath, valueAt } from './json-path.js';

const OPERATORS = ['==', '!=', '<', '<=', '>', '>=', 'contains', 'exists'] as const;

/** `{path: status, operator: "==", value: healthy}`; `exists` takes no value. The path is that of json-path.ts. */
export const condition = ({ section, words, z }: Vocabulary) =>
  section({
    path: words().superRefine((path, context) => {
      const message = pathProblem(path);
      if (message) context.addIssue({ code: 'custom', message });
    }),
    operator: z.enum(OPERATORS, { error: `expected one of ${OPERATORS.join(' ')}` }).default('=='),
    value: z
      .union([z.string(), z.number(), z.boolean(), z.null()], {
        error: 'expected a text, number, boolean or null',
      })
      .optional(),
  }).refine(({ operator, value }) => operator === 'exists' || value !== undefined, {
    error: 'value is missing',
  });

export type Condition = z.output<ReturnType<typeof condition>>;

function pathProblem(path: string): string | undefined {
  try {
    parsePath(path);
    return undefined;
  } catch (error) {
    if (error instanceof PathError) return error.message;
    throw error;
  }
}

/** Why a condition does not hold, or undefined when it does. */
export type UnmetCondition = (body: unknown) => string | undefined;

/** Reads a condition's path once, for bodies to come. @throws PathError, which check-config has seen before */
export function unmetCondition({ path, operator, value }: Condition): UnmetCondition {
  const parts = parsePath(path);
  return body => {
    const found = valueAt(body, parts);
    if (found === undefined) return `${path} is missing${elsewhere(body, path)}`;
    if (holds(operator, found, value)) return undefined;
    const note = isOrder(operator) && Number.isNaN(Number(found)) ? ', which is not a number' : '';
    return `${path} is ${brief(found)}${note}, wanted ${operator} ${brief(value)}`;
  };
}

/** A framework that takes a pair for a list (`return {...}, 503` in FastAPI) puts the object one step further down. */
function elsewhere(body: unknown, path: string): string {
  if (!Array.isArray(body)) return '';
  const below = path.startsWith('$') ? path.slice(1) : path.startsWith('[') ? path : `.${path}`;
  return valueAt(body[0], parsePath(path)) === undefined
    ? ': the body is a list'
    : `: the body is a list; write $[0]${below}`;
}

function holds(operator: Condition['operator'], found: unknown, wanted: Condition['value']): boolean {
  switch (operator) {
    case 'exists':
      return true;
    case '==':
      return same(found, wanted);
    case '!=':
      return !same(found, wanted);
    case 'contains':
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

function isOrder(operator: Condition['operator']): operator is '<' | '<=' | '>' | '>=' {
  return operator.startsWith('<') || operator.startsWith('>');
}

function compare(operator: '<' | '<=' | '>' | '>=', found: unknown, wanted: unknown): boolean {
  const [a, b] = [Number(found), Number(wanted)];
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

function brief(value: unknown): string {
  return oneLine(JSON.stringify(value) ?? 'missing', 80);
}
