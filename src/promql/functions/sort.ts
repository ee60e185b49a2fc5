// Order by value, for people who read the answer of an instant query. Source: funcSort of promql/functions.go.

import type { PromqlFunction } from '../function.js';
import type { CallContext, Column, Value } from '../value.js';
import { vectorArgument } from './arguments.js';

export const sort: readonly PromqlFunction[] = [order('sort', 1), order('sort_desc', -1)];

function order(name: string, direction: 1 | -1): PromqlFunction {
  return {
    name,
    argumentTypes: ['vector'],
    returns: 'vector',
    call: (args, context) => sorted(args, direction, context),
  };
}

function sorted(args: readonly Value[], direction: 1 | -1, context: CallContext): Value {
  const vector = vectorArgument(args, 0);
  if (context.steps.count > 1) {
    context.warn(
      'sort is ineffective for range queries since results are always ordered by labels',
      context.call.position,
    );
    return vector;
  }
  const present = vector.columns.filter(column => column.has[0]);
  return { type: 'vector', columns: present.sort((a, b) => compare(a, b, direction)) };
}

/** NaN comes last in both directions. */
function compare(a: Column, b: Column, direction: 1 | -1): number {
  const [first, second] = [a.values[0] as number, b.values[0] as number];
  if (Number.isNaN(first) || Number.isNaN(second))
    return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
  if (first === second) return 0;
  return first < second ? -direction : direction;
}
