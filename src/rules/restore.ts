// `for` after a restart: how long an alert had been pending is read from ALERTS_FOR_STATE, and the time the monitor was
// away does not count. Source: Prometheus, rules/group.go (RestoreForState).
//
// Prometheus starts over with alerts whose `for` is shorter than the grace period. Here those that fired go on: a restart
// would end them and report them again after their `for`.

import { METRIC_NAME } from '../model/labels.js';
import type { LabelMatcher, SampleSource, Series } from '../model/samples.js';
import type { Millis } from '../model/time.js';
import { createMatcher } from '../promql/parse/matcher.js';
import { ALERT_NAME, ALERTS_FOR_STATE, type AlertingRule } from './alerting.js';

/** How far back a state may be, and how long an alert has to wait at least before it fires again. */
export interface RestoreLimits {
  readonly outageTolerance: Millis;
  readonly gracePeriod: Millis;
}

/** Prometheus' defaults of `--rules.alert.for-outage-tolerance` and `--rules.alert.for-grace-period`. */
export const RESTORE_LIMITS: RestoreLimits = { outageTolerance: 3_600_000, gracePeriod: 600_000 };

/** Corrects since when the rule's alerts have been active, and lets it write from now on. Throws what `history` throws. */
export function restore(rule: AlertingRule, at: Millis, history: SampleSource, limits: RestoreLimits): void {
  rule.restored = true;
  const found = history.select(matchersOf(rule), at - limits.outageTolerance, at);
  const states = new Map(found.map(series => [series.labels.withoutName().key, series]));
  rule.correct(labels => {
    const series = states.get(labels.key);
    return series && hasNotEnded(series)
      ? activeAfter(series, rule.definition.holdDuration, at, limits)
      : undefined;
  });
}

/** The alert's name only: labels made by templates are not known before there is an alert. */
function matchersOf({ definition }: AlertingRule): LabelMatcher[] {
  return [createMatcher(METRIC_NAME, '=', ALERTS_FOR_STATE), createMatcher(ALERT_NAME, '=', definition.name)];
}

/** Whether a series has samples and goes on after the last of them. */
export function hasNotEnded({ times, ends }: Series): boolean {
  const last = times.at(-1);
  return last !== undefined && (ends.at(-1) ?? Number.NEGATIVE_INFINITY) <= last;
}

/**
 * Since when an alert counts as active after an outage that ends at a moment, by its series ALERTS_FOR_STATE, which has
 * {@link hasNotEnded | not ended}; undefined when it starts over.
 */
export function activeAfter(
  { times, values }: Series,
  holdDuration: Millis,
  at: Millis,
  { gracePeriod }: RestoreLimits,
): Millis | undefined {
  const downAt = Math.floor((times.at(-1) as Millis) / 1000) * 1000;
  const since = (values.at(-1) as number) * 1000;
  const remaining = holdDuration - (downAt - since);
  // It was firing already and fires at the next evaluation.
  if (remaining <= 0) return since;
  // It would have to wait longer than from the start.
  if (holdDuration < gracePeriod) return undefined;
  if (remaining < gracePeriod) return at + gracePeriod - holdDuration;
  return since + (at - downAt);
}
