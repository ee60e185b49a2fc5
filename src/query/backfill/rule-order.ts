// Which rules come after which. Comes in: groups in the order they are evaluated; goes out: for a rule's expression,
// the series that were not there yet when it was asked.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { Expr } from '../../promql/ast.js';
import type { RuleGroup } from '../../rules/group.js';
import { writersOf } from './rule-series.js';

/** What is to be known of a rule that asks. */
interface Asker {
  /** How long before the evaluation it looks. */
  readonly queryOffset: Millis;
  /** Whether a series is written by later rules alone. */
  readonly isLater: (labels: Labels) => boolean;
}

/** Rules by their expressions, each of which is one rule's own. */
export function rulesInOrder(groups: readonly RuleGroup[]): ReadonlyMap<Expr, Asker> {
  const rules = groups.flatMap(group => group.rules);
  const places = new Map(rules.map((rule, i) => [rule, i]));
  const firstWriters = new Map<string, number>();
  const firstWriter = (labels: Labels): number => {
    const known = firstWriters.get(labels.key);
    if (known !== undefined) return known;
    const first = Math.min(...writersOf(labels, rules).map(rule => places.get(rule) as number));
    const place = Number.isFinite(first) ? first : -1;
    firstWriters.set(labels.key, place);
    return place;
  };
  return new Map(
    groups.flatMap(({ rules: own, definition: { queryOffset } }) =>
      own.map(rule => {
        const place = places.get(rule) as number;
        // A rule does not see its own sample of this moment either.
        return [rule.definition.expr, { queryOffset, isLater: labels => firstWriter(labels) >= place }];
      }),
    ),
  );
}
