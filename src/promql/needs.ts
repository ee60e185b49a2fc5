// Selectors without whose series an expression finds nothing, whatever the time. Comes in: an expression; goes out: those
// selectors, where the rest cannot fail.

import type { LabelMatcher } from '../model/samples.js';
import type { BinaryExpr, Call, Expr } from './ast.js';
import { canFail } from './guard.js';
import { functionNamed } from './parse/known.js';
import { typeOf } from './parse/type-of.js';

type Selectors = readonly (readonly LabelMatcher[])[];

/** Functions of vectors that say something of none. */
const OF_NOTHING = new Set(['absent', 'absent_over_time', 'scalar']);

/** Where no series satisfies any of the selectors the expression finds nothing; undefined where that cannot be said. */
export function needsOf(expr: Expr): Selectors | undefined {
  switch (expr.type) {
    case 'vectorSelector':
      return [expr.matchers];
    case 'matrixSelector':
      return [expr.selector.matchers];
    case 'paren':
    case 'unary':
    case 'subquery':
    case 'aggregate':
      return needsOf(expr.expr);
    case 'call':
      return needsOfCall(expr);
    case 'binary':
      return needsOfBinary(expr);
    default:
      return undefined;
  }
}

function needsOfCall({ name, args }: Call): Selectors | undefined {
  if (OF_NOTHING.has(name)) return undefined;
  const { argumentTypes } = functionNamed(name);
  const samples = args.find((_, i) => argumentTypes[i] === 'vector' || argumentTypes[i] === 'matrix');
  return samples && needsOf(samples);
}

function needsOfBinary({ op, lhs, rhs }: BinaryExpr): Selectors | undefined {
  if (op === 'or') {
    const [left, right] = [needsOf(lhs), needsOf(rhs)];
    return left && right && [...left, ...right];
  }
  const left = isHarmless(rhs) ? needsOf(lhs) : undefined;
  return left ?? (op !== 'unless' && isHarmless(lhs) ? needsOf(rhs) : undefined);
}

/** Whether a side that has series need not be evaluated to know that it does not fail. */
function isHarmless(side: Expr): boolean {
  const isNow = side.type === 'call' && side.args.length === 0;
  return (typeOf(side) === 'scalar' && isNow) || !canFail(side);
}
