// PromQL and rules and what they are answered from, joined: the registry is copied into our own samples, which rules
// and queries read, or another Prometheus does all that. Comes in: which of the two; goes out: an engine, and the
// cluster's status after every scrape.

import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { CLUSTER_STATUS, type Firing, type Verdict, verdictOf } from '../cluster/status.js';
import type { PrometheusFacts } from '../http/prometheus/facts.js';
import type { Exposition } from '../metrics/exposition.js';
import { describeRegistry } from '../metrics/render.js';
import { Sampler } from '../metrics/sampler.js';
import { Sampling } from '../metrics/sampling.js';
import { SERVICE_INFO } from '../metrics/services.js';
import { Labels } from '../model/labels.js';
import type { Scrape } from '../model/scrape.js';
import { type Millis, systemClock } from '../model/time.js';
import { EmbeddedEngine } from '../query/embedded.js';
import type { QueryEngine, SamplesStatus } from '../query/engine.js';
import { RemoteEngine } from '../query/remote/engine.js';
import { SwitchingEngine } from '../query/switching.js';
import type { Judgement } from '../query/thread/rules.js';
import type { SentRuleFile } from '../rules/transfer.js';
import type { RemoteQuery } from './configuration.js';
import type { Logger } from './log.js';

const JOB = 'langgraph-monitor';
/** How often the rules of another Prometheus are read, beside every scan. */
const ASK_OTHERS_EVERY: Millis = 5000;

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

/** Hears the rules. */
export interface AnsweringEvents {
  /** What the rules say. @param at wall clock */
  onVerdict(verdict: Verdict, at: Millis): void;
  /** The rules could not be asked. */
  onNoVerdict(reason: string): void;
  /** Our own rules were evaluated. */
  onEvaluation(judgement: Judgement): void;
  /** Somebody else's rules were asked: all alerts that fire there. */
  onFiring(alerts: readonly Firing[], at: Millis): void;
}

/** Which rules there are, and who else may have them. */
export interface RuleConfiguration {
  readonly remote: RemoteQuery | undefined;
  readonly rules: readonly SentRuleFile[];
  /** Time between two scrapes of the registry, each of which the rules evaluate. */
  readonly scrapeInterval: Millis;
  /** For links in annotations. */
  readonly externalUrl: string;
}

/** Our own samples and the engine over them. */
class OwnSamples {
  readonly engine: EmbeddedEngine;
  readonly #sampler: Sampler;
  readonly #sampling: Sampling;
  readonly #events: AnsweringEvents;
  #isStopped = false;

  constructor(
    settings: QuerySettings,
    registry: Registry,
    exposition: Exposition,
    instance: string,
    scrapeInterval: Millis,
    events: AnsweringEvents,
    log: Logger,
    obstacle: string | undefined,
  ) {
    this.#events = events;
    const identity = { job: JOB, instance };
    this.#sampler = new Sampler(registry, exposition, identity);
    this.engine = new EmbeddedEngine({
      file: join(settings.storagePath, 'samples.db'),
      target: { ...identity, watched: { metric: SERVICE_INFO, label: 'target', kind: 'kind' } },
      retention: settings.retention,
      maxBytes: settings.retentionSize,
      obstacle,
      timeout: settings.queryTimeout,
      limits: {
        maxSamples: settings.queryMaxSamples,
        maxWaiting: settings.queryMaxConcurrency,
        lookback: settings.queryLookback,
        defaultInterval: scrapeInterval,
      },
      metadata: () => describeRegistry(registry),
      log: (level, message, fields) => log[level](fields, message),
      onRestart: () => this.#sampler.reset(),
      ...(settings.queryThreadFile ? { threadFile: settings.queryThreadFile } : {}),
    });
    this.#sampling = new Sampling(this.#sampler, scrape => this.#judge(scrape), systemClock, scrapeInterval);
  }

  setRules({ rules, scrapeInterval, externalUrl }: RuleConfiguration): void {
    this.engine.setRules({ files: rules, interval: scrapeInterval, externalUrl, status: CLUSTER_STATUS });
    this.#sampling.setInterval(scrapeInterval);
  }

  async #judge(scrape: Scrape): Promise<void> {
    const judgement = await this.engine.append(scrape);
    // Whoever stops is not told what came of the last scrape.
    if (this.#isStopped) return;
    if (!judgement) return this.#events.onNoVerdict('the rules could not be evaluated');
    this.#events.onVerdict(verdictOf(judgement.status, judgement.alerts), judgement.at);
    this.#events.onEvaluation(judgement);
  }

  get last() {
    return this.#sampling.last;
  }

  take(onTaken?: () => void): Promise<void> {
    return this.#sampling.take(onTaken);
  }

