// Maintenance windows: silences whose comment says so, as the page's "Plan maintenance" and amtool write them. Comes in:
// silences and the labels a service's own alert has; goes out: which services are in maintenance, and until when.

import { Labels } from '../../model/labels.js';
import type { Maintenance } from '../../model/maintenance.js';
import type { Service } from '../../model/service.js';
import type { Millis } from '../../model/time.js';
import { matchesAll } from '../matchers/matcher.js';
import { type Silence, silenceState } from './silences.js';

const COMMENT = /^\s*maintenance\b/i;

/** Labels of the alert about a service that is down, as rules/services.rules.yml makes them. @param identity of our series */
export function alertLabelsOf(
  { id, name, severity }: Pick<Service, 'id' | 'name' | 'severity'>,
  identity: Readonly<Record<string, string>>,
): Labels {
  return Labels.of({ ...identity, alertname: 'ServiceDown', target: id, name, severity });
}

/** Whether a silence stands for maintenance rather than for a known problem. */
export function isMaintenance({ comment }: Pick<Silence, 'comment'>): boolean {
  return COMMENT.test(comment);
}

/** The maintenance of a service at a moment; of several windows the one that ends last. @param labels of its alert */
export function maintenanceAt(
  silences: readonly Silence[],
  labels: Labels,
  at: Millis,
): Maintenance | undefined {
  const [last] = silences
    .filter(silence => isMaintenance(silence) && silenceState(silence, at) === 'active')
    .filter(({ matchers }) => matchesAll(matchers, labels))
    .sort((a, b) => b.endsAt - a.endsAt);
  return last && { until: last.endsAt, comment: last.comment };
}

/** The first moment after another at which a maintenance window begins or ends; undefined: none is planned. */
export function maintenanceChangesAt(silences: readonly Silence[], at: Millis): Millis | undefined {
  const changes = silences
    .filter(silence => isMaintenance(silence))
    .flatMap(({ startsAt, endsAt }) => [startsAt, endsAt])
    .filter(moment => moment > at);
  return changes.length > 0 ? Math.min(...changes) : undefined;
}
