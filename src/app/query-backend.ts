// What runs queries and rules: the registry is copied into local samples, which rules
// and queries read, or another Prometheus does all that, or answers the queries only. Comes in: which of these; goes out: an
// engine, and the cluster's status after every scrape.

import type { Registry } from 'prom-client';
import type { PrometheusFacts } from '../http/prometheus/facts.js';
import type { Exposition } from '../metrics/exposition.js';
import { Labels } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import {
  type InternalQueryOptions,
  type QueryEngine,
  QueryError,
  type RangeAnswer,
  type SamplesStatus,
} from '../query/engine.js';
import type { RemoteOptions } from '../query/remote/engine.js';
import { RemoteEngine } from '../query/remote/engine.js';
import { SplitEngine } from '../query/split.js';
import { SwitchingEngine } from '../query/switching.js';
import type { UnqueuedSample } from '../remote-write/unqueued.js';
import type { TargetMetadata, TargetStatus } from '../scrape/status.js';
import type { ScrapePool } from '../scrape/target.js';
import type { BackendSettings, QueryBackendEvents, RuleConfiguration } from './backend.js';
import { OWN_JOB as JOB } from './configuration.js';
import { LocalBackend } from './local-backend.js';
import type { Logger } from './log.js';
import { RemoteBackend } from './remote-backend.js';

/** What of a configuration says who answers. */
type OpenedConfiguration = Pick<RuleConfiguration, 'remote' | 'scrapeInterval'>;

/** The caller must close it. */
export class QueryBackend {
  readonly #settings: BackendSettings;
  readonly #registry: Registry;
  readonly #exposition: Exposition;
  readonly #log: Logger;
  readonly #switch: SwitchingEngine;
  readonly #events: QueryBackendEvents;
  #instance = 'localhost';
  /** What evaluates the rules, and answers unless another Prometheus does. */
  #local: LocalBackend | undefined;
  /** Samples that are kept to be sent by remote write, where another Prometheus evaluates the rules. */
  #outgoing: LocalBackend | undefined;
  #obstacle: string | undefined;
  /** Another Prometheus that evaluates the rules. */
  #remote: RemoteBackend | undefined;
  /** Another Prometheus that answers. */
  #remoteEngine: RemoteEngine | undefined;
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

  /** Runs queries over the samples that the rules here are evaluated over; undefined where another Prometheus evaluates them. */
  get ruleEngine(): Pick<QueryEngine, 'instant'> | undefined {
    return this.#local?.engine;
  }

  /** Labels that all of our own series have. */
  get identity(): Readonly<Record<string, string>> {
    return { job: JOB, instance: this.#instance };
  }

  /** How our own samples do; undefined where there are none. */
  get samples(): SamplesStatus | undefined {
    return this.#own?.engine.status;
  }

  /** Whatever takes samples here. */
  get #own(): LocalBackend | undefined {
    return this.#local ?? this.#outgoing;
  }

  /** Scrapes the targets of these pools and no others, unless another Prometheus does. */
  setPools(pools: readonly ScrapePool[]): void {
    this.#pools = pools;
    this.#own?.scraper.setPools(pools);
  }

  /** All targets but the monitor itself, and how they are. */
  scrapedTargets(): readonly TargetStatus[] {
    return this.#own?.scraper.targets() ?? [];
  }

  /** What targets say of their metric families. */
  async scrapedMetadata(): Promise<readonly TargetMetadata[]> {
    return (await this.#own?.scraper.metadata()) ?? [];
  }

  /** Sends samples of the monitor's own at once to the receivers of remote write, if there are any. */
  sendUnqueued(samples: readonly UnqueuedSample[]): void {
    this.#own?.sendUnqueued(samples);
  }

  /** Samples of another Prometheus that answers, as they are stored. @param selector of a range @throws QueryError */
  async stored(selector: string, at: Millis, options?: InternalQueryOptions): Promise<RangeAnswer> {
    if (!this.#remoteEngine) throw new QueryError('unavailable', 'there is no query.url');
    return await this.#remoteEngine.stored(selector, at, options);
  }

  /** @param obstacle why the file of our own samples must not be opened, one line; undefined when it may be */
  setObstacle(obstacle: string | undefined): void {
    this.#obstacle = obstacle;
    this.#own?.engine.setObstacle(obstacle);
  }

  /**
   * Answers queries from our own samples from now on, unless another Prometheus will; all else begins with {@link configure}.
   * @param address where we listen, in the form of a scrape target
   */
  open(address: string, { remote, scrapeInterval }: OpenedConfiguration): void {
    this.#instance = address;
    if (remote) return;
    this.#local = this.#openLocal(scrapeInterval, this.#events);
    this.#switch.change(this.#local.engine);
  }

  /** Applies a configuration; the local samples stay open as long as rules or queries use them. */
  async configure(configuration: RuleConfiguration): Promise<void> {
    const former = this.#remoteEngine;
    this.#remote?.stop();
    this.#remote = undefined;
    this.#remoteEngine = undefined;
    if (configuration.rulePlace === 'local') await this.#evaluateHere(configuration);
    else await this.#evaluateElsewhere(configuration);
    await former?.close();
    void this.evaluate();
  }

  async #evaluateHere(configuration: RuleConfiguration): Promise<void> {
    const { remote } = configuration;
    await this.#closeOutgoing();
    this.#local ??= this.#openLocal(configuration.scrapeInterval, this.#events);
    const { engine } = this.#local;
    if (remote) {
      this.#remoteEngine = new RemoteEngine(remote);
      this.#switch.change(new SplitEngine({ queries: this.#remoteEngine, rules: engine }));
      this.#log.info({ url: remote.url }, 'Using remote query backend; rules are evaluated here');
    } else this.#switch.change(engine);
    this.#local.setRules(configuration);
  }

  async #evaluateElsewhere(configuration: RuleConfiguration): Promise<void> {
    const remote = configuration.remote as RemoteOptions;
    this.#remoteEngine = new RemoteEngine(remote);
    this.#switch.change(this.#remoteEngine);
    const local = this.#local;
    this.#local = undefined;
    await local?.close();
    this.#remote = new RemoteBackend(this.#remoteEngine, this.#events);
    this.#log.info({ url: remote.url }, 'Using remote query backend; nothing is answered from local storage');
    await this.#configureOutgoing(configuration);
  }

  /** Takes samples to be sent, evaluates no rules and answers nothing. */
  async #configureOutgoing(configuration: RuleConfiguration): Promise<void> {
    if (configuration.remoteWrite.length === 0) return await this.#closeOutgoing();
    this.#outgoing ??= this.#openLocal(configuration.scrapeInterval, {
      ...this.#events,
      ...{ onStatus: () => {}, onRulesUnavailable: () => {}, onEvaluation: () => {} },
    });
    this.#outgoing.setRules({ ...configuration, rules: [] });
  }

  async #closeOutgoing(): Promise<void> {
    const outgoing = this.#outgoing;
    this.#outgoing = undefined;
    await outgoing?.close();
  }

  #openLocal(scrapeInterval: Millis, events: QueryBackendEvents): LocalBackend {
    const own = new LocalBackend({
      settings: this.#settings,
      registry: this.#registry,
      exposition: this.#exposition,
      instance: this.#instance,
      scrapeInterval,
      events,
      log: this.#log,
      obstacle: this.#obstacle,
    });
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
    this.#remote?.stop();
    await this.#local?.close();
    await this.#closeOutgoing();
    await this.#remoteEngine?.close();
  }
}
