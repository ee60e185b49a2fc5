// The verdict on the cluster: its overall status and its alerts. Pure; who calls brings what is known.

import type { CheckResult, Level } from '../model/result.js';
import { type OverallStatus, SEVERITIES, type Service, type Severity } from '../model/service.js';
import type { Millis } from '../model/time.js';

/** Share of the critical services that must not be down for the cluster to be only degraded. */
const DEGRADED_SHARE = 0.7;

/** What is known of one service. */
export interface Known {
  readonly service: Service;
  readonly level: Level;
  /** When the level became what it is, wall clock. */
  readonly levelSince: Millis;
  /** The last result that was not healthy: what an alert tells while recovery waits to be confirmed. */
  readonly trouble: CheckResult | undefined;
}

/** A firing alert. */
export interface Alert {
  readonly severity: Severity;
  /** The service's id. */
  readonly service: string;
  /** `Tools Server is timeout - Request timed out` */
  readonly message: string;
  readonly startsAt: Millis;
}

export interface Verdict {
  readonly overall: OverallStatus;
  /** Critical first, then by service. */
  readonly alerts: readonly Alert[];
}

/** Judges all services at once. */
export function judge(all: Iterable<Known>): Verdict {
  const known = [...all];
  const down = new Set(known.filter(each => each.level === 'down').map(each => each.service.id));
  return { overall: overallStatus(known), alerts: alertsOf(known, down) };
}

function overallStatus(known: readonly Known[]): OverallStatus {
  const critical = known.filter(each => each.service.critical);
  if (critical.every(each => each.level === 'up')) return 'healthy';
  // A service nobody has seen yet is no reason to restart everything: only those known to be down count.
  const standing = critical.filter(each => each.level !== 'down').length;
  return standing >= critical.length * DEGRADED_SHARE ? 'degraded' : 'unhealthy';
}

function alertsOf(known: readonly Known[], down: ReadonlySet<string>): Alert[] {
  const alerts: Alert[] = [];
  for (const { service, level, levelSince, trouble } of known) {
    if ((level !== 'down' && level !== 'slow') || !trouble) continue;
    if (service.dependsOn.some(id => down.has(id))) continue;
    alerts.push({
      severity: level === 'down' ? service.severity : milder(service.severity),
      service: service.id,
      message: `${service.name} is ${trouble.status} - ${trouble.error ?? 'no reason given'}`,
      startsAt: levelSince,
    });
  }
  return alerts.sort((a, b) => rank(a) - rank(b) || a.service.localeCompare(b.service));
}

/** A slow service is at most a warning. */
function milder(severity: Severity): Severity {
  return severity === 'critical' ? 'warning' : severity;
}

function rank(alert: Alert): number {
  return SEVERITIES.indexOf(alert.severity);
}

/** An alert as the document's `/alerts` prints it: `CRITICAL: Tools Server is timeout - Request timed out`. */
export function alertLine({ severity, message }: Alert): string {
  return `${severity.toUpperCase()}: ${message}`;
}