  stopSampling(): void {
    this.#isStopped = true;
    this.#sampling.close();
  }
}

/** Somebody else's Prometheus, which has the same rules. */
class OthersSamples {
  readonly engine: RemoteEngine;
  readonly #events: AnsweringEvents;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(remote: RemoteQuery, events: AnsweringEvents) {
    this.engine = new RemoteEngine(remote);
    this.#events = events;
    this.#timer = setInterval(() => void this.take(), ASK_OTHERS_EVERY);
  }

  /**
   * Asks what its rules say; who asks meanwhile shares the answer. When they looked nobody knows: `onTaken` is called at
   * once.
   */
  take(onTaken?: () => void): Promise<void> {
    onTaken?.();
    this.#running ??= this.#ask().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    const at = systemClock.now();
    try {
      const { status, alerts } = await this.engine.judgement(CLUSTER_STATUS, at);
      // Others may have spoken since; an answer that is late is not the last word.
      if (this.#isStopped) return;
      if (status === undefined)
        this.#events.onNoVerdict(`query.url has no series ${CLUSTER_STATUS}; load rules/ there`);
      else {
        this.#events.onVerdict(verdictOf(status, alerts), at);
        this.#events.onFiring(
          alerts.filter(({ state }) => state === 'firing'),
          at,
        );
      }
    } catch (error) {
      if (!this.#isStopped) this.#events.onNoVerdict((error as Error).message);
    }
  }
}

/** Whoever makes one closes it. */
export class Answering {
  readonly #settings: QuerySettings;
  readonly #registry: Registry;
  readonly #exposition: Exposition;
  readonly #log: Logger;
  readonly #switch: SwitchingEngine;
  readonly #events: AnsweringEvents;
  #instance = 'localhost';
  #own: OwnSamples | undefined;
  #obstacle: string | undefined;
  #others: OthersSamples | undefined;

  constructor(
    settings: QuerySettings,
    registry: Registry,
    exposition: Exposition,
    events: AnsweringEvents,
    log: Logger,
  ) {
    this.#events = events;
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

  /** Labels that all of our own series have. */
  get identity(): Readonly<Record<string, string>> {
    return { job: JOB, instance: this.#instance };
  }

  /** How our own samples do; undefined in remote mode. */
  get samples(): SamplesStatus | undefined {
    return this.#own?.engine.status;
  }

  /** @param obstacle why the file of our own samples must not be opened, one line; undefined when it may be */
  setObstacle(obstacle: string | undefined): void {
    this.#obstacle = obstacle;
    this.#own?.engine.setObstacle(obstacle);
  }

  /** Begins to answer. `address` is where we listen, as somebody who scrapes us would call it. */
  async begin(address: string, configuration: RuleConfiguration): Promise<void> {
    this.#instance = address;
    await this.configure(configuration);
  }

  /** Takes up another configuration; our own samples stay open as long as they are asked. */
  async configure(configuration: RuleConfiguration): Promise<void> {
    const { remote } = configuration;
    this.#others?.stop();
    this.#others = undefined;
    if (remote) await this.#askOthers(remote);
    else {
      this.#own ??= await this.#openOwn(configuration.scrapeInterval);
      this.#own.setRules(configuration);
    }
    void this.judge();
  }

  async #askOthers(remote: RemoteQuery): Promise<void> {
    this.#own?.stopSampling();
    this.#own = undefined;
    this.#others = new OthersSamples(remote, this.#events);
    await this.#switch.change(this.#others.engine);
    this.#log.info({ url: remote.url }, 'Using remote query backend; local storage disabled');
  }

  async #openOwn(scrapeInterval: Millis): Promise<OwnSamples> {
    const own = new OwnSamples(
      this.#settings,
      this.#registry,
      this.#exposition,
      this.#instance,
      scrapeInterval,
      this.#events,
      this.#log,
      this.#obstacle,
    );
    await this.#switch.change(own.engine);
    return own;
  }

  /**
   * Something has changed, or a scan has ended: resolves when the rules have said what follows. `onTaken` is called at the
   * moment they speak of, unless they cannot be asked.
   */
  async judge(onTaken?: () => void): Promise<void> {
    await (this.#own ?? this.#others)?.take(onTaken);
  }

  /** The monitor as its own target. */
  target(url: string, interval: Millis): ReturnType<PrometheusFacts['target']> {
    if (!this.#own) return undefined;
    const labels = Labels.of({ job: JOB, instance: this.#instance });
    return { labels, url: `${url}/metrics`, interval, timeout: interval, last: this.#own.last };
  }

  async close(): Promise<void> {
    this.#own?.stopSampling();
    this.#others?.stop();
    await this.#switch.close();
  }
}
