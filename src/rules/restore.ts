// `for` after a restart: how long an alert had been pending is read from ALERTS_FOR_STATE, and the time the monitor was
// away does not count. Source: Prometheus, rules/group.go (RestoreForState).
//
// Prometheus starts over with alerts whose `for` is shorter than the grace period. Here those that fired go on: a restart
// would end them and report them again after their `for`.

import { METRIC_NAME } from '../model/labels.js';
import type { Matcher, SampleSource, Series } from '../model/samples.js';
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
    return series && activeAt(series, rule.definition.holdDuration, at, limits);
  });
}

/** The alert's name only: labels made by templates are not known before there is an alert. */
function matchersOf({ definition }: AlertingRule): Matcher[] {
  return [createMatcher(METRIC_NAME, '=', ALERTS_FOR_STATE), createMatcher(ALERT_NAME, '=', definition.name)];
}

/** Since when the alert counts as active; undefined when it was over before the outage. */
function activeAt(
  { times, values, ends }: Series,
  holdDuration: Millis,
  at: Millis,
  { gracePeriod }: RestoreLimits,
): Millis | undefined {
  const last = times.at(-1);
  if (last === undefined || (ends.at(-1) ?? Number.NEGATIVE_INFINITY) > last) return undefined;
  const downAt = Math.floor(last / 1000) * 1000;
  const since = (values.at(-1) as number) * 1000;
  const remaining = holdDuration - (downAt - since);
  // It was firing already and fires at the next evaluation.
  if (remaining <= 0) return since;
  // It would have to wait longer than from the start.
  if (holdDuration < gracePeriod) return undefined;
  if (remaining < gracePeriod) return at + gracePeriod - holdDuration;
  return since + (at - downAt);
}
