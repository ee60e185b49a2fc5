// Rounding, powers, logarithms and clamps. Source: promql/functions.go and Go's package math.

import type { PromqlFunction } from '../function.js';
import type { Column, EvalContext, Value } from '../value.js';
import { scalarArgument, vectorArgument } from './arguments.js';
import { mapValues, pointwise } from './pointwise.js';

export const math: readonly PromqlFunction[] = [
  pointwise('abs', Math.abs),
  pointwise('ceil', Math.ceil),
  pointwise('floor', Math.floor),
  pointwise('exp', Math.exp),
  pointwise('sqrt', Math.sqrt),
  pointwise('ln', Math.log),
  pointwise('log2', log2),
  pointwise('log10', value => Math.log(value) * Math.LOG10E),
  pointwise('sgn', sign),
  {
    name: 'round',
    argumentTypes: ['vector', 'scalar'],
    variadic: 1,
    returns: 'vector',
    call: round,
  },
  {
    name: 'clamp',
    argumentTypes: ['vector', 'scalar', 'scalar'],
    returns: 'vector',
    call: (args, context) =>
      clamp(args, scalarArgument(args, 1).values, scalarArgument(args, 2).values, context),
  },
  {
    name: 'clamp_min',
    argumentTypes: ['vector', 'scalar'],
    returns: 'vector',
    call: (args, context) =>
      clamp(args, scalarArgument(args, 1).values, constant(Number.POSITIVE_INFINITY, context), context),
  },
  {
    name: 'clamp_max',
    argumentTypes: ['vector', 'scalar'],
    returns: 'vector',
    call: (args, context) =>
      clamp(args, constant(Number.NEGATIVE_INFINITY, context), scalarArgument(args, 1).values, context),
  },
];

/** By way of the binary exponent as in Go, so that powers of two are exact. */
function log2(value: number): number {
  if (!(value > 0) || value === Number.POSITIVE_INFINITY) return Math.log(value);
  const { fraction, exponent } = split(value);
  if (fraction === 0.5) return exponent - 1;
  return Math.log(fraction) * Math.LOG2E + exponent;
}

const bits = new DataView(new ArrayBuffer(8));

/** A positive number as `fraction * 2^exponent`, the fraction from 1/2 up to 1 (C's frexp). */
function split(value: number): { fraction: number; exponent: number } {
  const subnormal = value < 2 ** -1022;
  bits.setFloat64(0, subnormal ? value * 2 ** 52 : value);
  const high = bits.getUint32(0);
  bits.setUint32(0, (high & 0x800f_ffff) | 0x3fe0_0000);
  return { fraction: bits.getFloat64(0), exponent: ((high >>> 20) & 0x7ff) - 1022 - (subnormal ? 52 : 0) };
}

/** Keeps the sign of a zero, and NaN. */
function sign(value: number): number {
  if (value < 0) return -1;
  return value > 0 ? 1 : value;
}

/** To the nearest multiple, halves up; the multiple is inverted because `0.1` is less exact than `10`. */
function round(args: readonly Value[], context: EvalContext): Value {
  const nearest = args.length > 1 ? scalarArgument(args, 1).values : constant(1, context);
  return mapValues(vectorArgument(args, 0), context, (value, i) => {
    const inverse = 1 / (nearest[i] as number);
    return Math.floor(value * inverse + 0.5) / inverse;
  });
}

/** Steps at which the lower bound is above the upper one have no answer. */
function clamp(args: readonly Value[], low: Float64Array, high: Float64Array, context: EvalContext): Value {
  const clamped = mapValues(vectorArgument(args, 0), context, (value, i) =>
    larger(low[i] as number, smaller(high[i] as number, value)),
  );
  if (!low.some((bound, i) => (high[i] as number) < bound)) return clamped;
  return { type: 'vector', columns: clamped.columns.map(column => without(column, low, high)) };
}

function without(column: Column, low: Float64Array, high: Float64Array): Column {
  return {
    ...column,
    has: column.has.map((there, i) => ((high[i] as number) < (low[i] as number) ? 0 : there)),
  };
}

function constant(value: number, { steps }: EvalContext): Float64Array {
  return new Float64Array(steps.count).fill(value);
}

/** Go's math.Max: an infinity wins over NaN. */
function larger(a: number, b: number): number {
  if (a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  return Math.max(a, b);
}

/** Go's math.Min: an infinity wins over NaN. */
function smaller(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  return Math.min(a, b);
}
