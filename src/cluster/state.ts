// The current state of the cluster. Comes in: check results, the node's own figures and the rules' result; goes
// out: the latest of each.

import type { Maintenance } from '../model/maintenance.js';
import type { CheckResult, Level } from '../model/result.js';
import type { Service } from '../model/service.js';
import type { Millis } from '../model/time.js';
import type { HostFacts } from '../probes/kinds/host.js';
import { joinStatuses, type OthersStatus } from './shard-status.js';
import { type ClusterStatus, UNKNOWN_STATUS } from './status.js';

interface ServiceState {
  service: Service;
  /** The confirmed level. */
  level: Level;
  /** The last result that was not healthy: what an alert shows while recovery waits to be confirmed. */
  lastFailure: CheckResult | undefined;
  result: CheckResult | undefined;
}

/** Why a part of the state is not current. */
export interface StateProblem {
  readonly reason: string;
  /** Wall clock of the last one that was; undefined before the first. */
  readonly since: Millis | undefined;
}

/** A service's confirmed level has changed. */
export interface LevelChange {
  readonly service: Service;
  readonly from: Level;
  readonly to: Level;
  readonly result: CheckResult;
}

/** The latest result of every service. */
export class ClusterState {
  readonly #states = new Map<string, ServiceState>();
  #node: HostFacts | undefined;
  #maintenance: ReadonlyMap<string, Maintenance> = new Map();
  #status: ClusterStatus = UNKNOWN_STATUS;
  #statusAt: Millis | undefined;
  #rulesProblem: string | undefined;
  /** No result has come since {@link workerLost}. */
  #isWorkerLost = false;
  /** A critical service that another monitor checks is unknown. */
  #isShardMissing = false;
  #shardsProblem: string | undefined;
  /** When the storage last said what other monitors see, wall clock. */
  #shardsAt: Millis | undefined;
  /** What the rules of other monitors find, and together with the own status. */
  #others: OthersStatus | undefined;
  #joined: ClusterStatus = UNKNOWN_STATUS;
  #version = 0;
  #servicesVersion = 0;
  readonly #watchers = new Set<() => void>();
  #lastCheck: Millis | undefined;

  /** Changes with everything the state shows. */
  get version(): number {
    return this.#version;
  }

  /** Changes with the services, with their statuses and the words of these, but not with other figures of every check. */
  get servicesVersion(): number {
    return this.#servicesVersion;
  }

