// Reports of the past: those of the API, those that are sent by schedule, and the roll-ups they rest on.
// Comes in: the configuration, and questions; goes out: reports and messages.

import { receiverKinds } from '../alertmanager/receivers/index.js';
import type { AuditTrail } from '../alerts/audit-trail.js';
import { Analyst } from '../analysis/analyst.js';
import { DeepAnalysis } from '../analysis/deep-analysis.js';
import { HourlyFigures } from '../analysis/hours/hourly-figures.js';
import { RollupJob } from '../analysis/rollup-job.js';
import type { ReportMetrics } from '../metrics/reports.js';
import type { Service } from '../model/service.js';
import { type Clock, type Millis, systemClock } from '../model/time.js';
import type { QueryEngine } from '../query/engine.js';
import { ReportJob } from '../report/report-job.js';
import type { Store } from '../store/store.js';
import type { Configuration } from './configuration.js';
import type { Logger } from './log.js';

/** Queries of reports are long: short queries of others go first. */
const BACKGROUND = { isBackground: true };

interface ReportingOptions {
  readonly engine: Pick<QueryEngine, 'instant' | 'range'>;
  readonly store: Store;
  readonly audit: AuditTrail;
  /** Where what becomes of reports is counted. */
  readonly metrics: ReportMetrics;
  readonly services: () => readonly Service[];
  /** How long samples are kept; undefined where another Prometheus has them. */
  readonly retention: () => Millis | undefined;
  /** Where people reach the monitor, without a slash at the end. */
  readonly externalUrl: () => string;
  readonly version: string;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** The caller must close it. */
export class Reporting {
  readonly analyst: Analyst;
  readonly #deep: DeepAnalysis;
  readonly #rollups: RollupJob;
  readonly #reports: ReportJob;

  constructor(options: ReportingOptions) {
    const {
      engine,
      store,
      audit,
      metrics,
      services,
      retention,
      externalUrl,
      version,
      clock = systemClock,
    } = options;
    const log = (level: 'debug' | 'info' | 'warn', message: string, fields: Record<string, unknown>) =>
      options.log[level](fields, message);
    const background = {
      instant: (query: string, at: Millis) => engine.instant(query, at, BACKGROUND),
      range: (query: string, range: Parameters<QueryEngine['range']>[1]) =>
        engine.range(query, range, BACKGROUND),
    };
    const hourly = new HourlyFigures({ engine: background, clock, store: store.hours });
    const shared = { engine: background, hourly, clock };
    this.analyst = new Analyst({ ...shared, services, rollups: store.days });
    this.#rollups = new RollupJob({ ...shared, store: store.days, retention, log });
    this.#deep = new DeepAnalysis({ analyst: this.analyst, clock, log });
    this.#reports = new ReportJob({
      ...{
        analyst: this.analyst,
        audit,
        states: store.states,
        kinds: receiverKinds,
        externalUrl,
        version,
        clock,
        log,
      },
      onPlan: ways => metrics.initialize(ways),
      onSent: (way, at) => {
        metrics.sent(way, at);
        const details = { report: way.report, integration: way.id };
        audit.add({ at, event: 'report sent', by: 'schedule', details });
      },
      onFailed: (way, at) => metrics.failed(way, at),
    });
  }

  /** @throws ConfigError when a receiver cannot be opened; everything goes on as before */
  configure({ reports }: Configuration): void {
    this.#reports.configure(reports);
  }

  async close(): Promise<void> {
    this.#deep.close();
    this.#rollups.close();
    await this.#reports.close();
  }
}
