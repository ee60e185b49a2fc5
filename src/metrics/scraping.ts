// Scraping of other targets as metrics, under Prometheus' names. Comes in: what became of scrapes, and what discovery has found;
// goes out: counters and gauges, which are not there before something is to be scraped.
// Source: Prometheus, scrape/metrics.go, discovery/metrics.go.

import { Counter, Gauge, type Registry } from 'prom-client';
import type { AppendResult } from '../model/scrape.js';

/** How a scrape ended before its samples were stored. */
interface ScrapeOutcome {
  /** Empty when nothing went wrong. */
  readonly error: string;
}

/** A job's targets. */
export interface PoolFigures {
  readonly job: string;
  readonly targets: number;
  /** Targets that were dropped by relabelling included. */
  readonly discovered: number;
  /** There are more targets than `target_limit` allows. */
  readonly isOverLimit: boolean;
}

/** Mechanisms of discovery by their names in Prometheus, and the counter of each one's failures. */
const FAILURES = {
  file: ['prometheus_sd_file_read_errors_total', 'Files of targets that could not be read'],
  dns: ['prometheus_sd_dns_lookup_failures_total', 'DNS lookups of targets that failed'],
  http: ['prometheus_sd_http_failures_total', 'Requests for targets over HTTP that failed'],
} as const;
const SCRAPE = 'scrape';

export type DiscoveryMechanism = keyof typeof FAILURES;

/** Reasons for which a whole page is refused, as the scrape's error begins, and their counters. */
const REFUSED = [
  ['sample limit exceeded', 'exceeded_sample_limit', 'Scrapes with more samples than sample_limit allows'],
  [
    'body size limit exceeded',
    'exceeded_body_size_limit',
    'Scrapes with more bytes than body_size_limit allows',
  ],
] as const;
const REJECTED = [
  [
    'duplicates',
    'sample_duplicate_timestamp',
    'Samples left out: their series has another value at that time',
  ],
  ['outOfOrder', 'sample_out_of_order', 'Samples left out: older than the newest of their series'],
  ['outOfBounds', 'sample_out_of_bounds', 'Samples left out: their time is too far from the scrape'],
] as const;

/** The metrics in one registry. */
export class ScrapeMetrics {
  readonly #refused: readonly (readonly [error: string, counter: Counter<'none'>])[];
  readonly #rejected: readonly (readonly [field: keyof AppendResult, counter: Counter<'none'>])[];
  readonly #failures: ReadonlyMap<DiscoveryMechanism, Counter<'none'>>;
  readonly #overLimit: Counter<'none'>;
  readonly #targets: Gauge<'scrape_job'>;
  readonly #syncs: Counter<'scrape_job'>;
  readonly #discovered: Gauge<'config' | 'name'>;
  #isUsed = false;

  constructor(registry: Registry) {
    const registers = [registry];
    // With a label that is never set there is no series before the first increase.
    const counter = (name: string, help: string) =>
      new Counter<'none'>({ name, help, labelNames: ['none'], registers });
    const ofScrapes = (name: string, help: string) =>
      counter(`prometheus_target_scrapes_${name}_total`, help);
    this.#refused = REFUSED.map(([error, name, help]) => [error, ofScrapes(name, help)]);
    this.#rejected = REJECTED.map(([field, name, help]) => [field, ofScrapes(name, help)]);
    this.#failures = new Map(
      Object.entries(FAILURES).map(([kind, [name, help]]) => [
        kind as DiscoveryMechanism,
        counter(name, help),
      ]),
    );
    this.#overLimit = counter(
      'prometheus_target_scrape_pool_exceeded_target_limit_total',
      'Times a job had more targets than target_limit allows',
    );
    this.#targets = new Gauge({
      name: 'prometheus_target_scrape_pool_targets',
      help: 'Targets of a job',
      labelNames: ['scrape_job'],
      registers,
    });
    this.#syncs = new Counter({
      name: 'prometheus_target_scrape_pool_sync_total',
      help: 'Times the targets of a job were taken over from discovery',
      labelNames: ['scrape_job'],
      registers,
    });
    this.#discovered = new Gauge({
      name: 'prometheus_sd_discovered_targets',
      help: 'Targets that discovery has found, those that relabelling drops included',
      labelNames: ['config', 'name'],
      registers,
    });
  }

  /** A scrape has ended. @param result what became of its samples; undefined when they were lost */
  scraped({ error }: ScrapeOutcome, result: AppendResult | undefined): void {
    this.#use();
    // What a page says is in errors too, but never where they begin.
    if (error !== '')
      for (const [begin, counter] of this.#refused) if (error.startsWith(begin)) counter.inc();
    if (result)
      for (const [field, counter] of this.#rejected) if (result[field] > 0) counter.inc(result[field]);
  }

  /** Discovery has looked for targets, and could not find all of them. */
  discoveryFailed(mechanism: DiscoveryMechanism): void {
    this.#use();
    this.#failures.get(mechanism)?.inc();
  }

  /** All jobs that there are now. */
  setPools(pools: readonly PoolFigures[]): void {
    if (pools.length > 0) this.#use();
    this.#targets.reset();
    this.#discovered.reset();
    for (const { job, targets, discovered, isOverLimit } of pools) {
      this.#targets.set({ scrape_job: job }, targets);
      this.#discovered.set({ config: job, name: SCRAPE }, discovered);
      this.#syncs.inc({ scrape_job: job });
      if (isOverLimit) this.#overLimit.inc();
    }
  }

  /** Counters are there from the first job on, so that the first failure is an increase. */
  #use(): void {
    if (this.#isUsed) return;
    this.#isUsed = true;
    const counters = [...this.#refused, ...this.#rejected].map(([, counter]) => counter);
    for (const counter of [...counters, ...this.#failures.values(), this.#overLimit]) counter.inc(0);
  }
}
