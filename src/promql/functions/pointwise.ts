// Functions that look at one value at a time: the labels stay, the metric name goes.

import type { PromqlFunction } from '../function.js';
import type { Column, Moment, VectorValue } from '../value.js';
import { vectorArgument } from './arguments.js';

/** Every value of the vector through `f`, which also learns the step; `f` must not mind values that are not there. */
export function mapValues(
  { columns }: VectorValue,
  moment: Moment,
  f: (value: number, step: number) => number,
): VectorValue {
  return { type: 'vector', columns: columns.map(column => mapColumn(column, moment, f)) };
}

function mapColumn(
  { labels, values, has }: Column,
  moment: Moment,
  f: (value: number, step: number) => number,
): Column {
  moment.checkpoint();
  moment.spend(values.length);
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
    call: (args, moment) => mapValues(vectorArgument(args, 0), moment, f),
  };
}
