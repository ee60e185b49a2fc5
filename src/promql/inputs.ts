// What an expression's value at one moment depends on, where that can be said beforehand. Comes in: an expression; goes out:
// its selectors, by how they look at samples.

import type { LabelMatcher } from '../model/samples.js';
import type { AtModifier, Expr, Spans } from './ast.js';
import { functions } from './functions/index.js';

/** With the same inputs an expression has the same value, at whatever moment it is evaluated. */
export interface Inputs {
  /** Selectors of which only the present value of each series counts. */
  readonly present: readonly (readonly LabelMatcher[])[];
  /** Range selectors whose windows end at the moment itself: how long they show the same is known once they are evaluated. */
  readonly windows: readonly (readonly LabelMatcher[])[];
  /** Other selectors of former samples: what they find may change with time alone, unless there is no such series at all. */
  readonly past: readonly (readonly LabelMatcher[])[];
}

const USES_TIME = new Set(functions.filter(({ usesTime }) => usesTime).map(({ name }) => name));

/** The inputs of an expression; undefined where the time of the evaluation is one of them. */
export function inputsOf(expr: Expr): Inputs | undefined {
  const found: Found = { present: [], windows: [], past: [] };
  return collect(expr, found) ? found : undefined;
}

/** Where selectors go: within a subquery all are of the past. */
type Found = { readonly [kind in keyof Inputs]: (readonly LabelMatcher[])[] };

/** @returns false where the time of the evaluation counts */
function collect(expr: Expr, found: Found): boolean {
  switch (expr.type) {
    case 'numberLiteral':
    case 'stringLiteral':
      return true;
    case 'vectorSelector':
      (isMoved(expr) ? found.past : found.present).push(expr.matchers);
      return true;
    case 'matrixSelector':
      (isMoved(expr.selector) ? found.past : found.windows).push(expr.selector.matchers);
      return true;
    case 'subquery':
      return collect(expr.expr, { present: found.past, windows: found.past, past: found.past });
    case 'paren':
    case 'unary':
      return collect(expr.expr, found);
    case 'call':
      return !USES_TIME.has(expr.name) && expr.args.every(each => collect(each, found));
    case 'aggregate':
      return collect(expr.expr, found) && (expr.param === undefined || collect(expr.param, found));
    case 'binary':
      return collect(expr.lhs, found) && collect(expr.rhs, found);
  }
}

interface Moved {
  readonly offset: number;
  readonly at: AtModifier | undefined;
  readonly spans?: Spans;
}

function isMoved({ offset, at, spans }: Moved): boolean {
  return offset !== 0 || at !== undefined || spans?.offset !== undefined;
}
