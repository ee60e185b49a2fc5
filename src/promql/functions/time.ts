// When: the time of a step, and of the samples that were selected. Seconds since the epoch.

import type { PromqlFunction } from '../function.js';
import { type EvalContext, timeOf, type Value, type VectorValue } from '../value.js';
import { vectorArgument } from './arguments.js';

export const time: readonly PromqlFunction[] = [
  {
    name: 'time',
    argumentTypes: [],
    returns: 'scalar',
    usesTime: true,
    call: (_, context) => ({ type: 'scalar', values: stepTimes(context) }),
  },
  {
    name: 'timestamp',
    argumentTypes: ['vector'],
    returns: 'vector',
    stamps: true,
    usesTime: true,
    call: timestamp,
  },
];

function stepTimes({ steps }: EvalContext): Float64Array {
  return new Float64Array(steps.count).map((_, i) => timeOf(steps, i) / 1000);
}

/** The samples' own times; values that were computed are of the step's time. */
function timestamp(args: readonly Value[], context: EvalContext): VectorValue {
  const computed = stepTimes(context);
  const columns = vectorArgument(args, 0).columns.map(({ labels, has, stamps }) => {
    context.checkpoint();
    context.spend(has.length);
    return { labels, dropName: true, values: stamps?.map(millis => millis / 1000) ?? computed.slice(), has };
  });
  return { type: 'vector', columns };
}
