// Arguments as a function wants them: their types were checked when the expression was parsed.

import type { MatrixValue, ScalarValue, Value, VectorValue } from '../value.js';

/** The argument, an instant vector. */
export function vectorArgument(args: readonly Value[], i: number): VectorValue {
  const value = args[i];
  if (value?.type !== 'vector') throw mistaken(i, value, 'an instant vector');
  return value;
}

/** The argument, a range vector. */
export function matrixArgument(args: readonly Value[], i: number): MatrixValue {
  const value = args[i];
  if (value?.type !== 'matrix') throw mistaken(i, value, 'a range vector');
  return value;
}

/** The argument, a scalar. */
export function scalarArgument(args: readonly Value[], i: number): ScalarValue {
  const value = args[i];
  if (value?.type !== 'scalar') throw mistaken(i, value, 'a scalar');
  return value;
}

/** The argument, a string: its text. */
export function stringArgument(args: readonly Value[], i: number): string {
  const value = args[i];
  if (value?.type !== 'string') throw mistaken(i, value, 'a string');
  return value.value;
}

function mistaken(i: number, value: Value | undefined, wanted: string): Error {
  return new Error(
    `the parser let ${value?.type ?? 'nothing'} pass as argument ${i + 1}, which is ${wanted}`,
  );
}
