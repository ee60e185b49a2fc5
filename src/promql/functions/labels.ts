// Labels made out of other labels. Source: evalLabelReplace and evalLabelJoin of promql/functions.go.

import { compileRegexp, type Regexp } from '../../go/regexp.js';
import { isLabelName } from '../../model/label-name.js';
import { type Labels, METRIC_NAME } from '../../model/labels.js';
import { EvaluationError } from '../error.js';
import { joinEqual } from '../evaluate/names.js';
import type { PromqlFunction } from '../function.js';
import type { Column, EvalContext, Value, VectorValue } from '../value.js';
import { stringArgument, vectorArgument } from './arguments.js';

export const labels: readonly PromqlFunction[] = [
  {
    name: 'label_replace',
    argumentTypes: ['vector', 'string', 'string', 'string', 'string'],
    returns: 'vector',
    call: labelReplace,
  },
  {
    name: 'label_join',
    argumentTypes: ['vector', 'string', 'string', 'string'],
    variadic: -1,
    returns: 'vector',
    call: labelJoin,
  },
];

function labelReplace(args: readonly Value[], context: EvalContext): VectorValue {
  const target = stringArgument(args, 1);
  const template = stringArgument(args, 2);
  const source = stringArgument(args, 3);
  const regexp = compile(stringArgument(args, 4));
  checkTarget(target, 'label_replace');
  return relabel(args, target, context, each => regexp.expand(each.get(source), template));
}

function compile(source: string): Regexp {
  try {
    return compileRegexp(source);
  } catch {
    throw new EvaluationError(`invalid regular expression in label_replace(): ${source}`);
  }
}

function labelJoin(args: readonly Value[], context: EvalContext): VectorValue {
  const target = stringArgument(args, 1);
  const separator = stringArgument(args, 2);
  const sources = args.slice(3).map((_, i) => stringArgument(args, i + 3));
  for (const source of sources) {
    if (!isLabelName(source))
      throw new EvaluationError(`invalid source label name in label_join(): ${source}`);
  }
  checkTarget(target, 'label_join');
  return relabel(args, target, context, each => sources.map(source => each.get(source)).join(separator));
}

function checkTarget(name: string, where: string): void {
  if (!isLabelName(name)) throw new EvaluationError(`invalid destination label name in ${where}(): ${name}`);
}

/** Sets a label of each series to what `make` says, unless it says nothing. @throws EvaluationError */
function relabel(
  args: readonly Value[],
  target: string,
  context: EvalContext,
  make: (labels: Labels) => string | undefined,
): VectorValue {
  const columns = vectorArgument(args, 0).columns.map(column => {
    context.checkpoint();
    const value = make(column.labels);
    return value === undefined ? column : withLabel(column, target, value);
  });
  return { type: 'vector', columns: joinEqual(columns) };
}

function withLabel({ labels, dropName, values, has }: Column, target: string, value: string): Column {
  // A name that was written on purpose stays, although a function inside would have dropped it.
  return { labels: labels.with(target, value), dropName: dropName && target !== METRIC_NAME, values, has };
}
