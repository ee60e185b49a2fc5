// The embedded engine: the registry is copied into local samples at an even pace, other targets are scraped, rules and
// queries read both. Comes in: the registry; goes out: an engine, and what the rules say after every scrape.

import type { Registry } from 'prom-client';
import type { SentLabels } from '../alerts/sent-labels.js';
import { CLUSTER_STATUS, clusterStatusOf } from '../cluster/status.js';
import type { Exposition } from '../metrics/exposition.js';
import { describeRegistry } from '../metrics/render.js';
import { Sampler } from '../metrics/sampler.js';
import { ScrapeLoop } from '../metrics/scrape-loop.js';
import { SERVICE_INFO } from '../metrics/services.js';
import type { Scrape } from '../model/scrape.js';
import { type Millis, systemClock } from '../model/time.js';
import { EmbeddedEngine } from '../query/embedded.js';
import type { FamilyMetadata } from '../remote-write/message/message.js';
import { RemoteWriter } from '../remote-write/remote-writer.js';
import type { UnqueuedSample } from '../remote-write/unqueued.js';
import { Scraper } from '../scrape/scraper.js';
import type { BackendSettings, QueryBackendEvents, RuleConfiguration } from './backend.js';
import { OWN_JOB as JOB } from './configuration.js';
import type { Logger } from './log.js';
import { engineOptions } from './settings.js';

interface LocalBackendOptions {
  readonly settings: BackendSettings;
  readonly registry: Registry;
  readonly exposition: Exposition;
  /** The label `instance` of our own samples. */
  readonly instance: string;
  readonly scrapeInterval: Millis;
  readonly events: QueryBackendEvents;
  readonly log: Logger;
  /** Why the file of the samples must not be opened, one line; undefined when it may be. */
  readonly obstacle: string | undefined;
}

/** Our own samples and the engine over them. */
export class LocalBackend {
  readonly engine: EmbeddedEngine;
  /** Scrapes others. */
  readonly scraper: Scraper;
  readonly #remoteWriter: RemoteWriter;
  readonly #identity: Readonly<Record<string, string>>;
  readonly #sampler: Sampler;
  /** Begins with the rules: a scrape before them would have no status. */
  #scrapeLoop: ScrapeLoop | undefined;
  readonly #events: QueryBackendEvents;
  #sentLabels: SentLabels = labels => labels;
  #isStopped = false;

  constructor(options: LocalBackendOptions) {
    const { settings, registry, exposition, instance, scrapeInterval, events, log, obstacle } = options;
    this.#events = events;
    const identity = { job: JOB, instance };
    this.#identity = identity;
    this.#sampler = new Sampler(registry, exposition, identity);
    this.engine = new EmbeddedEngine({
      ...engineOptions(settings, scrapeInterval),
      target: { ...identity, watched: { metric: SERVICE_INFO, label: 'target', kind: 'kind' } },
      obstacle,
      prepared: settings.queryThread,
      metadata: () => describeRegistry(registry),
      log: (level, message, fields) => log[level](fields, message),
      onRestart: () => {
        this.#sampler.reset();
        this.scraper.reconnect();
        this.#remoteWriter.reconnect();
      },
      ...(settings.queryThreadFile ? { threadFile: settings.queryThreadFile } : {}),
    });
    this.scraper = new Scraper({
      connect: port => this.engine.connectStreams(port),
      onScraped: (outcome, result) => events.onScraped(outcome, result),
      log: (level, message, fields) => log[level](fields, message),
      threadFile: settings.scrapeThreadFile,
    });
    this.#remoteWriter = new RemoteWriter({
      connect: port => this.engine.connectQueues(port),
      setQueues: names => this.engine.setQueues(names),
      metadata: () => this.#families(registry),
      onFigures: (remotes, newest) => events.onRemoteWrite(remotes, newest),
      log: (level, message, fields) => log[level](fields, message),
      threadFile: settings.remoteWriteThreadFile,
    });
  }

  /** Metadata of the monitor's own families and of those of targets. */
  async #families(registry: Registry): Promise<readonly FamilyMetadata[]> {
    const scraped = await this.scraper.metadata();
    const others = scraped.map(({ metric: name, type, help, unit }) => ({ name, type, help, unit }));
    const all = [...others, ...describeRegistry(registry)];
    return [...new Map(all.map(each => [each.name, each])).values()];
  }

  /** Sends samples of the monitor's own at once to other storages; they are not stored here. */
  sendUnqueued(samples: readonly UnqueuedSample[]): void {
    const own = samples.map(each => ({ ...each, labels: { ...each.labels, ...this.#identity } }));
    this.#remoteWriter.sendUnqueued(own);
  }

  setRules(configuration: RuleConfiguration): void {
    const { rules, scrapeInterval, externalUrl, externalLabels, sentLabels, remoteWrite } = configuration;
    this.#sentLabels = sentLabels;
    // Before the first scrape, so that none is missing in a queue.
    this.#remoteWriter.configure(remoteWrite, externalLabels);
    this.engine.setRules({
      files: rules,
      interval: scrapeInterval,
      externalUrl,
      externalLabels,
      status: CLUSTER_STATUS,
    });
    if (this.#scrapeLoop) this.#scrapeLoop.setInterval(scrapeInterval);
    else if (!this.#isStopped)
      this.#scrapeLoop = new ScrapeLoop(
        this.#sampler,
        scrape => this.#append(scrape),
        systemClock,
        scrapeInterval,
      );
  }

  async #append(scrape: Scrape): Promise<void> {
    const judgement = await this.engine.append(scrape);
    // After the stop the last scrape's result is dropped.
    if (this.#isStopped) return;
    if (!judgement) return this.#events.onRulesUnavailable('the rules could not be evaluated');
    this.#events.onStatus(
      clusterStatusOf(judgement.status, judgement.alerts, this.#sentLabels),
      judgement.at,
    );
    this.#events.onEvaluation(judgement);
  }

  get lastScrape() {
    return this.#scrapeLoop?.last;
  }

  async evaluate(onScraped?: () => void): Promise<void> {
    await this.#scrapeLoop?.scrape(onScraped);
  }

  /** Takes no more samples, and answers no more. */
  async close(): Promise<void> {
    await this.#stopSampling();
    await this.engine.close();
  }

  async #stopSampling(): Promise<void> {
    this.#isStopped = true;
    this.#scrapeLoop?.close();
    await this.scraper.close();
    await this.#remoteWriter.close();
  }
}
