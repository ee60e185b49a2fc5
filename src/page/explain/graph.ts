// The explorer's address for an alert rule: its expression around a moment, and what the rule compares with a limit, which
// has a line also where the limit is not exceeded. Pure.

import { NEW_PANEL, type Panel, printPanels } from '../views/explore/panels.js';
import { COMPARISONS } from './functions.js';
import { bare, type Tree } from './tree.js';

/** Seconds a graph spans, and those of them behind the moment it is about. */
const RANGE = 3600;
const AFTER = 1800;
const LIMIT = /^([\s\S]*\S)\s*(?:[<>]=?|[!=]=)\s*\(?\s*[-+]?[\d.]+(?:e[-+]?\d+)?\s*\)?\s*$/i;

/**
 * The query string of the explorer. @param tree of the expression, where it is known
 * @param at milliseconds since the epoch; undefined for now @param now milliseconds since the epoch
 */
export function graphQuery(
  expression: string,
  tree: Tree | undefined,
  at: number | undefined,
  now: number,
): string {
  const end = at === undefined || at / 1000 + AFTER >= now / 1000 ? undefined : at / 1000 + AFTER;
  const panel: Panel = { ...NEW_PANEL, expression, tab: 'graph', range: RANGE, end };
  const compared = tree && comparedIn(expression, tree);
  return printPanels(compared === undefined ? [panel] : [panel, { ...panel, expression: compared }]);
}

/** What an expression compares with a number; undefined where it does something else. */
function comparedIn(expression: string, tree: Tree): string | undefined {
  const top = bare(tree);
  if (top.type !== 'binaryExpr' || !(top.op in COMPARISONS)) return undefined;
  if (tree !== top || bare(top.rhs).type !== 'numberLiteral') return undefined;
  return LIMIT.exec(expression)?.[1];
}
