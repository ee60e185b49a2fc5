// The cluster status: overall status and alerts, as the rules find them. Comes in: the recorded status
// and the alerts that fire; goes out: the document's words.

import { alertIdentity, isEscalation, type Alert as RuleAlert } from '../model/alert.js';
import { type OverallStatus, SEVERITIES, type Severity } from '../model/service.js';
import type { Millis } from '../model/time.js';

/** The series in which the rules record the status: 2 healthy, 1 degraded, 0 unhealthy. */
export const CLUSTER_STATUS = 'langgraph:cluster_status';

/** A firing alert as the document shows it. */
export interface ClusterAlert {
  /** What makes it this alert and no other, whatever it has risen to. */
  readonly identity: string;
  /** The rule's name. */
  readonly name: string;
  readonly severity: Severity;
  /** The service's id, or whatever the rule's `target` is; empty for an alert about none. */
  readonly service: string;
  /** `Tools Server is timeout - Request timed out` */
  readonly message: string;
  readonly startsAt: Millis;
  /** How far it has risen: `level2`, `level3`. */
  readonly escalation: string | undefined;
}

export interface ClusterStatus {
  readonly overall: OverallStatus;
  /** Critical first, then by service and name. */
  readonly alerts: readonly ClusterAlert[];
}

/** Before the first evaluation. */
export const UNKNOWN_STATUS: ClusterStatus = { overall: 'degraded', alerts: [] };

/** The part of a rule's alert that the document shows. */
export type RuleAlertView = Pick<RuleAlert, 'labels' | 'annotations' | 'state' | 'activeAt'>;

/**
 * Converts a rule evaluation result to the document's format. Alerts of other severities (a heartbeat) are not part of the
 * document, and those with an `escalation` only say how far the alert they copy has risen.
 * @param status the value of {@link CLUSTER_STATUS}; undefined when there is none
 * @param sentLabels the labels with which an alert is sent, which identify it there; undefined when it is not
 */
export function clusterStatusOf(
  status: number | undefined,
  alerts: readonly RuleAlertView[],
  sentLabels: (labels: RuleAlert['labels']) => RuleAlert['labels'] | undefined = labels => labels,
): ClusterStatus {
  const firing = alerts.filter(each => each.state === 'firing');
  const identityOf = ({ labels }: RuleAlertView) => alertIdentity(sentLabels(labels) ?? labels);
  const levels = escalations(firing, identityOf);
  const visible = firing.flatMap(each => {
    const severity = SEVERITIES.find(known => known === each.labels.severity);
    return severity && !isEscalation(each.labels) ? [alertOf(each, severity, identityOf(each), levels)] : [];
  });
  return { overall: overallOf(status), alerts: visible.sort(byUrgency) };
}

/** The document's word for a value of {@link CLUSTER_STATUS}. */
export function overallOf(status: number | undefined): OverallStatus {
  if (status === undefined || Number.isNaN(status)) return 'degraded';
  if (status >= 2) return 'healthy';
  return status >= 1 ? 'degraded' : 'unhealthy';
}

function alertOf(
  { labels, annotations, activeAt }: RuleAlertView,
  severity: Severity,
  identity: string,
  levels: ReadonlyMap<string, string>,
): ClusterAlert {
  const { alertname = '', target = '' } = labels;
  const message = annotations.description || annotations.summary || alertname;
  const escalation = levels.get(identity);
  return { identity, name: alertname, severity, service: target, message, startsAt: activeAt, escalation };
}

/** The highest escalation of each alert that was copied. */
function escalations(
  firing: readonly RuleAlertView[],
  identityOf: (alert: RuleAlertView) => string,
): Map<string, string> {
  const levels = new Map<string, string>();
  for (const alert of firing) {
    const { escalation, escalates } = alert.labels;
    if (!escalation || escalates === undefined) continue;
    const of = identityOf(alert);
    const known = levels.get(of);
    if (known === undefined || known < escalation) levels.set(of, escalation);
  }
  return levels;
}

/** Critical first, then by service and name. */
export function byUrgency(a: ClusterAlert, b: ClusterAlert): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    a.service.localeCompare(b.service) ||
    a.name.localeCompare(b.name) ||
    a.message.localeCompare(b.message)
  );
}

/** An alert as the document's `/alerts` prints it: `CRITICAL: Tools Server is timeout - Request timed out`. */
export function alertLine({ severity, message }: ClusterAlert): string {
  return `${severity.toUpperCase()}: ${message}`;
}
