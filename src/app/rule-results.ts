// What follows from the rules: the cluster's status, its alerts, how often checks are made. Comes in: statuses and
// evaluations of the query backend; goes out: changes of the rooms, and lines of the log.

import type { FirstChecks } from '../cluster/first-checks.js';
import type { ClusterState } from '../cluster/state.js';
import { type ClusterStatus, UNKNOWN_STATUS } from '../cluster/status.js';
import type { ScanWatchdog } from '../cluster/watchdog.js';
import type { Exposition } from '../metrics/exposition.js';
import type { OwnMetrics } from '../metrics/own.js';
import type { MutedAlert } from '../model/muted.js';
import type { OverallStatus } from '../model/service.js';
import type { Clock, Millis } from '../model/time.js';
import type { CheckRunner } from '../probes/runner.js';
import { PACE } from '../probes/schedule.js';
import type { RuleEvaluation } from '../query/rule-evaluation.js';
import type { AlertWiring } from './alerting.js';
import type { Logger } from './log.js';
import { logAlertChanges, logRuleChanges } from './status-log.js';

interface RuleResultsOptions {
  readonly cluster: ClusterState;
  readonly firstChecks: FirstChecks;
  readonly watchdog: ScanWatchdog;
  readonly checks: Pick<CheckRunner, 'setStatus'>;
  readonly alerts: AlertWiring;
  readonly exposition: Exposition;
  readonly own: OwnMetrics;
  /** Length of a scan while the cluster is healthy. */
  readonly scan: () => Millis;
  /** Alerts that are not sent at a moment. */
  readonly muted: (at: Millis) => readonly MutedAlert[];
  /** Evaluates the rules again. */
  readonly evaluate: () => Promise<void>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/** Takes the rules' results. */
export class RuleResults {
  readonly #options: RuleResultsOptions;
  /** The status as it was logged last. */
  #logged: OverallStatus = UNKNOWN_STATUS.overall;
  /** The status that the checks' pace follows. */
  #pace: OverallStatus | undefined;

  constructor(options: RuleResultsOptions) {
    this.#options = options;
  }

  setStatus(now: ClusterStatus, at: Millis): void {
    const { cluster, own, exposition, checks, watchdog, log } = this.#options;
    const before = cluster.status;
    if (cluster.rulesProblem) log.info({}, 'Rule evaluation recovered');
    cluster.setStatus(now, at);
    own.rulesUp.set(1);
    exposition.markChanged();
    checks.setStatus(now.overall);
    watchdog.setInterval(this.#options.scan() * PACE[now.overall]);
    this.#logStatus(cluster.status.overall);
    this.#adaptPace(now.overall, at);
    // Those of other monitors, which log them, are in both.
    logAlertChanges(log, before, cluster.status);
  }

  #logStatus(to: OverallStatus): void {
    const from = this.#logged;
    this.#logged = to;
    if (to !== from) this.#options.log.info({ from, to }, 'Cluster status changed');
  }

  /** Says how often checks are made now, where the status has changed it. */
  #adaptPace(status: OverallStatus, at: Millis): void {
    const { firstChecks, alerts, log } = this.#options;
    // Before all services are known the status is a guess that ends with the first scan.
    if (this.#pace === undefined && !firstChecks.areAllKnown(at)) return;
    const before = this.#pace ?? 'healthy';
    this.#pace = status;
    if (PACE[status] === PACE[before]) return;
    const interval = `${Math.round(this.#options.scan() * PACE[status]) / 1000} s`;
    log.info({ interval, status }, `Monitoring interval adapted to ${interval} (${status})`);
    const note = status === 'healthy' ? undefined : `adapted to ${interval} (${status})`;
    alerts.alerting.setPace(note, at);
  }

  /** The last status and alerts stay. @param reason why the rules were not evaluated */
  rulesUnavailable(reason: string): void {
    const { cluster, own, exposition, log } = this.#options;
    if (cluster.rulesProblem?.reason !== reason)
      log.error({ err: reason }, 'Rule evaluation failed; the last known status and alerts stay');
    cluster.rulesUnavailable(reason);
    own.rulesUp.set(0);
    exposition.markChanged();
  }

  add({ at, alerts: active, pending, evaluation, duration }: RuleEvaluation): void {
    const { alerts, own, exposition, muted, clock, log } = this.#options;
    const isWanted = alerts.alerting.applyEvaluation({ ...evaluation, at, active, pending }, clock.now());
    if (isWanted) void this.#options.evaluate();
    own.evaluated(evaluation, duration);
    alerts.updateMetrics(muted(clock.now()));
    exposition.markChanged();
    logRuleChanges(log, evaluation);
  }
}
