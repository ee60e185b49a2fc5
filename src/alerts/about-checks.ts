// Which alerts are about whether checks succeed: these have a first failed check. An alert that a certificate expires
// has none, though its service may be slow meanwhile.

import type { Alert } from '../model/alert.js';

/** What a rule asks for that looks at the outcome of checks, confirmed or not. */
const OUTCOMES = /\blanggraph_monitor_service_(up|slow|status|failure_reason|consecutive_failures)\b/;
/** Shipped rules of that kind, for where others evaluate the rules and their expressions are not known. */
const SHIPPED: ReadonlySet<string> = new Set(['ServiceDown', 'ServiceDegraded']);

/** Whether an alert is about the outcome of checks. */
export function isAboutChecks({
  labels,
  expression,
}: Pick<Alert, 'labels'> & Partial<Pick<Alert, 'expression'>>): boolean {
  return expression === undefined ? SHIPPED.has(labels.alertname ?? '') : OUTCOMES.test(expression);
}
