// A condition on a JSON body: path, operator, value.

import type { z } from 'zod';
import type { Vocabulary } from '../../../config/vocabulary.js';

const OPERATORS = ['==', '!=', '<', '<=', '>', '>=', 'contains', 'exists'] as const;

/** `{path: status, operator: "==", value: healthy}`; `exists` takes no value. */
export const condition = ({ section, words, z }: Vocabulary) =>
  section({
    path: words(),
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

/** The value at a dotted path (`checks.0.state`); undefined where there is none. */
export function valueAt(body: unknown, path: string): unknown {
  let at = body;
  for (const key of path.split('.')) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** Why a condition does not hold, or undefined when it does. */
export function unmetCondition({ path, operator, value }: Condition, body: unknown): string | undefined {
  const found = valueAt(body, path);
  if (found === undefined) return `${path} is missing`;
  if (holds(operator, found, value)) return undefined;
  return `${path} is ${brief(found)}, wanted ${operator} ${brief(value)}`;
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

function compare(operator: '<' | '<=' | '>' | '>=', found: unknown, wanted: unknown): boolean {
  const [a, b] = [Number(found), Number(wanted)];
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

function brief(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 80);
}
