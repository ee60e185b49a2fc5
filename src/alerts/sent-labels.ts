// The labels with which alerts are sent. Comes in: external labels and relabelling steps; goes out: what they make of the
// labels of a rule's alert. Source: Prometheus, notifier/manager.go.

import { type Alert, withExternalLabels } from '../model/alert.js';
import { Labels } from '../model/labels.js';
import type { RelabelConfig } from '../relabel/config.js';
import { compileRelabel } from '../relabel/relabel.js';

/** What becomes of an alert's labels; undefined when it is not sent. */
export type SentLabels = (labels: Alert['labels']) => Alert['labels'] | undefined;

interface SentLabelsConfig {
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly relabelConfigs: readonly RelabelConfig[];
}

/** External labels first, then the steps. */
export function makeSentLabels({ externalLabels, relabelConfigs }: SentLabelsConfig): SentLabels {
  if (relabelConfigs.length === 0) return labels => withExternalLabels(labels, externalLabels);
  const relabel = compileRelabel(relabelConfigs);
  return labels => relabel(Labels.of(withExternalLabels(labels, externalLabels)))?.toJSON();
}
