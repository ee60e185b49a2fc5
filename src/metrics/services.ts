// A service as metrics: its names and its confirmed state, which a rule needs to evaluate the cluster and to
// word an alert, and what adds up over its checks. Comes in: results; goes out: readings.

import { family } from '../model/family.js';
import { type CheckResult, type Layout, REASONS, STATUSES } from '../model/result.js';
import type { Service } from '../model/service.js';
import type { Exposition } from './exposition.js';
import { labelValue } from './render.js';

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
const maintenance = family(
  'langgraph_monitor_service_maintenance',
  'Whether the service is in maintenance: a silence whose comment begins with "maintenance" covers it',
);
const maintenanceUp = family(
  'langgraph_monitor_service_up_in_maintenance',
  'Whether the service is up while it is in maintenance, to be left out of averages of langgraph_monitor_service_up; absent otherwise',
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

const failure = family(
  'langgraph_monitor_service_trouble_info',
  'Why the service is believed to be down or slow, in the words alerts use; absent while it is well',
  'gauge',
  ['status', 'error'],
);

const responseTime = family(
  'langgraph_monitor_response_time_seconds',
  'How long a service took to answer, answered checks only',
  'histogram',
);
const probes = family('langgraph_monitor_probes_total', 'Checks made of a service', 'counter');
const failed = family(
  'langgraph_monitor_probe_failures_total',
  'Failed checks of a service by reason',
  'counter',
  ['reason'],
);

/** The metric that is there for every service, whatever is known of it. */
export const SERVICE_INFO = info.name;
/** Families of what is believed of a service. */
export const serviceFamilies = [
  info,
  dependency,
  status,
  up,
  slow,
  maintenance,
  maintenanceUp,
  reason,
  failures,
  lastProbe,
  failure,
];
/** Families of what adds up over its checks. */
export const countFamilies = [responseTime, probes, failed];

/** From a Redis answer on the same machine to a language model's patience; seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

type Row = readonly [series: string, labels: readonly string[]];
const NONE: readonly string[] = [];
const of = (name: string, values: readonly string[]) => values.map((value): Row => [name, [value]]);

/** Beliefs and counts: the same series for every service, known or not. */
const ROWS: readonly Row[] = [
  ...of(status.name, STATUSES),
  [up.name, NONE],
  [slow.name, NONE],
  [maintenance.name, NONE],
  [maintenanceUp.name, NONE],
  ...of(reason.name, REASONS),
  [failures.name, NONE],
  [lastProbe.name, NONE],
  ...of(
    `${responseTime.name}_bucket`,
    [...BUCKETS, '+Inf'].map(bound => labelValue('le', bound)),
  ),
  [`${responseTime.name}_sum`, NONE],
  [`${responseTime.name}_count`, NONE],
  [probes.name, NONE],
  ...of(failed.name, REASONS),
];
const LAYOUT = layoutOf(ROWS);

/** Where a series stands, or the first of a family that has several. */
const at = (series: string) => ROWS.findIndex(([name]) => name === series);
const AT = {
  status: at(status.name),
  up: at(up.name),
  slow: at(slow.name),
  maintenance: at(maintenance.name),
  maintenanceUp: at(maintenanceUp.name),
  reason: at(reason.name),
  failures: at(failures.name),
  lastProbe: at(lastProbe.name),
  buckets: at(`${responseTime.name}_bucket`),
  sum: at(`${responseTime.name}_sum`),
  count: at(`${responseTime.name}_count`),
  probes: at(probes.name),
  failed: at(failed.name),
};

/** Longest reason that is a label; an answer of a service's may be any length. */
const MAX_ERROR = 200;

/** A service that is down or slow: the status and the words of it, as label values. */
interface FailureLabels {
  readonly status: string;
  readonly error: string;
}

/** What there is to say of a service's trouble. */
export function failureLabelsOf(result: CheckResult | undefined): FailureLabels | undefined {
  if (!result) return undefined;
  const error = result.error ?? 'no reason given';
  return {
    status: result.status,
    error: error.length > MAX_ERROR ? `${error.slice(0, MAX_ERROR)}...` : error,
  };
}

interface ServiceRows {
  /** What its series were named for. */
  service: Service;
  failure: FailureLabels | undefined;
  /** Of {@link ROWS}; replaced rather than changed once they are shown, since other code compares them with the last ones. */
  values: number[];
  /** Whether they have been shown. */
  isShown: boolean;
  readonly namesSource: string;
  readonly stateSource: string;
}

/** All services as sources of the exposition, two each: one names it, the other is laid out alike for all of them. */
export class ServiceMetrics {
  readonly #exposition: Exposition;
  readonly #known = new Map<string, ServiceRows>();

  constructor(exposition: Exposition) {
    this.#exposition = exposition;
  }

  /** Counts a check of a service that has been shown; {@link update} shows it. */
  count(result: CheckResult): void {
    const known = this.#known.get(result.target);
    if (!known) return;
    countCheck(ownValues(known), result);
  }

  /**
   * Shows a service, one without a result as unknown. Its counters are there from the start, so that the first failure
   * is an increase.
   * @returns whether its names have changed, its trouble among them
   */
  update(
    service: Service,
    result: CheckResult | undefined,
    failure?: FailureLabels,
    isInMaintenance = false,
  ): boolean {
    const known = this.#known.get(service.id);
    const isSame =
      known?.service === service &&
      known.failure?.status === failure?.status &&
      known.failure?.error === failure?.error;
    const rows = this.#addService(service, failure);
    const { namesSource, stateSource } = rows;
    const values = ownValues(rows);
    believe(values, result);
    maintain(values, isInMaintenance);
    rows.isShown = true;
    this.#exposition.observe(stateSource, service.id, known ? { values } : { layout: LAYOUT, values });
    if (isSame) return false;
    const layout = namesOf(service, failure);
    this.#exposition.observe(namesSource, service.id, { layout, values: layout.families.map(() => 1) });
    return true;
  }

  /** A service is gone, and with it everything said of it. */
  remove(id: string): void {
    const known = this.#known.get(id);
    if (!known) return;
    this.#known.delete(id);
    this.#exposition.remove(known.namesSource);
    this.#exposition.remove(known.stateSource);
  }

  /** What is kept of a service. */
  #addService(service: Service, failure: FailureLabels | undefined): ServiceRows {
    const known = this.#known.get(service.id);
    if (known) {
      known.service = service;
      known.failure = failure;
      return known;
    }
    const { id } = service;
    const values = new Array<number>(ROWS.length).fill(0);
    const made = {
      service,
      failure,
      values,
      isShown: false,
      namesSource: `names of ${id}`,
      stateSource: `state of ${id}`,
    };
    this.#known.set(id, made);
    return made;
  }
}

