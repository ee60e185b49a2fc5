// What runs queries and rules: the registry is copied into local samples, which rules
// and queries read, or another Prometheus does all that. Comes in: which of the two; goes out: an engine, and the
// cluster's status after every scrape.

import type { Registry } from 'prom-client';
import {
  CLUSTER_STATUS,
  type ClusterStatus,
  clusterStatusOf,
  type RuleAlertView,
} from '../cluster/status.js';
import type { PrometheusFacts } from '../http/prometheus/facts.js';
import type { Exposition } from '../metrics/exposition.js';
import { describeRegistry } from '../metrics/render.js';
import { Sampler } from '../metrics/sampler.js';
import { ScrapeLoop } from '../metrics/scrape-loop.js';
import { SERVICE_INFO } from '../metrics/services.js';
import { Labels } from '../model/labels.js';
import type { Scrape } from '../model/scrape.js';
import { type Millis, systemClock } from '../model/time.js';
import { EmbeddedEngine } from '../query/embedded.js';
import type { QueryEngine, SamplesStatus } from '../query/engine.js';
import { RemoteEngine, type RemoteOptions } from '../query/remote/engine.js';
import type { RuleEvaluation } from '../query/rule-evaluation.js';
import { SwitchingEngine } from '../query/switching.js';
import type { TransferredRuleFile } from '../rules/transfer.js';
import { Scraper } from '../scrape/scraper.js';
import type { TargetMetadata, TargetStatus } from '../scrape/status.js';
import type { ScrapePool } from '../scrape/target.js';
import { OWN_JOB as JOB } from './configuration.js';
import type { Logger } from './log.js';
import { type CommandLineSettings, engineOptions } from './settings.js';

/** How often the rules of another Prometheus are read, beside every scan. */
const REMOTE_INTERVAL: Millis = 5000;

export interface BackendSettings extends Pick<CommandLineSettings, 'storage' | 'query'> {
  /** The program of the query thread, if a test has compiled it elsewhere. */
  readonly queryThreadFile?: URL;
  /** The same for the thread that scrapes. */
  readonly scrapeThreadFile?: URL;
}

/** Callbacks for rule evaluation results. */
export interface QueryBackendEvents {
  /** A new cluster status. @param at wall clock */
  onStatus(status: ClusterStatus, at: Millis): void;
  /** The rules could not be evaluated. */
  onRulesUnavailable(reason: string): void;
  /** Our own rules were evaluated. */
  onEvaluation(judgement: RuleEvaluation): void;
  /** All alerts that fire in the remote Prometheus. */
  onFiring(alerts: readonly RuleAlertView[], at: Millis): void;
}

/** The rules, and the remote Prometheus that has them where one is configured. */
export interface RuleConfiguration {
  readonly remote: RemoteOptions | undefined;
  readonly rules: readonly TransferredRuleFile[];
  /** Time between two scrapes of the registry, each of which the rules evaluate. */
  readonly scrapeInterval: Millis;
  /** For links in annotations. */
  readonly externalUrl: string;
}

/** Our own samples and the engine over them. */
class LocalBackend {
  readonly engine: EmbeddedEngine;
  /** Scrapes others. */
  readonly scraper: Scraper;
  readonly #sampler: Sampler;
  readonly #scrapeLoop: ScrapeLoop;
  readonly #events: QueryBackendEvents;
  #isStopped = false;

  constructor(
    settings: BackendSettings,
    registry: Registry,
    exposition: Exposition,
    instance: string,
    scrapeInterval: Millis,
    events: QueryBackendEvents,
    log: Logger,
    obstacle: string | undefined,
  ) {
    this.#events = events;
    const identity = { job: JOB, instance };
    this.#sampler = new Sampler(registry, exposition, identity);
    this.engine = new EmbeddedEngine({
      ...engineOptions(settings, scrapeInterval),
      target: { ...identity, watched: { metric: SERVICE_INFO, label: 'target', kind: 'kind' } },
      obstacle,
      metadata: () => describeRegistry(registry),
      log: (level, message, fields) => log[level](fields, message),
      onRestart: () => {
        this.#sampler.reset();
        this.scraper.forgetLayouts();
      },
      ...(settings.queryThreadFile ? { threadFile: settings.queryThreadFile } : {}),
    });
    this.scraper = new Scraper({
      append: scrape => this.engine.appendStream(scrape),
      log: (level, message, fields) => log[level](fields, message),
      threadFile: settings.scrapeThreadFile,
    });
    this.#scrapeLoop = new ScrapeLoop(
      this.#sampler,
      scrape => this.#append(scrape),
      systemClock,
      scrapeInterval,
    );
  }

  setRules({ rules, scrapeInterval, externalUrl }: RuleConfiguration): void {
    this.engine.setRules({ files: rules, interval: scrapeInterval, externalUrl, status: CLUSTER_STATUS });
    this.#scrapeLoop.setInterval(scrapeInterval);
  }

  async #append(scrape: Scrape): Promise<void> {
    const judgement = await this.engine.append(scrape);
    // After the stop the last scrape's result is dropped.
    if (this.#isStopped) return;
    if (!judgement) return this.#events.onRulesUnavailable('the rules could not be evaluated');
    this.#events.onStatus(clusterStatusOf(judgement.status, judgement.alerts), judgement.at);
    this.#events.onEvaluation(judgement);
  }

  get lastScrape() {
    return this.#scrapeLoop.last;
  }

  evaluate(onScraped?: () => void): Promise<void> {
    return this.#scrapeLoop.scrape(onScraped);
  }

  async stopSampling(): Promise<void> {
    this.#isStopped = true;
    this.#scrapeLoop.close();
    await this.scraper.close();
  }
}

