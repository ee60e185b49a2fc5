// The operators between two numbers, as Go computes them.

import type { Arithmetic, BinaryExpr, Comparison } from '../ast.js';

type NumberOperator = (a: number, b: number) => number;
type Test = (a: number, b: number) => boolean;

const ARITHMETIC: Record<Arithmetic, NumberOperator> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
  atan2: (a, b) => Math.atan2(a, b),
};

const COMPARISON: Record<Comparison, Test> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};

/** Go's math.Pow is IEEE 754's: one to any power and minus one to an infinite one are one, which JavaScript denies. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b))) return 1;
  return a ** b;
}

/** The operator's function when it computes a number. */
export function arithmetic(op: BinaryExpr['op']): NumberOperator | undefined {
  return (ARITHMETIC as Partial<Record<string, NumberOperator>>)[op];
}

/** The operator's function when it compares. */
export function comparison(op: BinaryExpr['op']): Test | undefined {
  return (COMPARISON as Partial<Record<string, Test>>)[op];
}