  /** Calls a function after every change, until the returned one is called. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => void this.#watchers.delete(onChange);
  }

  get status(): ClusterStatus {
    return this.#joined;
  }

  /** What keeps the rules from being evaluated; undefined while the status is current. */
  get rulesProblem(): StateProblem | undefined {
    const reason = this.#rulesProblem;
    return reason === undefined ? undefined : { reason, since: this.#statusAt };
  }

  /** Stores the latest rule evaluation result. @param at wall clock */
  setStatus(status: ClusterStatus, at: Millis): void {
    // It may be about results from before the worker was lost.
    this.#status = this.#isWorkerLost ? notHealthy(status) : status;
    this.#statusAt = at;
    this.#rulesProblem = undefined;
    this.#statusChanged();
  }

  /** The rules could not be evaluated; the last status stays. */
  rulesUnavailable(reason: string): void {
    this.#rulesProblem = reason;
    this.#changed();
  }

  /** Whether a critical service that another monitor checks is unknown: then the cluster is not healthy, whatever the rules see. */
  setShardMissing(isMissing: boolean): void {
    if (this.#isShardMissing === isMissing) return;
    this.#isShardMissing = isMissing;
    this.#statusChanged();
  }

  /** What keeps the services that other monitors check from being known; undefined while they are. */
  get shardsProblem(): StateProblem | undefined {
    const reason = this.#shardsProblem;
    return reason === undefined ? undefined : { reason, since: this.#shardsAt };
  }

  /** Whether the storage said what other monitors see: the reason why not, one line. @param at wall clock */
  setShardsProblem(reason: string | undefined, at: Millis): void {
    if (reason === undefined) this.#shardsAt = at;
    if (reason === this.#shardsProblem) return;
    this.#shardsProblem = reason;
    this.#changed();
  }

  /** What the rules of monitors find that check other services; undefined where the own rules see all. */
  setOthersStatus(status: OthersStatus | undefined): void {
    if (JSON.stringify(status) === JSON.stringify(this.#others)) return;
    this.#others = status;
    this.#statusChanged();
  }

  /** The maintenance a service is in. */
  maintenance(id: string): Maintenance | undefined {
    return this.#maintenance.get(id);
  }

  /** Which services are in maintenance, by id. */
  setMaintenance(maintenance: ReadonlyMap<string, Maintenance>): void {
    this.#maintenance = maintenance;
    this.#changed();
  }

  get node(): HostFacts | undefined {
    return this.#node;
  }

  /** When the latest result came, wall clock. */
  get lastCheck(): Millis | undefined {
    return this.#lastCheck;
  }

  get services(): Service[] {
    return [...this.#states.values()].map(state => state.service);
  }

  service(id: string): Service | undefined {
    return this.#states.get(id)?.service;
  }

  has(id: string): boolean {
    return this.#states.has(id);
  }

  result(id: string): CheckResult | undefined {
    return this.#states.get(id)?.result;
  }

  /** The last failure of a service that is down or slow; undefined while it is up or unknown. */
  lastFailure(id: string): CheckResult | undefined {
    const state = this.#states.get(id);
    return state && (state.level === 'down' || state.level === 'slow') ? state.lastFailure : undefined;
  }

  /** Replaces the services, in the order they are shown in. Those that stay keep their state. */
  setServices(services: readonly Service[]): void {
    const before = new Map(this.#states);
    this.#states.clear();
    for (const service of services) {
      const known = before.get(service.id);
      const state = known?.service.kind === service.kind ? known : emptyState(service);
      state.service = service;
      this.#states.set(service.id, state);
    }
    this.#servicesVersion++;
    this.#changed();
  }

  /** Stores a service's result; returns the change of its level, if any. Results of removed services are ignored. */
  update(result: CheckResult): LevelChange | undefined {
    const state = this.#states.get(result.target);
    if (!state) return undefined;
    const from = state.level;
    if (state.result?.status !== result.status || state.result.error !== result.error)
      this.#servicesVersion++;
    state.result = result;
    state.level = result.level;
    if (result.error !== undefined && !(from === 'slow' && isSameSlowness(state.lastFailure, result)))
      state.lastFailure = result;
    this.#lastCheck = result.at;
    this.#isWorkerLost = false;
    this.#changed();
    return result.level === from ? undefined : { service: state.service, from, to: result.level, result };
  }

  /** Resets all services to unknown: the cluster is not healthy while nothing is checked. */
  workerLost(): void {
    for (const [id, { service }] of this.#states) this.#states.set(id, emptyState(service));
    this.#isWorkerLost = true;
    this.#servicesVersion++;
    this.#status = notHealthy(this.#status);
    this.#statusChanged();
  }

  setNode(facts: HostFacts): void {
    this.#node = facts;
    this.#changed();
  }

  /** Something that is shown with the state has changed. */
  notifyChanged(): void {
    this.#changed();
  }

  #statusChanged(): void {
    const joined = joinStatuses(this.#status, this.#others);
    // What the rules find of all may be from before the worker was lost, too.
    this.#joined = this.#isShardMissing || this.#isWorkerLost ? notHealthy(joined) : joined;
    this.#changed();
  }

  #changed(): void {
    this.#version++;
    for (const notify of this.#watchers) notify();
  }
}

function notHealthy(status: ClusterStatus): ClusterStatus {
  return status.overall === 'healthy' ? { ...status, overall: 'degraded' } : status;
}

/**
 * Whether a service is slow in the same words but for how slow: the text of an alert must not change with every check.
 */
function isSameSlowness(before: CheckResult | undefined, now: CheckResult): boolean {
  const words = ({ error = '' }: CheckResult) => error.replace(/^Slow: [^,]*/, '');
  return before?.status === 'degraded' && now.status === 'degraded' && words(before) === words(now);
}

function emptyState(service: Service): ServiceState {
  return { service, level: 'unknown', lastFailure: undefined, result: undefined };
}