/** A remote Prometheus that evaluates the same rules. */
class RemoteBackend {
  readonly engine: RemoteEngine;
  readonly #events: QueryBackendEvents;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(remote: RemoteOptions, events: QueryBackendEvents) {
    this.engine = new RemoteEngine(remote);
    this.#events = events;
    this.#timer = setInterval(() => void this.evaluate(), REMOTE_INTERVAL);
  }

  /**
   * Fetches the remote status; concurrent calls share the answer. When it was evaluated is unknown: `onScraped` is called at
   * once.
   */
  evaluate(onScraped?: () => void): Promise<void> {
    onScraped?.();
    this.#running ??= this.#fetchStatus().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  async #fetchStatus(): Promise<void> {
    const at = systemClock.now();
    try {
      const { status, alerts } = await this.engine.evaluation(CLUSTER_STATUS, at);
      // A late answer must not replace a newer status.
      if (this.#isStopped) return;
      if (status === undefined)
        this.#events.onRulesUnavailable(`query.url has no series ${CLUSTER_STATUS}; load rules/ there`);
      else {
        this.#events.onStatus(clusterStatusOf(status, alerts), at);
        this.#events.onFiring(
          alerts.filter(({ state }) => state === 'firing'),
          at,
        );
      }
    } catch (error) {
      if (!this.#isStopped) this.#events.onRulesUnavailable((error as Error).message);
    }
  }
}

/** The caller must close it. */
export class QueryBackend {
  readonly #settings: BackendSettings;
  readonly #registry: Registry;
  readonly #exposition: Exposition;
  readonly #log: Logger;
  readonly #switch: SwitchingEngine;
  readonly #events: QueryBackendEvents;
  #instance = 'localhost';
  #local: LocalBackend | undefined;
  #obstacle: string | undefined;
  #remote: RemoteBackend | undefined;
  #pools: readonly ScrapePool[] = [];

  constructor(
    settings: BackendSettings,
    registry: Registry,
    exposition: Exposition,
    events: QueryBackendEvents,
    log: Logger,
  ) {
    this.#events = events;
    this.#settings = settings;
    this.#registry = registry;
    this.#exposition = exposition;
    this.#log = log;
    this.#switch = new SwitchingEngine();
  }

  /** Runs queries on the backend in use. */
  get engine(): QueryEngine {
    return this.#switch;
  }

  /** Labels that all of our own series have. */
  get identity(): Readonly<Record<string, string>> {
    return { job: JOB, instance: this.#instance };
  }

  /** How our own samples do; undefined in remote mode. */
  get samples(): SamplesStatus | undefined {
    return this.#local?.engine.status;
  }

  /** Scrapes the targets of these pools and no others, unless another Prometheus does. */
  setPools(pools: readonly ScrapePool[]): void {
    this.#pools = pools;
    this.#local?.scraper.setPools(pools);
  }

  /** All targets but the monitor itself, and how they are. */
  scrapedTargets(): readonly TargetStatus[] {
    return this.#local?.scraper.targets() ?? [];
  }

  /** What targets say of their metric families. */
  async scrapedMetadata(): Promise<readonly TargetMetadata[]> {
    return (await this.#local?.scraper.metadata()) ?? [];
  }

  /** @param obstacle why the file of our own samples must not be opened, one line; undefined when it may be */
  setObstacle(obstacle: string | undefined): void {
    this.#obstacle = obstacle;
    this.#local?.engine.setObstacle(obstacle);
  }

  /** Starts the backend. `address` is where we listen, in the form of a scrape target. */
  async start(address: string, configuration: RuleConfiguration): Promise<void> {
    this.#instance = address;
    await this.configure(configuration);
  }

  /** Applies a configuration; the local samples stay open as long as queries use them. */
  async configure(configuration: RuleConfiguration): Promise<void> {
    const { remote } = configuration;
    this.#remote?.stop();
    this.#remote = undefined;
    if (remote) await this.#useRemote(remote);
    else {
      this.#local ??= await this.#openLocal(configuration.scrapeInterval);
      this.#local.setRules(configuration);
    }
    void this.evaluate();
  }

  async #useRemote(remote: RemoteOptions): Promise<void> {
    await this.#local?.stopSampling();
    this.#local = undefined;
    this.#remote = new RemoteBackend(remote, this.#events);
    await this.#switch.change(this.#remote.engine);
    this.#log.info({ url: remote.url }, 'Using remote query backend; local storage disabled');
  }

  async #openLocal(scrapeInterval: Millis): Promise<LocalBackend> {
    const own = new LocalBackend(
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
    own.scraper.setPools(this.#pools);
    return own;
  }

  /**
   * Evaluates the rules after a change or a scan: resolves when the rules have said what follows. `onTaken` is called at the
   * moment of the scrape they evaluate, unless the scrape fails.
   */
  async evaluate(onScraped?: () => void): Promise<void> {
    await (this.#local ?? this.#remote)?.evaluate(onScraped);
  }

  /** The monitor as its own target. */
  target(url: string, interval: Millis): ReturnType<PrometheusFacts['target']> {
    if (!this.#local) return undefined;
    const labels = Labels.of({ job: JOB, instance: this.#instance });
    return { labels, url: `${url}/metrics`, interval, timeout: interval, last: this.#local.lastScrape };
  }

  async close(): Promise<void> {
    await this.#local?.stopSampling();
    this.#remote?.stop();
    await this.#switch.close();
  }
}
