// Which series are a rule's. Comes in: rules and a stored series' labels; goes out: the rules that may have written it.

import { type Labels, METRIC_NAME } from '../../model/labels.js';
import type { LabelMatcher } from '../../model/samples.js';
import { createMatcher } from '../../promql/parse/matcher.js';
import { ALERT_NAME, ALERTS, ALERTS_FOR_STATE } from '../../rules/alerting.js';
import type { RuleDefinition } from '../../rules/definition.js';

/** Matchers of the series a rule may have written; some may be another rule's. */
export function seriesMatchers({ kind, name }: RuleDefinition): LabelMatcher[] {
  if (kind === 'recording') return [createMatcher(METRIC_NAME, '=', name)];
  return [
    createMatcher(METRIC_NAME, '=~', `${ALERTS}|${ALERTS_FOR_STATE}`),
    createMatcher(ALERT_NAME, '=', name),
  ];
}

/** Whether a rule writes series of such labels. The value of a label that is a template is not looked at. */
export function mayWrite({ kind, name, labels: own }: RuleDefinition, labels: Labels): boolean {
  const metric = labels.get(METRIC_NAME);
  if (kind === 'recording' && metric !== name) return false;
  if (kind === 'alerting' && metric !== ALERTS && metric !== ALERTS_FOR_STATE) return false;
  if (kind === 'alerting' && labels.get(ALERT_NAME) !== name) return false;
  return Object.entries(own).every(
    ([label, value]) => (kind === 'alerting' && value.includes('{{')) || labels.get(label) === value,
  );
}

/** Of the rules that may have written a series, those that say most about its labels. */
export function writersOf<T extends { readonly definition: RuleDefinition }>(
  labels: Labels,
  rules: readonly T[],
): T[] {
  const possible = rules.filter(({ definition }) => mayWrite(definition, labels));
  const said = ({ definition }: T): number => Object.keys(definition.labels).length;
  const most = Math.max(...possible.map(said));
  return possible.filter(rule => said(rule) === most);
}
