// Angles, in radians but where the name says otherwise. Source: promql/functions.go.

import type { PromqlFunction } from '../function.js';
import { pointwise } from './pointwise.js';

export const trigonometry: readonly PromqlFunction[] = [
  pointwise('acos', Math.acos),
  pointwise('acosh', Math.acosh),
  pointwise('asin', Math.asin),
  pointwise('asinh', Math.asinh),
  pointwise('atan', Math.atan),
  pointwise('atanh', Math.atanh),
  pointwise('cos', Math.cos),
  pointwise('cosh', Math.cosh),
  pointwise('sin', Math.sin),
  pointwise('sinh', Math.sinh),
  pointwise('tan', Math.tan),
  pointwise('tanh', Math.tanh),
  // The order of the operations decides the last digit.
  pointwise('deg', value => (value * 180) / Math.PI),
  pointwise('rad', value => (value * Math.PI) / 180),
  {
    name: 'pi',
    argumentTypes: [],
    returns: 'scalar',
    call: (_, { steps }) => ({ type: 'scalar', values: new Float64Array(steps.count).fill(Math.PI) }),
  },
];
