// Binary operators by the types of their sides: scalar with scalar, vector with scalar, vector with vector.

import type { BinaryExpr } from '../ast.js';
import type { Column, ScalarValue, Steps, Value, VectorValue } from '../value.js';
import { arithmetic, comparison } from './arithmetic.js';
import { matchVectors } from './matching.js';
import { joinEqual } from './names.js';
import type { Scope } from './scope.js';
import { combineSets } from './sets.js';

/** @throws EvaluationError */
export function binary(expr: BinaryExpr, lhs: Value, rhs: Value, steps: Steps, scope: Scope): Value {
  if (lhs.type === 'scalar' && rhs.type === 'scalar') return scalars(expr, lhs, rhs);
  if (lhs.type === 'vector' && rhs.type === 'scalar') return withScalar(expr, lhs, rhs, false, scope);
  if (lhs.type === 'scalar' && rhs.type === 'vector') return withScalar(expr, rhs, lhs, true, scope);
  if (lhs.type !== 'vector' || rhs.type !== 'vector')
    throw new Error(`the parser let ${lhs.type} ${expr.op} ${rhs.type} pass`);
  const isSet = expr.matching?.card === 'many-to-many';
  const columns = isSet
    ? combineSets(expr, lhs.columns, rhs.columns, steps.count, scope)
    : matchVectors(expr, lhs.columns, rhs.columns, steps.count, scope);
  return { type: 'vector', columns: joinEqual(columns) };
}

function scalars({ op }: BinaryExpr, lhs: ScalarValue, rhs: ScalarValue): ScalarValue {
  const compute = arithmetic(op);
  const test = comparison(op);
  return {
    type: 'scalar',
    values: lhs.values.map((a, i) => {
      const b = rhs.values[i] as number;
      return compute ? compute(a, b) : Number(test?.(a, b));
    }),
  };
}

/** A comparison without `bool` keeps the vector's own value, on whichever side it stands. */
function withScalar(
  expr: BinaryExpr,
  vector: VectorValue,
  scalar: ScalarValue,
  swapped: boolean,
  scope: Scope,
): VectorValue {
  const compute = arithmetic(expr.op);
  const test = comparison(expr.op);
  const columns = vector.columns.map(column => {
    scope.checkpointAfter(column.has.length);
    scope.spend(column.has.length);
    if (compute) return computed(column, scalar.values, swapped, compute);
    return compared(
      column,
      scalar.values,
      swapped,
      expr.returnBool,
      test as (a: number, b: number) => boolean,
    );
  });
  return { type: 'vector', columns };
}

function computed(
  { labels, has, values }: Column,
  scalars: Float64Array,
  swapped: boolean,
  compute: (a: number, b: number) => number,
): Column {
  const results = new Float64Array(values.length);
  for (let i = 0; i < results.length; i++) {
    const [value, scalar] = [values[i] as number, scalars[i] as number];
    results[i] = swapped ? compute(scalar, value) : compute(value, scalar);
  }
  return { labels, has, values: results, dropName: true };
}

function compared(
  { labels, has, values, dropName }: Column,
  scalars: Float64Array,
  swapped: boolean,
  returnBool: boolean,
  test: (a: number, b: number) => boolean,
): Column {
  const results = returnBool ? new Float64Array(values.length) : values;
  const kept = returnBool ? has : new Uint8Array(has.length);
  for (let i = 0; i < has.length; i++) {
    if (!has[i]) continue;
    const [value, scalar] = [values[i] as number, scalars[i] as number];
    const holds = swapped ? test(scalar, value) : test(value, scalar);
    if (returnBool) results[i] = holds ? 1 : 0;
    else kept[i] = holds ? 1 : 0;
  }
  return { labels, has: kept, values: results, dropName: dropName || returnBool };
}
