// When pending alerts will fire. Comes in: views of rule groups; goes out: the evaluations by which their `for` runs out.

import type { PendingAlert } from '../model/alert.js';
import type { Millis } from '../model/time.js';
import type { RuleGroupView } from './view.js';

/** Pending alerts of all groups. @param tick an evaluation: further ones come each interval */
export function pendingAlerts(groups: readonly RuleGroupView[], tick: Millis): PendingAlert[] {
  return groups.flatMap(({ rules, interval }) =>
    rules.flatMap(rule =>
      rule.kind === 'recording'
        ? []
        : rule.alerts
            .filter(({ state }) => state === 'pending')
            .map(({ labels, expression, activeAt }) => ({
              labels,
              expression,
              addedLabels: Object.keys(rule.labels),
              firesAt: evaluationFrom(activeAt + rule.holdDuration, tick, interval),
            })),
    ),
  );
}

/** The first evaluation at a moment or after it. */
function evaluationFrom(at: Millis, tick: Millis, interval: Millis): Millis {
  return tick + Math.max(1, Math.ceil((at - tick) / interval)) * interval;
}
