// The status of monitors that check other services and evaluate their own rules, as the storage of all knows it. Comes in:
// samples that their rules recorded; goes out: a status like the own one, and both as one.

import { type Labels, METRIC_NAME } from '../model/labels.js';
import type { OverallStatus } from '../model/service.js';
import {
  byUrgency,
  CLUSTER_STATUS,
  type ClusterStatus,
  clusterStatusOf,
  type RuleAlertView,
} from './status.js';

/** What is asked, by the name under which {@link statusOfOthers} takes the answer. */
export const STATUS_QUERIES = {
  overall: CLUSTER_STATUS,
  /** Each firing alert with the time since when it is active, in seconds. */
  alerts: 'ALERTS_FOR_STATE and ignoring (alertstate) ALERTS{alertstate="firing"}',
} as const;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}
export type StatusAnswers = Readonly<Record<keyof typeof STATUS_QUERIES, readonly Sample[]>>;

const LOWEST_FIRST: readonly OverallStatus[] = ['unhealthy', 'degraded', 'healthy'];

interface OwnMonitor {
  /** The label `instance` of its own samples. */
  readonly instance: string;
  /** The name of a service. */
  readonly nameOf: (id: string) => string | undefined;
  /** The labels with which an alert is sent. */
  readonly sentLabels: Parameters<typeof clusterStatusOf>[2];
}

/**
 * The status of all other monitors: the lowest, and all alerts that fire there. Annotations are no samples, so an alert is named
 * by its service and rule.
 */
export function statusOfOthers(
  answers: StatusAnswers,
  { instance, nameOf, sentLabels }: OwnMonitor,
): ClusterStatus {
  const isOther = ({ labels }: Sample) => labels.get('instance') !== instance;
  const values = answers.overall.filter(isOther).map(({ value }) => value);
  const alerts = answers.alerts.filter(isOther).map(({ labels, value }): RuleAlertView => {
    const { [METRIC_NAME]: _, ...rest } = labels.toJSON();
    const { alertname = '', target, instance: from = '' } = rest;
    const about = target === undefined ? from : (nameOf(target) ?? target);
    return {
      labels: rest,
      annotations: { description: `${about}: ${alertname}` },
      state: 'firing',
      activeAt: value * 1000,
    };
  });
  // A monitor that is gone has no status: its services are unknown.
  return clusterStatusOf(Math.min(2, ...values), alerts, sentLabels);
}

/** The lower of both, and the alerts of both, each once. @param others undefined: there are none */
export function joinStatuses(own: ClusterStatus, others: ClusterStatus | undefined): ClusterStatus {
  if (!others) return own;
  const known = new Set(own.alerts.map(({ identity }) => identity));
  const alerts = [...own.alerts, ...others.alerts.filter(({ identity }) => !known.has(identity))];
  const overall = LOWEST_FIRST.find(each => each === own.overall || each === others.overall) ?? own.overall;
  return { overall, alerts: alerts.sort(byUrgency) };
}
