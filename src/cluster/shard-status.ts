// The status of monitors that check other services and evaluate their own rules, as the storage of all knows it. Comes in:
// samples that their rules recorded; goes out: a status like the own one, and both as one.

import { type Labels, METRIC_NAME } from '../model/labels.js';
import type { OverallStatus } from '../model/service.js';
import {
  byUrgency,
  CLUSTER_STATUS,
  type ClusterStatus,
  clusterStatusOf,
  overallOf,
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

/** What the rules of monitors find that check other services. */
export interface OthersStatus {
  /** Of all services, those that are checked here among them; undefined where no rule is about all. */
  readonly together: OverallStatus | undefined;
  /** The lowest of these monitors, and all alerts that fire there. */
  readonly theirs: ClusterStatus;
}

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

/** The status of all services. @param value what the rules for all find; undefined where there are none */
export function togetherOf(value: number | undefined): OverallStatus | undefined {
  return value === undefined ? undefined : overallOf(value);
}

/**
 * The status of all services where rules are about all, else the lower of both; and the alerts of both, each once.
 * @param others undefined: there are none
 */
export function joinStatuses(own: ClusterStatus, others: OthersStatus | undefined): ClusterStatus {
  if (!others) return own;
  const { together, theirs } = others;
  const known = new Set(own.alerts.map(({ identity }) => identity));
  const alerts = [...own.alerts, ...theirs.alerts.filter(({ identity }) => !known.has(identity))];
  const lower = LOWEST_FIRST.find(each => each === own.overall || each === theirs.overall) ?? own.overall;
  return { overall: together ?? lower, alerts: alerts.sort(byUrgency) };
}
