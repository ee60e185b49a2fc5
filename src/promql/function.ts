// The joint of functions: types and meaning in one place. A new one is an entry in its family's file below
// functions/ and there is nothing else to do.

import type { ValueType } from './ast.js';
import type { CallContext, Value } from './value.js';

/** One PromQL function. Its name, types and arity are Prometheus' (promql/parser/functions.go). */
export interface PromqlFunction {
  readonly name: string;
  readonly argumentTypes: readonly ValueType[];
  /**
   * How many arguments at the end may be left out (positive), or -1: the last one may be repeated, or left out.
   * 0 unless said.
   */
  readonly variadic?: number;
  readonly returns: ValueType;
  /** The arguments' selectors are to say when their samples were taken (`Column.stamps`). */
  readonly stamps?: true;
  /**
   * It looks at the step's own time: its value may differ from step to step though its arguments do not
   * (promql/functions.go, AtModifierUnsafeFunctions).
   */
  readonly usesTime?: true;
  /** Answers by columns. `args` are as `takes` says, those left out not in it. @throws EvaluationError */
  call(args: readonly Value[], context: CallContext): Value;
}

/** Functions Prometheus has behind a flag or for native histograms only: named so that their use is a clear error. */
export interface UnsupportedFunction {
  readonly name: string;
  readonly why: 'experimental' | 'native histograms';
}
