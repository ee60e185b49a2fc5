// PromQL and what it is answered from, joined: the registry is copied into our own samples and those are asked, or
// somebody else's API is. Comes in: which of the two; goes out: an engine. Called by app.ts.

import { join } from 'node:path';
import type { Registry } from 'prom-client';
import type { RemoteQuery } from './configuration.js';
import type { PrometheusFacts } from './http/prometheus/facts.js';
import type { Logger } from './log.js';
import type { Exposition } from './metrics/exposition.js';
import { describeRegistry } from './metrics/render.js';
import { Sampler } from './metrics/sampler.js';
import { Sampling } from './metrics/sampling.js';
import { Labels } from './model/labels.js';
import { type Millis, systemClock } from './model/time.js';
import { EmbeddedEngine } from './query/embedded.js';
import type { QueryEngine, SamplesStatus } from './query/engine.js';
import { RemoteEngine } from './query/remote.js';
import { SwitchingEngine } from './query/switching.js';

const JOB = 'langgraph-monitor';
/** Prometheus' `evaluation_interval`: the step of a subquery that names none. */
const DEFAULT_INTERVAL: Millis = 30_000;

/** What the command line says of queries and samples. */
export interface QuerySettings {
  readonly storagePath: string;
  readonly retention: Millis;
  /** Bytes the samples may take; 0 is any number. */
  readonly retentionSize: number;
  readonly queryTimeout: Millis;
  readonly queryMaxSamples: number;
  readonly queryMaxConcurrency: number;
  readonly queryLookback: Millis;
  /** What the query thread runs, where a test has compiled it elsewhere. */
  readonly queryThreadFile?: URL;
}

/** Our own samples and the engine over them. */
class OwnSamples {
  readonly engine: EmbeddedEngine;
  readonly #sampler: Sampler;
  readonly #sampling: Sampling;

  constructor(
    settings: QuerySettings,
    registry: Registry,
    exposition: Exposition,
    instance: string,
    log: Logger,
  ) {
    this.#sampler = new Sampler(registry, exposition, { job: JOB, instance });
    this.engine = new EmbeddedEngine({
      file: join(settings.storagePath, 'samples.db'),
      retention: settings.retention,
      maxBytes: settings.retentionSize,
      timeout: settings.queryTimeout,
      limits: {
        maxSamples: settings.queryMaxSamples,
        maxWaiting: settings.queryMaxConcurrency,
        lookback: settings.queryLookback,
        defaultInterval: DEFAULT_INTERVAL,
      },
      metadata: () => describeRegistry(registry),
      log: (level, message, fields) => log[level](fields, message),
      onRestart: () => this.#sampler.reset(),
      ...(settings.queryThreadFile ? { threadFile: settings.queryThreadFile } : {}),
    });
    this.#sampling = new Sampling(this.#sampler, scrape => this.engine.append(scrape), systemClock);
  }

  get last() {
    return this.#sampling.last;
  }

  take(): Promise<void> {
    return this.#sampling.take();
  }

  stopSampling(): void {
    this.#sampling.close();
  }
}

/** Whoever makes one closes it. */
export class Answering {
  readonly #settings: QuerySettings;
  readonly #registry: Registry;
  readonly #exposition: Exposition;
  readonly #log: Logger;
  readonly #switch: SwitchingEngine;
  #instance = 'localhost';
  #own: OwnSamples | undefined;

  constructor(settings: QuerySettings, registry: Registry, exposition: Exposition, log: Logger) {
    this.#settings = settings;
    this.#registry = registry;
    this.#exposition = exposition;
    this.#log = log;
    this.#switch = new SwitchingEngine();
  }

  /** Answers every question, whoever does at the moment. */
  get engine(): QueryEngine {
    return this.#switch;
  }

  /** How our own samples do; undefined in remote mode. */
  get samples(): SamplesStatus | undefined {
    return this.#own?.engine.status;
  }

  /** Begins to answer. `address` is where we listen, as somebody who scrapes us would call it. */
  async begin(address: string, remote: RemoteQuery | undefined): Promise<void> {
    this.#instance = address;
    await this.configure(remote);
  }

  /** Takes up another configuration; our own samples stay open as long as they are asked. */
  async configure(remote: RemoteQuery | undefined): Promise<void> {
    if (!remote && this.#own) return;
    this.#own?.stopSampling();
    if (remote) {
      this.#own = undefined;
      await this.#switch.change(new RemoteEngine(remote));
      this.#log.info({ url: remote.url }, 'PromQL is answered elsewhere; no samples are kept here');
      return;
    }
    this.#own = new OwnSamples(this.#settings, this.#registry, this.#exposition, this.#instance, this.#log);
    await this.#switch.change(this.#own.engine);
  }

  /** A scan has ended: the registry is copied into our own samples. */
  scanned(): void {
    void this.#own?.take();
  }

  /** The monitor as its own target. */
  target(url: string, interval: Millis): ReturnType<PrometheusFacts['target']> {
    if (!this.#own) return undefined;
    const labels = Labels.of({ job: JOB, instance: this.#instance });
    return { labels, url: `${url}/metrics`, interval, timeout: interval, last: this.#own.last };
  }

  async close(): Promise<void> {
    this.#own?.stopSampling();
    await this.#switch.close();
  }
}
