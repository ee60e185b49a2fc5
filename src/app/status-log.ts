// What the program's log says of changes: services, alerts, rules.

import type { LevelChange } from '../cluster/state.js';
import { alertLine, type ClusterAlert, type ClusterStatus } from '../cluster/status.js';
import type { RuleEvaluation } from '../query/rule-evaluation.js';
import type { Logger } from './log.js';

/** Logs the change of what is believed of a service. */
export function logLevelChange(log: Logger, { service, from, to, result }: LevelChange): void {
  const fields = { target: service.id, from, to, err: result.error };
  if (to === 'up') log.info(fields, 'Service is up');
  else if (to === 'unknown') log.info(fields, 'Service state reset');
  else log.warn(fields, to === 'slow' ? 'Service is slow' : 'Service is down');
}

/** Logs alerts that began and ended. */
export function logAlertChanges(log: Logger, before: ClusterStatus, now: ClusterStatus): void {
  const key = (alert: ClusterAlert) => `${alert.severity} ${alert.service}`;
  const known = new Set(before.alerts.map(key));
  const present = new Set(now.alerts.map(key));
  for (const alert of now.alerts)
    if (!known.has(key(alert))) log.warn({ target: alert.service, alert: alertLine(alert) }, 'Alert firing');
  for (const alert of before.alerts) {
    if (!present.has(key(alert)))
      log.info({ target: alert.service, alert: alertLine(alert) }, 'Alert resolved');
  }
}

/** Logs rules that began and ceased to fail. */
export function logRuleChanges(log: Logger, { changes, restoreErrors }: RuleEvaluation['evaluation']): void {
  for (const { file, group, rule, error } of changes) {
    if (error === '') log.info({ file, group, rule }, 'Rule recovered');
    else log.error({ file, group, rule, err: error }, 'Rule failed');
  }
  for (const err of restoreErrors) log.error({ err }, 'Alerts were not restored');
}
