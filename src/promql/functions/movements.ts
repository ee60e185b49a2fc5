// How often a series changed or fell in a window. Source: funcChanges and funcResets of promql/functions.go.

import type { PromqlFunction } from '../function.js';
import { Breaks } from './breaks.js';
import { type WindowFunction, windowFunction } from './windows.js';

/** `changes` and `resets`. */
export const movements: readonly PromqlFunction[] = [
  windowFunction('changes', ({ values }) => countOf(Breaks.changes(values))),
  windowFunction('resets', ({ values }) => countOf(Breaks.resets(values))),
];

function countOf(breaks: Breaks): WindowFunction {
  return ({ lo, hi }) => {
    breaks.moveTo(lo, hi);
    return breaks.count;
  };
}
