// `keep_firing_for` after a restart: an alert that fired although its condition had ended goes on for the rest of that time.
// Its series ALERTS says that it fired, and the rule evaluated at earlier moments since when its condition is over and what
// it said before. The time the monitor was away counts. Prometheus ends such alerts with a restart.

import { METRIC_NAME } from '../model/labels.js';
import type { SampleSource, Series } from '../model/samples.js';
import type { Millis } from '../model/time.js';
import { createMatcher } from '../promql/parse/matcher.js';
import { ALERT_NAME, ALERT_STATE, ALERTS, type AlertingRule, type AlertMoment } from './alerting.js';
import type { QueryFunc } from './query-func.js';
import { hasNotEnded, type RestoreLimits } from './restore.js';

/** Moments at which a rule is evaluated at most. */
const LOOKS = 60;
/** How long a rule may take for them; alerts it has not found by then end. */
const RESTORE_TIMEOUT: Millis = 1000;

/** What restoring works with. */
export interface StateRestoreContext {
  readonly queryFunc: QueryFunc;
  readonly history: SampleSource;
  readonly limits: RestoreLimits;
  /** Of the group: no two moments are nearer to each other. */
  readonly interval: Millis;
  /** Monotonic. */
  readonly elapsed: () => Millis;
}

/** Gives a rule back its alerts that are kept firing. To be called before its first evaluation. Throws what `ask` and `history` throw. */
export function restoreFromState(
  rule: AlertingRule,
  moment: AlertMoment,
  context: StateRestoreContext,
): void {
  const { keepFiringFor, holdDuration } = rule.definition;
  if (keepFiringFor === 0) return;
  const { queryFunc, interval, elapsed } = context;
  const fired = firedBefore(rule, moment.at, context);
  const step = Math.max(interval, Math.ceil(keepFiringFor / LOOKS));
  const until = elapsed() + RESTORE_TIMEOUT;
  const last = fired.at;
  for (let back = 0; fired.keys.size > 0 && back < keepFiringFor && elapsed() <= until; back += step) {
    const at = last - back;
    // Not before the next moment was its condition found to be over.
    const keepFiringSince = back === 0 ? undefined : at + step;
    for (const [key, alert] of rule.replay({ ...moment, at }, queryFunc)) {
      if (!fired.keys.delete(key)) continue;
      rule.resume({ ...alert, state: 'firing', activeAt: at - holdDuration, firedAt: at, keepFiringSince });
    }
  }
}

/** The alerts that fired when the earlier run ended, and when that was. */
function firedBefore(
  { definition }: AlertingRule,
  at: Millis,
  { history, limits }: StateRestoreContext,
): { readonly at: Millis; readonly keys: Set<string> } {
  const matchers = [
    createMatcher(METRIC_NAME, '=', ALERTS),
    createMatcher(ALERT_NAME, '=', definition.name),
    createMatcher(ALERT_STATE, '=', 'firing'),
  ];
  const found = history.select(matchers, at - limits.outageTolerance, at).filter(hasNotEnded);
  const keyOf = (series: Series) => series.labels.without([METRIC_NAME, ALERT_STATE]).key;
  return {
    at: Math.max(...found.map(({ times }) => times.at(-1) as Millis)),
    keys: new Set(found.map(keyOf)),
  };
}
