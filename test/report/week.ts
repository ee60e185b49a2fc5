// A week of known samples, and an analyst over them.

import type { AuditEvent, AuditTrail } from '../../src/alerts/audit-trail.js';
import { Analyst } from '../../src/analysis/analyst.js';
import type { Service } from '../../src/model/service.js';
import type { Millis } from '../../src/model/time.js';
import type { QueryEngine } from '../../src/query/engine.js';
import { DAY, HOUR, openMetrics, type ServiceTruth, type Span } from '../analysis/history.js';

/** A Monday morning. */
export const NOW: Millis = new Date(2026, 9, 12, 8).getTime();
export const OUTAGE: Span = [NOW - 3 * DAY, NOW - 3 * DAY + 90 * 60_000];
export const HOSTILE = 'Tools <img src=x onerror=alert(1)> *|_`';
export const TRUTH: readonly ServiceTruth[] = [
  { id: 'steady', time: () => 0.2 },
  { id: 'tools', time: () => 0.1, outages: [OUTAGE] },
];
export const TEXT = openMetrics({ from: NOW - 7 * DAY - HOUR, to: NOW, services: TRUTH });
const service = (id: string, name: string): Service => ({
  ...{ id, name, kind: 'http', critical: true, severity: 'critical', dependsOn: [] },
});
export const SERVICES = [service('steady', 'Steady'), service('tools', HOSTILE), service('unseen', 'Unseen')];
export const OPTIONS = { name: 'Weekly report', url: 'http://monitor.example', version: '1.2.3' };

/** An analyst over an engine with the week. */
export const analystOf = (engine: QueryEngine, now: () => Millis) =>
  new Analyst({
    engine,
    services: () => SERVICES,
    rollups: { between: () => new Map() },
    clock: { now, elapsed: now },
  });

/** What was changed before a moment: within the week, before it, and at its end. */
export function changed(trail: AuditTrail, to: Millis): void {
  const silence = { id: '1f', matchers: '{target="tools"}', comment: HOSTILE };
  const of = (at: Millis, event: AuditEvent, by: string, details: Record<string, string> = {}) =>
    trail.add({ at, event, by, details });
  of(to - 8 * DAY, 'configuration reloaded', 'SIGHUP');
  of(to - 2 * DAY, 'silence created', 'alice (127.0.0.1)', silence);
  of(to - DAY, 'configuration reload failed', 'SIGHUP', { problem: 'monitor.yml: services: missing' });
  of(to - HOUR, 'report sent', 'schedule', { report: 'weekly' });
  of(to, 'silence expired', 'alice (127.0.0.1)', silence);
}
