// The parameter of an aggregation as it wants it: its type was checked when the expression was parsed.

import type { Value } from '../value.js';

/** A scalar, by step. */
export function scalarParameter(param: Value | undefined): Float64Array {
  if (param?.type !== 'scalar')
    throw new Error(`the parser let ${param?.type ?? 'nothing'} pass as a scalar parameter`);
  return param.values;
}

/** A string's text. */
export function stringParameter(param: Value | undefined): string {
  if (param?.type !== 'string')
    throw new Error(`the parser let ${param?.type ?? 'nothing'} pass as a string parameter`);
  return param.value;
}
