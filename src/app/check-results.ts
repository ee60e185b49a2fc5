// Hands the checks' results to the rooms: the cluster's state, the metrics, the recent answers. Comes in: results, and the
// end of the thread that makes them; goes out: an evaluation of the rules where something has changed.

import type { FirstChecks } from '../cluster/first-checks.js';
import type { FirstFailures } from '../cluster/first-failures.js';
import type { Refresher } from '../cluster/on-demand.js';
import type { RecentResults } from '../cluster/recent-results.js';
import type { ClusterState } from '../cluster/state.js';
import type { Exposition } from '../metrics/exposition.js';
import type { OwnMetrics } from '../metrics/own.js';
import { failureLabelsOf, type ServiceMetrics } from '../metrics/services.js';
import type { Maintenance } from '../model/maintenance.js';
import type { CheckResult } from '../model/result.js';
import type { Clock } from '../model/time.js';
import { LeftOutLog } from './left-out-log.js';
import type { Logger } from './log.js';
import type { ChangeWriter } from './shard-change-writer.js';
import { logLevelChange } from './status-log.js';

interface CheckResultsOptions {
  readonly cluster: ClusterState;
  readonly firstChecks: FirstChecks;
  readonly firstFailures: FirstFailures;
  readonly recent: RecentResults;
  readonly refresher: Refresher;
  readonly exposition: Exposition;
  readonly services: ServiceMetrics;
  readonly own: OwnMetrics;
  /** Has monitors that do not check a service know of its changes. */
  readonly changes: Pick<ChangeWriter, 'add'>;
  /** The name of the monitoring node, whose own figures are a result too. */
  readonly node: () => string;
  /** What is believed of some service has changed. */
  readonly onLevelChange: () => void;
  /** Evaluates the rules; resolves when they have been. */
  readonly evaluate: () => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/** What is known of the services, by their checks. */
export class CheckResults {
  readonly #options: CheckResultsOptions;
  readonly #leftOut: LeftOutLog;
  /** Whether the metric says that the thread runs. */
  #isWorkerShownUp = false;

  constructor(options: CheckResultsOptions) {
    this.#options = options;
    this.#leftOut = new LeftOutLog(options.log);
  }

  /** Takes a result; of an unknown service it is ignored. */
  add(result: CheckResult): void {
    const { cluster, firstChecks, firstFailures, exposition, services, recent, refresher, clock, log } =
      this.#options;
    if (!this.#isWorkerShownUp) this.#showWorker(true);
    if (result.target === this.#options.node()) {
      this.#addNode(result);
      return;
    }
    if (!cluster.has(result.target)) return;
    const change = cluster.update(result);
    if (change) this.#options.onLevelChange();
    this.#options.changes.add(result);
    firstFailures.add(result);
    if (result.level !== 'unknown') firstChecks.checked(result.target, clock.now());
    exposition.observe(result.target, result.target, result.readings);
    services.count(result);
    recent.add(result);
    this.#leftOut.log(result);
    const isNews = this.showState(result.target);
    if (change) logLevelChange(log, change);
    if (!change && !isNews) refresher.resolved(result.target);
    // Callers that wait for the result get it together with the rules' evaluation of it.
    else void this.#options.evaluate().then(() => refresher.resolved(result.target));
  }

  #addNode(result: CheckResult): void {
    const { exposition, cluster, log } = this.#options;
    exposition.observe(hostSource(result.target), result.target, result.readings);
    if (result.facts?.host) cluster.setNode(result.facts.host);
    if (result.error) log.warn({ target: result.target, err: result.error }, 'Node could not be measured');
  }

  /** Nothing is known of any service until the thread that makes the checks is back. */
  workerLost(reason: string): void {
    const { own, cluster, exposition, log } = this.#options;
    log.error(
      { err: reason },
      'The thread that makes the checks died; every service is unknown until it is back',
    );
    this.#showWorker(false);
    own.workerRestarts.inc();
    cluster.workerLost();
    this.#options.onLevelChange();
    for (const { id } of cluster.services) {
      exposition.remove(id);
      this.showState(id);
    }
    this.removeNode(this.#options.node());
    void this.#options.evaluate();
  }

  #showWorker(isUp: boolean): void {
    this.#isWorkerShownUp = isUp;
    this.#options.own.workerUp.set(isUp ? 1 : 0);
  }

  setMaintenance(now: ReadonlyMap<string, Maintenance>): void {
    const { cluster, exposition } = this.#options;
    cluster.setMaintenance(now);
    for (const { id } of cluster.services) this.showState(id);
    exposition.markChanged();
  }

  /** A service's state as metrics, with its names where they may have changed: then true. */
  showState(id: string): boolean {
    const { cluster, services } = this.#options;
    const service = cluster.service(id);
    // Only the monitor that checks a service has metrics of it.
    if (!service || service.isElsewhere) return false;
    const failure = failureLabelsOf(cluster.lastFailure(id));
    const isInMaintenance = cluster.maintenance(id) !== undefined;
    return services.update(service, cluster.result(id), failure, isInMaintenance);
  }

  /** Forgets a service. */
  remove(id: string): void {
    const { exposition, services, recent, firstFailures, refresher } = this.#options;
    exposition.remove(id);
    services.remove(id);
    recent.remove(id);
    firstFailures.remove(id);
    this.#leftOut.remove(id);
    refresher.resolved(id);
  }

  /** Forgets the figures of a node by its name. */
  removeNode(node: string): void {
    this.#options.exposition.remove(hostSource(node));
  }
}

function hostSource(node: string): string {
  return `host ${node}`;
}
