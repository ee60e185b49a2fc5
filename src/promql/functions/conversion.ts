// Between scalars and instant vectors. Source: promql/functions.go.

import { Labels } from '../../model/labels.js';
import type { PromqlFunction } from '../function.js';
import { type EvalContext, newColumn, type Value } from '../value.js';
import { scalarArgument, vectorArgument } from './arguments.js';

export const conversion: readonly PromqlFunction[] = [
  { name: 'scalar', argumentTypes: ['vector'], returns: 'scalar', call: scalar },
  { name: 'vector', argumentTypes: ['scalar'], returns: 'vector', call: vector },
];

/** The only value of a step; NaN where there are none or several. */
function scalar(args: readonly Value[], context: EvalContext): Value {
  const values = new Float64Array(context.steps.count).fill(Number.NaN);
  const seen = new Uint8Array(values.length);
  for (const column of vectorArgument(args, 0).columns) {
    context.checkpoint();
    for (let i = 0; i < values.length; i++) {
      if (!column.has[i]) continue;
      values[i] = seen[i] ? Number.NaN : (column.values[i] as number);
      seen[i] = 1;
    }
  }
  return { type: 'scalar', values };
}

function vector(args: readonly Value[], context: EvalContext): Value {
  const { count } = context.steps;
  context.spend(count);
  const column = newColumn(Labels.NONE, false, count);
  column.values.set(scalarArgument(args, 0).values);
  column.has.fill(1);
  return { type: 'vector', columns: [column] };
}
