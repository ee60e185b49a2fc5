// What the monitor says of itself: prom-client's own counters and gauges.

import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import type { Shard } from '../model/service.js';
import { AnswerCounter } from './answer-counter.js';

/** What {@link OwnMetrics.setSamples} shows; sizes in bytes. */
interface SamplesFigures {
  readonly series: number;
  readonly samplesAppended: number;
  readonly bytes: number;
  readonly errors: number;
  readonly problem: string | undefined;
  readonly damage: DamageFigures;
}

/** Rows found damaged since the start; milliseconds. */
interface DamageFigures {
  readonly rows: number;
  readonly at: number | undefined;
}

/** How late checks start: a few milliseconds on a machine that keeps up; seconds. */
const LAG_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The program's own metrics in one registry. */
export class OwnMetrics {
  readonly #reloadOk: Gauge;
  readonly #reloadAt: Gauge;
  readonly scans: Counter;
  /** Seconds. */
  readonly scanLag: Gauge;
  /** Seconds. */
  readonly checkStartLag: Histogram;
  readonly scanDuration: Gauge;
  readonly #checksLimit: Gauge;
  readonly #checksRequired: Gauge;
  readonly #checksRecommended: Gauge;
  readonly workerUp: Gauge;
  readonly workerRestarts: Counter;
  readonly #storeUp: Gauge;
  readonly #storeSize: Gauge;
  readonly #storeErrors: Counter;
  readonly #storePending: Gauge;
  readonly #damagedRows: Counter<'file'>;
  readonly #damagedAt: Gauge<'file'>;
  readonly #samplesUp: Gauge<'none'>;
  readonly #samplesSize: Gauge<'none'>;
  readonly #samplesSeries: Gauge<'none'>;
  readonly #samplesAppended: Counter;
  readonly #samplesErrors: Counter;
  /** 1 while status and alerts are of the rules' last word. */
  readonly rulesUp: Gauge;
  readonly #evaluations: Counter;
  readonly #evaluationFailures: Counter;
  readonly #evaluationDuration: Gauge;
  readonly #requests: AnswerCounter;
  readonly #links: Gauge<'runbook' | 'dashboards'>;
  readonly #shard: Gauge<'shard' | 'of'>;
  /** Of which the size is read. */
  #store: { readonly size: number } | undefined;
  #storeErrorsSeen = 0;
  readonly #damageSeen = new Map<string, number>();
  #samplesSeen = { appended: 0, errors: 0 };

