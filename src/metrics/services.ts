// What is believed of a service as metrics: the facts a rule needs to judge the cluster and to word an alert.

import { family } from '../model/family.js';
import { type CheckResult, type Layout, REASONS, type Readings, STATUSES } from '../model/result.js';
import type { Service } from '../model/service.js';

const info = family('langgraph_monitor_service_info', 'A monitored service; always 1', 'gauge', [
  'name',
  'kind',
  'critical',
  'severity',
]);
const dependency = family(
  'langgraph_monitor_service_dependency_info',
  'A service whose outage explains this one; always 1',
  'gauge',
  ['depends_on'],
);
const status = family(
  'langgraph_monitor_service_status',
  'Status of the last check: 1 for the present one',
  'gauge',
  ['status'],
);
const up = family('langgraph_monitor_service_up', 'Whether the service is up, confirmed by repeated checks');
const slow = family(
  'langgraph_monitor_service_slow',
  'Whether the service is up but slow, confirmed by repeated checks',
);
const reason = family(
  'langgraph_monitor_service_failure_reason',
  'Why the last check failed: 1 for the present reason; absent while it succeeds',
  'gauge',
  ['reason'],
);
const failures = family('langgraph_monitor_service_consecutive_failures', 'Failed checks in a row up to now');
const lastProbe = family(
  'langgraph_monitor_last_probe_timestamp_seconds',
  'When the last check ended, as a Unix timestamp',
);

const trouble = family(
  'langgraph_monitor_service_trouble_info',
  'Why the service is believed to be down or slow, in the words alerts use; absent while it is well',
  'gauge',
  ['status', 'error'],
);

/** Families of {@link serviceReadings}. */
export const serviceFamilies = [info, dependency, status, up, slow, reason, failures, lastProbe, trouble];

/** Label values that are the same for every service. */
const EACH_STATUS = STATUSES.map(each => [each]);
const EACH_REASON = REASONS.map(each => [each]);
const NONE: readonly string[] = [];

/** Longest reason that is a label; an answer of a service's may be any length. */
const MAX_ERROR = 200;

/** A service that is down or slow: the status and the words of it, as label values. */
export interface Trouble {
  readonly status: string;
  readonly error: string;
}

/** What there is to say of a service's trouble. */
export function troubleOf(result: CheckResult | undefined): Trouble | undefined {
  if (!result) return undefined;
  const error = result.error ?? 'no reason given';
  return {
    status: result.status,
    error: error.length > MAX_ERROR ? `${error.slice(0, MAX_ERROR)}...` : error,
  };
}

/** A service's state as readings; without a result it is unknown. The series are those of {@link serviceLayout}. */
export function serviceReadings(
  service: Service,
  result: CheckResult | undefined,
  trouble?: Trouble,
): Readings {
  const level = result?.level ?? 'unknown';
  const now = result?.status ?? 'unknown';
  const known = level !== 'unknown';
  return {
    values: [
      1,
      ...service.dependsOn.map(() => 1),
      ...STATUSES.map(each => (each === now ? 1 : 0)),
      known ? (level === 'down' ? 0 : 1) : Number.NaN,
      known ? (level === 'slow' ? 1 : 0) : Number.NaN,
      ...REASONS.map(each => (each === result?.reason ? 1 : Number.NaN)),
      result ? result.consecutiveFailures : Number.NaN,
      result ? result.at / 1000 : Number.NaN,
      ...(trouble ? [1] : []),
    ],
  };
}

/** The series of {@link serviceReadings}. */
export function serviceLayout(service: Service, now?: Trouble): Layout {
  const rows: [string, readonly string[]][] = [
    [info.name, [service.name, service.kind, String(service.critical), service.severity]],
    ...service.dependsOn.map(id => [dependency.name, [id]] as [string, string[]]),
    ...EACH_STATUS.map(each => [status.name, each] as [string, string[]]),
    [up.name, NONE],
    [slow.name, NONE],
    ...EACH_REASON.map(each => [reason.name, each] as [string, string[]]),
    [failures.name, NONE],
    [lastProbe.name, NONE],
    ...(now ? [[trouble.name, [now.status, now.error]] as [string, string[]]] : []),
  ];
  return { families: rows.map(([name]) => name), labels: rows.map(([, labels]) => labels) };
}
