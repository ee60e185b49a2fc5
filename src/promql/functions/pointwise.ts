// Functions that look at one value at a time: the labels stay, the metric name goes.

import type { PromqlFunction } from '../function.js';
import type { Column, EvalContext, VectorValue } from '../value.js';
import { vectorArgument } from './arguments.js';

/** Every value of the vector through `f`, which also learns the step; `f` must not mind values that are not there. */
export function mapValues(
  { columns }: VectorValue,
  context: EvalContext,
  f: (value: number, step: number) => number,
): VectorValue {
  return { type: 'vector', columns: columns.map(column => mapColumn(column, context, f)) };
}

function mapColumn(
  { labels, values, has }: Column,
  context: EvalContext,
  f: (value: number, step: number) => number,
): Column {
  context.checkpoint();
  context.spend(values.length);
  const mapped = new Float64Array(values.length);
  for (let i = 0; i < mapped.length; i++) mapped[i] = f(values[i] as number, i);
  return { labels, dropName: true, values: mapped, has };
}

/** A function of one instant vector that computes each value for itself. */
export function pointwise(name: string, f: (value: number) => number): PromqlFunction {
  return {
    name,
    argumentTypes: ['vector'],
    returns: 'vector',
    call: (args, context) => mapValues(vectorArgument(args, 0), context, f),
  };
}