  constructor(registry: Registry, build: { version: string }) {
    const registers = [registry];
    const gauge = (name: string, help: string) =>
      new Gauge({ name: `langgraph_monitor_${name}`, help, registers });
    const counter = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
      new Counter<L>({ name: `langgraph_monitor_${name}`, help, labelNames, registers });
    this.#reloadOk = gauge(
      'config_last_reload_successful',
      'Whether the last reload of the configuration succeeded',
    );
    this.#reloadAt = gauge(
      'config_last_reload_success_timestamp_seconds',
      'When the configuration was last taken up, as a Unix timestamp',
    );
    this.scans = counter('scans_total', 'Scans ended');
    this.scanLag = gauge('scan_lag_seconds', 'The longest a check of the last scan waited past its due time');
    this.checkStartLag = new Histogram({
      name: 'langgraph_monitor_check_start_lag_seconds',
      help: 'How long checks waited past their due times',
      buckets: LAG_BUCKETS,
      registers,
    });
    this.scanDuration = gauge('scan_duration_seconds', 'How long checks of the last scan were under way');
    this.#checksLimit = gauge('concurrent_checks_limit', 'Checks that may be under way at once');
    this.#checksRequired = gauge(
      'concurrent_checks_required',
      'Checks under way at once below which the intervals cannot be kept while every service hangs',
    );
    this.#checksRecommended = gauge(
      'concurrent_checks_recommended',
      'Checks under way at once with which no service waits for one that hangs',
    );
    this.workerUp = gauge('probe_worker_up', 'Whether the thread that makes the checks is running');
    this.workerRestarts = counter(
      'probe_worker_restarts_total',
      'Times the thread that makes the checks died',
    );
    this.#storeUp = gauge('store_up', 'Whether the last write to the store succeeded');
    // Asks the file system, so it is measured when it is collected.
    const readSize = () => this.#storeSize.set(this.#store?.size ?? 0);
    this.#storeSize = new Gauge({
      name: 'langgraph_monitor_store_size_bytes',
      help: 'Size of the store on disk',
      registers,
      collect: readSize,
    });
    this.#storeErrors = counter('store_errors_total', 'Failed writes to the store');
    this.#storePending = gauge(
      'store_pending_scans',
      'Scans kept in memory until the store can be written again',
    );
    this.#damagedRows = counter('storage_damaged_rows_total', 'Rows found damaged on disk and left out', [
      'file',
    ]);
    this.#damagedAt = new Gauge({
      name: 'langgraph_monitor_storage_damage_timestamp_seconds',
      help: 'When damage was last found on disk, as a Unix timestamp; absent while none was',
      labelNames: ['file'],
      registers,
    });
    // Without the label, which is never set, there is no series: in remote mode there are no samples here.
    const absent = (name: string, help: string) =>
      new Gauge<'none'>({ name: `langgraph_monitor_${name}`, help, labelNames: ['none'], registers });
    this.#samplesUp = absent('samples_up', 'Whether the last write of samples succeeded');
    this.#samplesSize = absent('samples_size_bytes', 'Size of the samples on disk');
    this.#samplesSeries = absent('samples_series', 'Series kept');
    this.#samplesAppended = counter('samples_appended_total', 'Samples written');
    this.#samplesErrors = counter('samples_errors_total', 'Failed operations on the samples');
    this.rulesUp = gauge('rules_up', 'Whether the rules could be asked the last time');
    this.#evaluations = counter('rule_evaluations_total', 'Rules evaluated');
    this.#evaluationFailures = counter('rule_evaluation_failures_total', 'Rules that failed');
    this.#evaluationDuration = gauge(
      'rule_evaluation_duration_seconds',
      'How long the last evaluation of the rules took',
    );
    this.#requests = new AnswerCounter(
      'langgraph_monitor_http_requests_total',
      'Requests answered',
      registry,
    );
    this.#links = new Gauge({
      name: 'langgraph_monitor_links_info',
      help: 'Where alerts lead: what to put before the name of a section or of a dashboard; always 1',
      labelNames: ['runbook', 'dashboards'],
      registers,
    });
    this.#shard = new Gauge({
      name: 'langgraph_monitor_shard_info',
      help: 'Which of several monitors that share the services this one is; always 1, absent where it has all',
      labelNames: ['shard', 'of'],
      registers,
    });
    const info = new Gauge({
      name: 'langgraph_monitor_build_info',
      help: 'The program and what runs it; always 1',
      labelNames: ['version', 'nodeversion'],
      registers,
    });
    info.set({ version: build.version, nodeversion: process.version }, 1);
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 500 });
    withoutSampleNaN(registry.getSingleMetric('nodejs_eventloop_lag_min_seconds'));
  }

  /** How many checks may be under way at once, and how many would have to be. */
  setConcurrency(checks: { limit: number; required: number; recommended: number }): void {
    this.#checksLimit.set(checks.limit);
    this.#checksRequired.set(checks.required);
    this.#checksRecommended.set(checks.recommended);
  }

  /** How the store is doing. */
  setStore(store: {
    problem: string | undefined;
    readonly size: number;
    errors: number;
    pending: number;
    damage: DamageFigures;
  }): void {
    this.#setDamage('monitor.db', store.damage);
    this.#storeUp.set(store.problem === undefined ? 1 : 0);
    this.#store = store;
    this.#storePending.set(store.pending);
    this.#storeErrors.inc(store.errors - this.#storeErrorsSeen);
    this.#storeErrorsSeen = store.errors;
  }

  /** The state of the local samples; undefined in remote mode. */
  setSamples(status: SamplesFigures | undefined): void {
    if (!status) {
      for (const gauge of [this.#samplesUp, this.#samplesSize, this.#samplesSeries]) gauge.reset();
      return;
    }
    this.#setDamage('samples.db', status.damage);
    this.#samplesUp.set(status.problem === undefined ? 1 : 0);
    this.#samplesSize.set(status.bytes);
    this.#samplesSeries.set(status.series);
    const { appended, errors } = this.#samplesSeen;
    // A restarted thread counts from 0.
    this.#samplesAppended.inc(growth(appended, status.samplesAppended));
    this.#samplesErrors.inc(growth(errors, status.errors));
    this.#samplesSeen = { appended: status.samplesAppended, errors: status.errors };
  }

  #setDamage(file: string, { rows, at }: DamageFigures): void {
    const seen = this.#damageSeen.get(file);
    // As nearly always: prom-client checks and hashes the label each time.
    if (rows === seen) return;
    this.#damagedRows.inc({ file }, growth(seen ?? 0, rows));
    this.#damageSeen.set(file, rows);
    if (at !== undefined) this.#damagedAt.set({ file }, at / 1000);
  }

  /** Rules were evaluated. @param duration of all of them, milliseconds */
  evaluated({ rules, failures }: { rules: number; failures: number }, duration: number): void {
    this.#evaluations.inc(rules);
    this.#evaluationFailures.inc(failures);
    this.#evaluationDuration.set(duration / 1000);
  }

  /** A request was answered. */
  answered(handler: string, code: number): void {
    this.#requests.count(handler, code);
  }

  /** Where alerts lead, for their annotations; the name of an alert or of a dashboard is put behind. */
  setLinks(links: { runbook: string; dashboards: string }): void {
    this.#links.reset();
    this.#links.set(links, 1);
  }

  /** Which of several monitors this one is; undefined: it has all services. */
  setShard(shard: Shard | undefined): void {
    this.#shard.reset();
    if (shard) this.#shard.set({ shard: String(shard.index), of: String(shard.of) }, 1);
  }

  /** The configuration was read again. @param at Milliseconds. */
  reloaded(successful: boolean, at: number): void {
    this.#reloadOk.set(successful ? 1 : 0);
    if (successful) this.#reloadAt.set(at / 1000);
  }
}

/** How much a counter grew that may have been reset. */
function growth(before: number, now: number): number {
  return now >= before ? now - before : now;
}

/** What Node's histogram of delays says as its least while it has no sample: 2^63 - 1 nanoseconds. */
const NO_SAMPLE_SECONDS = 9e9;

/** Makes a least delay of no samples NaN, as the mean beside it is. */
function withoutSampleNaN(metric: unknown): void {
  if (!(metric instanceof Gauge)) return;
  const set = metric.set.bind(metric) as (labels: object, value: number) => void;
  const checked = (labels: object, value: number) =>
    set(labels, value >= NO_SAMPLE_SECONDS ? Number.NaN : value);
  Object.assign(metric, { set: checked });
}
