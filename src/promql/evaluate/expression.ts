// An expression's value at all steps, by its kind. What does not depend on the step is evaluated once.

import type { Call, Expr } from '../ast.js';
import { functions } from '../functions/index.js';
import { type Column, newColumn, type Steps, type Value } from '../value.js';
import { aggregate } from './aggregate.js';
import { binary } from './binary.js';
import { isInvariant } from './invariant.js';
import type { Scope } from './scope.js';
import { matrixSelector, vectorSelector } from './selector.js';
import { subquery } from './subquery.js';

const byName = new Map(functions.map(each => [each.name, each]));

/** Evaluates an expression. @throws EvaluationError */
export function evaluate(expr: Expr, steps: Steps, scope: Scope): Value {
  if (steps.count > 1 && isInvariant(expr) && expr.type !== 'matrixSelector' && expr.type !== 'subquery') {
    return spread(evaluateAt(expr, { ...steps, count: 1 }, scope), steps.count, scope);
  }
  return evaluateAt(expr, steps, scope);
}

function evaluateAt(expr: Expr, steps: Steps, scope: Scope): Value {
  scope.checkpoint();
  switch (expr.type) {
    case 'numberLiteral':
      return { type: 'scalar', values: new Float64Array(steps.count).fill(expr.value) };
    case 'stringLiteral':
      return { type: 'string', value: expr.value };
    case 'paren':
      return evaluate(expr.expr, steps, scope);
    case 'vectorSelector':
      return vectorSelector(expr, steps, scope, false);
    case 'matrixSelector':
      return matrixSelector(expr, steps, scope);
    case 'subquery':
      return subquery(expr, steps, scope, evaluate);
    case 'unary':
      return expr.op === '-'
        ? negative(evaluate(expr.expr, steps, scope))
        : evaluate(expr.expr, steps, scope);
    case 'call':
      return call(expr, steps, scope);
    case 'aggregate':
      return aggregate(expr, steps, scope, evaluate);
    case 'binary':
      return binary(expr, evaluate(expr.lhs, steps, scope), evaluate(expr.rhs, steps, scope), steps, scope);
  }
}

function call(expr: Call, steps: Steps, scope: Scope): Value {
  const found = byName.get(expr.name);
  if (!found) throw new Error(`the parser let an unknown function pass: ${expr.name}`);
  const args = expr.args.map(arg => {
    const bare = found.stamps ? unwrapped(arg) : arg;
    // A selector with `@` shows the same samples at every step, so their times need not be spread either.
    if (found.stamps && bare.type === 'vectorSelector') return vectorSelector(bare, steps, scope, true);
    return evaluate(arg, steps, scope);
  });
  return found.call(args, {
    call: expr,
    steps,
    warn: (message, position) => scope.warn(message, position),
    info: (message, position) => scope.info(message, position),
    checkpoint: scope.options.checkpoint,
    spend: samples => scope.spend(samples),
    holdsUntil: at => scope.holdsUntil(at),
  });
}

function unwrapped(expr: Expr): Expr {
  return expr.type === 'paren' ? unwrapped(expr.expr) : expr;
}

function negative(value: Value): Value {
  if (value.type === 'scalar') return { type: 'scalar', values: value.values.map(each => -each) };
  if (value.type !== 'vector') throw new Error(`the parser let a unary minus of a ${value.type} pass`);
  const columns = value.columns.map(({ labels, has, values }) => ({
    labels,
    has,
    dropName: true,
    values: values.map(each => -each),
  }));
  return { type: 'vector', columns };
}

/** The value of one step as the value of every step. */
function spread(value: Value, count: number, scope: Scope): Value {
  if (value.type === 'scalar')
    return { type: 'scalar', values: new Float64Array(count).fill(value.values[0] as number) };
  if (value.type !== 'vector') return value;
  const present = value.columns.filter(column => column.has[0]);
  scope.spend(present.length * count);
  return { type: 'vector', columns: present.map(column => spreadColumn(column, count)) };
}

function spreadColumn(one: Column, count: number): Column {
  const column = newColumn(one.labels, one.dropName, count);
  column.values.fill(one.values[0] as number);
  column.has.fill(1);
  return column;
}
