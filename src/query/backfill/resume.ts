// Alerts that were pending or firing before a backfill begins. Comes in: stored series ALERTS and ALERTS_FOR_STATE;
// goes out: rules that have these alerts. Where the evaluations before are the ones right before the first one here,
// alerts go on as they would have; else as after a restart.

import { METRIC_NAME } from '../../model/labels.js';
import type { SampleSource, Series } from '../../model/samples.js';
import type { Millis } from '../../model/time.js';
import { createMatcher } from '../../promql/parse/matcher.js';
import {
  ALERT_NAME,
  ALERT_STATE,
  ALERTS,
  ALERTS_FOR_STATE,
  type AlertingRule,
} from '../../rules/alerting.js';
import type { RuleGroup } from '../../rules/group.js';
import type { QueryFunc } from '../../rules/query-func.js';
import { activeAfter, hasNotEnded, RESTORE_LIMITS } from '../../rules/restore.js';
import { mayWrite } from './rule-series.js';

/** What is asked about the past of a group. */
interface ResumeContext {
  readonly stored: SampleSource;
  /** A rule's expression at an earlier moment; sees of that moment what the rule saw then. */
  readonly queryFunc: QueryFunc;
}

interface State {
  readonly activeAt: Millis;
  readonly isFiring: boolean;
}

/** To be called before a group's first evaluation, at its moment. Throws what `stored` throws. */
export function resumeAlerts(group: RuleGroup, at: Millis, context: ResumeContext): void {
  for (const { alerting } of group.rules) if (alerting) resumeRule(alerting, group, at, context);
}

function resumeRule(
  rule: AlertingRule,
  { interval, definition: { queryOffset } }: RuleGroup,
  at: Millis,
  { stored, queryFunc }: ResumeContext,
): void {
  const { keepFiringFor, holdDuration } = rule.definition;
  const found = statesBefore(rule, at, interval, stored);
  if (!found) return;
  const { last, states } = found;
  // The rest of `keep_firing_for` counts from the first moment at which the expression was over.
  for (let back = 0; states.size > 0 && back < keepFiringFor + interval; back += interval) {
    const moment = last - back;
    for (const [key, alert] of lookBack(rule, { at: moment, queryOffset, limit: 0 }, queryFunc)) {
      const known = states.get(key);
      states.delete(key);
      if (!known || (back > 0 && !known.isFiring)) continue;
      const { activeAt, isFiring } = known;
      const state = isFiring ? 'firing' : 'pending';
      const firedAt = isFiring ? activeAt + holdDuration : undefined;
      const keepFiringSince = back > 0 ? moment + interval : undefined;
      rule.resume({ ...alert, state, activeAt, firedAt, keepFiringSince });
    }
  }
}

/** Nothing where the rule fails at that moment: it wrote nothing then. */
function lookBack(...[rule, moment, queryFunc]: [AlertingRule, ...Parameters<AlertingRule['replay']>]) {
  try {
    return rule.replay(moment, queryFunc);
  } catch {
    return new Map<string, never>();
  }
}

/** Alerts at the rule's last evaluation before a moment, by their labels, and when that was. */
function statesBefore(
  { definition }: AlertingRule,
  at: Millis,
  interval: Millis,
  stored: SampleSource,
): { readonly last: Millis; readonly states: Map<string, State> } | undefined {
  const from = at - Math.max(RESTORE_LIMITS.outageTolerance, 2 * interval);
  const read = (name: string): Series[] =>
    stored
      .select(
        [createMatcher(METRIC_NAME, '=', name), createMatcher(ALERT_NAME, '=', definition.name)],
        from,
        at - 1,
      )
      .filter(series => hasNotEnded(series) && mayWrite(definition, series.labels));
  const lastOf = ({ times }: Series): Millis => times.at(-1) as Millis;
  const all = read(ALERTS_FOR_STATE);
  const last = Math.max(...all.map(lastOf));
  if (!Number.isFinite(last)) return undefined;
  // Samples of another time are of an alert that was over by the last evaluation: history of elsewhere has no ends.
  const isOfLast = (series: Series): boolean => lastOf(series) > last - interval;
  const keyOf = ({ labels }: Series): string => labels.without([METRIC_NAME, ALERT_STATE]).key;
  const isFiring = ({ labels }: Series): boolean => labels.get(ALERT_STATE) === 'firing';
  const firing = new Set(read(ALERTS).filter(isOfLast).filter(isFiring).map(keyOf));
  const isAdjoining = at - last < 2 * interval;
  const states = new Map<string, State>();
  for (const series of all.filter(isOfLast)) {
    const activeAt = isAdjoining
      ? (series.values.at(-1) as number) * 1000
      : activeAfter(series, definition.holdDuration, at, RESTORE_LIMITS);
    const key = keyOf(series);
    if (activeAt !== undefined) states.set(key, { activeAt, isFiring: firing.has(key) });
  }
  return { last, states };
}
