// Whether a rule's alert is about another alert, as an escalation is. Comes in: an expression over ALERTS and a firing alert;
// goes out: what the expression finds when that alert is the only one. Pure.

import { Labels, METRIC_NAME } from '../model/labels.js';
import type { SampleSource, Series } from '../model/samples.js';
import type { Millis } from '../model/time.js';
import { parse } from '../promql/parse.js';
import { ALERT_NAME, ALERTS, ALERTS_FOR_STATE } from './alerting.js';
import { engineQueryFunc } from './query-func.js';

/** How long a sample counts as present. */
const LOOKBACK: Millis = 300_000;
/** Between two samples of it. */
const STEP: Millis = 15_000;
const MAX_SAMPLES = 10_000;

/** An alert as its own series show it. */
interface AlertSeries {
  readonly labels: Labels;
  readonly startsAt: Millis;
}

/** Whether an expression can be about alerts at all. */
export function isAboutAlerts(expression: string): boolean {
  return expression.includes(ALERTS);
}

/**
 * The label sets an expression finds when one alert is all that fires; none when it also needs other series. Labels that
 * the rule adds are not among them.
 */
export function findingsAbout(expression: string, alert: AlertSeries, at: Millis): Labels[] {
  const source: SampleSource = {
    select: (matchers, from, to) =>
      seriesOf(alert, from, to).filter(({ labels }) =>
        matchers.every(matcher => matcher.matches(labels.get(matcher.name))),
      ),
  };
  const options = { source, lookback: LOOKBACK, defaultInterval: STEP, maxSamples: MAX_SAMPLES };
  try {
    const found = engineQueryFunc({ ...options, checkpoint: () => {} })(parse(expression), expression, at);
    return found.map(({ labels }) => labels.withoutName());
  } catch {
    // A rule that fails has no alerts.
    return [];
  }
}

/** Whether an alert of a rule is one that an expression finds: equal but for the labels the rule adds. */
export function isFinding(found: Labels, alert: Labels, added: readonly string[]): boolean {
  const own = new Set([...added, ALERT_NAME]);
  const strip = (labels: Labels) => Labels.of([...labels.pairs()].filter(([name]) => !own.has(name))).key;
  return strip(found) === strip(alert);
}

/** ALERTS and ALERTS_FOR_STATE of an alert that has been firing for as long as is looked back. */
function seriesOf({ labels, startsAt }: AlertSeries, from: Millis, to: Millis): Series[] {
  const count = Math.min(Math.floor((to - from) / STEP) + 1, MAX_SAMPLES);
  const times = Float64Array.from({ length: count }, (_, i) => to - (count - 1 - i) * STEP);
  const ends = new Float64Array();
  const series = (name: string, more: readonly [string, string][], value: number): Series => ({
    labels: Labels.of([...labels.pairs(), ...more, [METRIC_NAME, name]]),
    times,
    values: new Float64Array(count).fill(value),
    ends,
  });
  return [
    series(ALERTS, [['alertstate', 'firing']], 1),
    series(ALERTS_FOR_STATE, [], Math.floor(startsAt / 1000)),
  ];
}
