// The cluster state in the document's JSON. A service's part is written once per result and spliced in from then on, so that
// a thousand services cost no more per answer than they changed.

import type { Maintenance } from '../model/maintenance.js';
import type { MutedAlert } from '../model/muted.js';
import type { CheckResult } from '../model/result.js';
import type { Service } from '../model/service.js';
import { isoLocal, type Millis } from '../model/time.js';
import type { HostFacts } from '../probes/kinds/host.js';
import type { ClusterState, StateProblem } from './state.js';
import { alertLine } from './status.js';

/** The cluster at a moment. The rules' evaluation of it may come later. */
export interface ClusterSnapshot {
  /** Wall clock. */
  readonly at: Millis;
  /** Monotonic clock. */
  readonly elapsed: Millis;
  /** Services by id, as JSON text. */
  readonly services: string;
  /** The document's `cluster_stats`, as JSON text. */
  readonly stats: string;
}

/** What a service's text was written from. */
interface ServiceJson {
  readonly result: CheckResult | undefined;
  readonly service: Service;
  readonly maintenance: Maintenance | undefined;
  readonly text: string;
}

/** How much later than after its interval a scan may end, on a busy machine, before one counts as missing. */
const LATENESS: Millis = 3000;

/** Writes `/cluster_health` and the entries of `/history`. */
export class HealthWriter {
  readonly #cluster: ClusterState;
  readonly #startedAt: Millis;
  readonly #muted: (at: Millis) => readonly MutedAlert[];
  /** When the last entry of the history was, or the start. */
  #entryAt: Millis;
  /** The interval of scans by then. */
  #interval: Millis = 0;
  readonly #parts = new Map<string, ServiceJson>();

  /** @param startedAt When the monitor started, by the monotonic clock. @param muted What is not sent at a moment. */
  constructor(
    cluster: ClusterState,
    startedAt: Millis,
    muted: (at: Millis) => readonly MutedAlert[] = () => [],
  ) {
    this.#cluster = cluster;
    this.#muted = muted;
    this.#startedAt = startedAt;
    this.#entryAt = startedAt;
  }

  /** Seconds since the monitor started. */
  uptime(elapsed: Millis): number {
    return Number(((elapsed - this.#startedAt) / 1000).toFixed(3));
  }

  /** The cluster as JSON text. @param at wall clock @param elapsed monotonic clock */
  write(at: Millis, elapsed: Millis): string {
    const text = this.writeSnapshot(this.snapshot(at, elapsed));
    const muted = this.#muted(at).map(mutedPart);
    return muted.length === 0 ? text : `${text.slice(0, -1)},"muted":${JSON.stringify(muted)}}`;
  }

  /** Takes a snapshot of the current cluster state. @param at wall clock @param elapsed monotonic clock */
  snapshot(at: Millis, elapsed: Millis): ClusterSnapshot {
    const services = this.#cluster.services;
    const stats = {
      local_node: localNode(this.#cluster.node),
      total_services: services.length,
      monitoring_uptime: this.uptime(elapsed),
    };
    const parts = services.map(service => this.#part(service));
    return { at, elapsed, services: `{${parts.join(',')}}`, stats: JSON.stringify(stats) };
  }

  /**
   * An entry of `/history`: what was seen, and the time it stands for, since the entry before it. Where scans are missing in
   * between (the process was stopped, the machine slept) what happened is not known: then it stands for one interval.
   * @param interval between two scans now
   */
  writeEntry(snapshot: ClusterSnapshot, interval: Millis): string {
    const passed = Math.max(0, snapshot.elapsed - this.#entryAt);
    // The pace may have changed with this scan.
    const usual = Math.max(interval, this.#interval);
    const duration = passed > usual + Math.max(usual, LATENESS) ? usual : passed;
    this.#entryAt = snapshot.elapsed;
    this.#interval = interval;
    return `${this.writeSnapshot(snapshot).slice(0, -1)},"duration":${Math.round(duration) / 1000}}`;
  }

  /** A snapshot with the current status, as JSON text. */
  writeSnapshot({ at, services, stats }: ClusterSnapshot): string {
    const { status, rulesProblem, shardsProblem } = this.#cluster;
    const note = (name: string, problem: StateProblem | undefined) =>
      problem ? `,"${name}":${JSON.stringify(problemText(problem, at))}` : '';
    return (
      `{"timestamp":"${isoLocal(at)}","overall_status":"${status.overall}","services":${services},` +
      `"cluster_stats":${stats},"alerts":${JSON.stringify(status.alerts.map(alertLine))}` +
      `${note('rules', rulesProblem)}${note('shards', shardsProblem)}}`
    );
  }

  /** Lets go of services that are no longer there. */
  trim(): void {
    for (const id of this.#parts.keys()) if (!this.#cluster.has(id)) this.#parts.delete(id);
  }

  #part(service: Service): string {
    const result = this.#cluster.result(service.id);
    const maintenance = this.#cluster.maintenance(service.id);
    const known = this.#parts.get(service.id);
    if (known?.result === result && known?.service === service && known.maintenance === maintenance)
      return known.text;
    // A text that is added up would be kept with all its pieces; one that is joined is not.
    const text = [JSON.stringify(service.id), ':', ...servicePart(service, result, maintenance)].join('');
    this.#parts.set(service.id, { result, service, maintenance, text });
    return text;
  }
}

/** A muted alert in the words of the endpoints. */
export function mutedPart({ service, severity, message, mutes }: MutedAlert) {
  return { service, severity, message, muted_by: mutes.map(({ text }) => text) };
}

/** Why a part of the state is not of this moment, and how old it is. */
export function problemText({ reason, since }: StateProblem, at: Millis): string {
  const age =
    since === undefined ? 'nothing is known yet' : `state of ${Math.round((at - since) / 1000)} s ago`;
  return `${reason}; ${age}`;
}

function localNode(node: HostFacts | undefined): Record<string, number | undefined> {
  // What has not been measured yet is left out: the document's own code compares these with numbers.
  const { cpu_percent, memory, disk } = node ?? {};
  return { cpu_percent, memory_percent: memory?.percent, disk_percent: disk?.percent };
}

function servicePart(
  service: Service,
  result: CheckResult | undefined,
  maintenance: Maintenance | undefined,
): string[] {
  const { name, critical, group, isHidden, shard } = service;
  const planned = maintenance && { until: isoLocal(maintenance.until), comment: maintenance.comment };
  const front = JSON.stringify({
    name,
    critical,
    group,
    hidden: isHidden,
    maintenance: planned,
    seen_by: shard && { shard: shard.index, of: shard.of },
  });
  return [front.slice(0, -1), ',"health":', ...healthOf(result, service), '}'];
}

/** The document's `health` object as JSON text, in pieces. */
function healthOf(result: CheckResult | undefined, { shard, isElsewhere }: Service): string[] {
  if (!result && isElsewhere)
    return [
      `{"status":"unknown","error":"Checked by shard ${shard?.index}; its state is shown here once query.url has it"}`,
    ];
  if (!result) return ['{"status":"unknown","error":"Not checked yet"}'];
  const front = JSON.stringify({
    status: result.status,
    response_time: Math.round(result.responseTime * 1e6) / 1e6,
    status_code: result.statusCode,
    error: result.error,
    ...result.details,
  });
  return [
    front.slice(0, -1),
    ...(result.data === undefined ? [] : [',"data":', result.data]),
    `,"last_check":"${isoLocal(result.at)}","since":"${isoLocal(result.since)}"`,
    `,"consecutive_failures":${result.consecutiveFailures}}`,
  ];
}