/** Values of a service that may be changed. */
function ownValues(rows: ServiceRows): number[] {
  if (rows.isShown) {
    rows.values = rows.values.slice();
    rows.isShown = false;
  }
  return rows.values;
}

/** Counts a check of a service. */
function countCheck(values: number[], { reason: why, statusCode, responseTime: seconds }: CheckResult): void {
  add(values, AT.probes, 1);
  if (why) add(values, AT.failed + REASONS.indexOf(why), 1);
  if (why !== undefined && statusCode === undefined) return;
  for (let i = BUCKETS.length - 1; i >= 0 && seconds <= (BUCKETS[i] as number); i--)
    add(values, AT.buckets + i, 1);
  add(values, AT.buckets + BUCKETS.length, 1);
  add(values, AT.sum, seconds);
  add(values, AT.count, 1);
}

function add(values: number[], i: number, by: number): void {
  values[i] = (values[i] as number) + by;
}

/** Sets what is believed of a service. */
function believe(values: number[], result: CheckResult | undefined): void {
  const level = result?.level ?? 'unknown';
  const now = result?.status ?? 'unknown';
  const known = level !== 'unknown';
  for (let i = 0; i < STATUSES.length; i++) values[AT.status + i] = STATUSES[i] === now ? 1 : 0;
  values[AT.up] = known ? (level === 'down' ? 0 : 1) : Number.NaN;
  values[AT.slow] = known ? (level === 'slow' ? 1 : 0) : Number.NaN;
  for (let i = 0; i < REASONS.length; i++)
    values[AT.reason + i] = REASONS[i] === result?.reason ? 1 : Number.NaN;
  values[AT.failures] = result ? result.consecutiveFailures : Number.NaN;
  values[AT.lastProbe] = result ? result.at / 1000 : Number.NaN;
}

/** Sets whether a service is in maintenance, once what is believed of it is set. */
function maintain(values: number[], isInMaintenance: boolean): void {
  values[AT.maintenance] = isInMaintenance ? 1 : 0;
  values[AT.maintenanceUp] = isInMaintenance ? (values[AT.up] as number) : Number.NaN;
}

/** What a service is called, and what is the matter with it; each of them 1. */
function namesOf(service: Service, now: FailureLabels | undefined): Layout {
  return layoutOf([
    [info.name, [service.name, service.kind, String(service.critical), service.severity]],
    ...of(dependency.name, service.dependsOn),
    ...(now ? [[failure.name, [now.status, now.error]] satisfies Row] : []),
  ]);
}

function layoutOf(rows: readonly Row[]): Layout {
  return { families: rows.map(([name]) => name), labels: rows.map(([, labels]) => labels) };
}
