// Builds the rooms in the order data walks through them, joins them, reloads and stops them. The only file that sees
// all rooms. Comes in: settings of the command line; goes out: a running monitor.

import { join } from 'node:path';
import { Registry } from 'prom-client';
import { alertLabelsOf } from '../alertmanager/mute/maintenance.js';
import { makeSentLabels, type SentLabels } from '../alerts/sent-labels.js';
import { Measures } from '../cluster/endpoints/measures.js';
import { EndpointSelector } from '../cluster/endpoints/selector.js';
import { FirstChecks } from '../cluster/first-checks.js';
import { FirstFailures } from '../cluster/first-failures.js';
import { HealthWriter } from '../cluster/health-json.js';
import { mutedByDependency } from '../cluster/muted.js';
import { Refresher } from '../cluster/on-demand.js';
import { RecentResults } from '../cluster/recent-results.js';
import { ClusterState } from '../cluster/state.js';
import { ScanWatchdog } from '../cluster/watchdog.js';
import { yieldToEventLoop } from '../concurrency/time-slicer.js';
import type { ApiContext } from '../http/context.js';
import { HealthFeed } from '../http/events/feed.js';
import { Announcements } from '../http/page/announcements.js';
import { SharedAnnouncements } from '../http/page/shared-announcements.js';
import { makePublicFeed } from '../http/public/feed.js';
import { Pushes } from '../http/push/pushes.js';
import { SharedPushes } from '../http/push/shared-pushes.js';
import { type HttpServer, startServer } from '../http/server.js';
import { loadWebConfig, NO_WEB_CONFIG } from '../http/web-config.js';
import { Exposition } from '../metrics/exposition.js';
import { InferenceMetrics, inferenceFamilies } from '../metrics/inference.js';
import { OwnMetrics } from '../metrics/own.js';
import { MetricsPage } from '../metrics/page.js';
import { RemoteWriteMetrics } from '../metrics/remote-write.js';
import { ReportMetrics } from '../metrics/reports.js';
import { ScrapeMetrics } from '../metrics/scraping.js';
import { countFamilies, ServiceMetrics, serviceFamilies } from '../metrics/services.js';
import { ShardMetrics } from '../metrics/shards.js';
import { Labels } from '../model/labels.js';
import type { MutedAlert } from '../model/muted.js';
import type { Service } from '../model/service.js';
import { type Millis, systemClock } from '../model/time.js';
import { systemResolver } from '../net/resolver.js';
import { attemptFamilies } from '../probes/attempt.js';
import { host } from '../probes/kinds/host.js';
import { kinds } from '../probes/kinds/index.js';
import type { CheckRunner, CheckRunnerEvents } from '../probes/runner.js';
import { runInWorker } from '../probes/worker.js';
import { Store } from '../store/store.js';
import { Addresses } from './addresses.js';
import { AlertWiring } from './alerting.js';
import type { BackendSettings, QueryBackendEvents, RuleConfiguration } from './backend.js';
import { CheckResults } from './check-results.js';
import { ConcurrencyLog } from './concurrency-log.js';
import { beginConfiguration, type Configuration, loadConfiguration, pushServices } from './configuration.js';
import { makeFacts } from './facts.js';
import { HighAvailability } from './ha.js';
import { InferenceResults } from './inference-results.js';
import type { Logger } from './log.js';
import { Maintaining } from './maintenance.js';
import { QueryBackend } from './query-backend.js';
import { Reloading } from './reloading.js';
import { RemoteWriting } from './remote-writing.js';
import { Reporting } from './reporting.js';
import { RuleResults } from './rule-results.js';
import { ScanResults } from './scan-results.js';
import { Scraping } from './scraping.js';
import { type CommandLineSettings, engineOptions } from './settings.js';
import { ChangeWriter } from './shard-change-writer.js';
import { ShardResults } from './shard-results.js';
import { claimFolder, type FolderLock } from './storage-folder.js';
import { LockWatch } from './storage-lock-watch.js';

const PRUNE_INTERVAL: Millis = 300_000;

export interface MonitorSettings extends CommandLineSettings, BackendSettings {
  readonly version: string;
  readonly log: Logger;
  /** Where the checks run; a worker thread unless a test wants them elsewhere. */
  readonly runChecks?: (events: CheckRunnerEvents) => CheckRunner;
}

/**
 * Starts a monitor. The caller must close it.
 * @throws ConfigError, StorageRefused, or the system's error when the address cannot be listened on.
 */
export async function startMonitor(settings: MonitorSettings): Promise<Monitor> {
  const { configuration, complete } = beginConfiguration(settings.configFile);
  const web = settings.webConfigFile ? loadWebConfig(settings.webConfigFile) : NO_WEB_CONFIG;
  const lock = claimFolder(settings.storage.path);
  // It opens the samples while the rest is built.
  if (configuration.rulePlace === 'local' || configuration.remoteWrite.remotes.length > 0) {
    const options = engineOptions(settings, configuration.scrapeInterval);
    settings.queryThread?.give({ ...options, obstacle: lock.obstacle });
  }
  const monitor = new Monitor(settings, configuration, lock);
  try {
    await monitor.listen(web);
    // Queries that come meanwhile are answered.
    await yieldToEventLoop();
    await monitor.start(await complete());
  } catch (error) {
    await monitor.close();
    throw error;
  }
  return monitor;
}

/** Everything that runs, joined. */
export class Monitor {
  readonly #settings: MonitorSettings;
  readonly #log: Logger;
  readonly #clock = systemClock;
  readonly #cluster = new ClusterState();
  readonly #firstChecks = new FirstChecks();
  readonly #firstFailures: FirstFailures;
  readonly #recent = new RecentResults();
  readonly #health: HealthWriter;
  readonly #endpoints: EndpointSelector;
  readonly #announcements: Announcements;
  readonly #events: HealthFeed;
  readonly #publicEvents: HealthFeed;
  readonly #registry = new Registry();
  readonly #exposition: Exposition;
  readonly #own: OwnMetrics;
  readonly #scrapeMetrics: ScrapeMetrics;
  readonly #remoteWriting: RemoteWriting;
  readonly #lock: FolderLock;
  readonly #locking: LockWatch;
  readonly #store: Store;
  readonly #watchdog: ScanWatchdog;
  readonly #refresher: Refresher;
  readonly #checks: CheckRunner;
  readonly #pushes: Pushes;
  readonly #checkResults: CheckResults;
  readonly #inferenceResults: InferenceResults;
  readonly #ruleResults: RuleResults;
  readonly #scanResults: ScanResults;
  readonly #shardChanges: ChangeWriter;
  readonly #shardResults: ShardResults;
  readonly #queryBackend: QueryBackend;
  readonly #scraping: Scraping;
  readonly #alerts: AlertWiring;
  readonly #ha: HighAvailability;
  readonly #maintaining: Maintaining;
  readonly #reporting: Reporting;
  readonly #concurrencyLog: ConcurrencyLog;
  readonly #startedAt: Millis = systemClock.now();
  readonly #pruning: NodeJS.Timeout;
  readonly #addresses: Addresses;
  readonly #reloading: Reloading;
  #configuration: Configuration;
  #sentLabels: SentLabels = labels => labels;
  #server: HttpServer | undefined;

  /** @internal Use {@link startMonitor}. */
  constructor(settings: MonitorSettings, configuration: Configuration, lock: FolderLock) {
    this.#settings = settings;
    this.#lock = lock;
    this.#configuration = configuration;
    const log = settings.log;
    this.#locking = new LockWatch(lock, {
      folder: settings.storage.path,
      log: (level, message, fields) => log[level](fields, message),
      onChange: () => this.#queryBackend.setObstacle(lock.obstacle),
    });
    this.#log = log;
    this.#concurrencyLog = new ConcurrencyLog(log);
    this.#health = new HealthWriter(this.#cluster, this.#clock.elapsed(), at => this.#muted(at));
    this.#events = new HealthFeed(this.#cluster, this.#health, this.#clock);
    this.#publicEvents = makePublicFeed(this.#cluster, this.#health, this.#clock, () => this.#alerts);
    const ask = (query: string, at: Millis) => this.#queryBackend.engine.instant(query, at);
    this.#endpoints = new EndpointSelector(this.#cluster, new Measures(ask, this.#clock));
    this.#exposition = new Exposition(this.#registry, [
      ...serviceFamilies,
      ...attemptFamilies,
      ...[...kinds, host].flatMap(kind => kind.families),
      ...countFamilies,
      ...inferenceFamilies,
    ]);
    this.#own = new OwnMetrics(this.#registry, { version: settings.version });
    const ofProcess = { own: this.#own, exposition: this.#exposition, clock: this.#clock, log };
    this.#addresses = new Addresses({ ...ofProcess, settings, configuration: () => this.#configuration });
    this.#reloading = new Reloading({
      ...ofProcess,
      file: settings.configFile,
      apply: () => this.#applyFiles(),
      audit: (event, by, details) =>
        this.#alerts.alerting.audit.add({ at: this.#clock.now(), event, by, details }),
    });
    this.#scrapeMetrics = new ScrapeMetrics(this.#registry);
    this.#remoteWriting = new RemoteWriting(new RemoteWriteMetrics(this.#registry), this.#clock, () =>
      this.#exposition.markChanged(),
    );
    this.#store = new Store({
      file: join(settings.storage.path, 'monitor.db'),
      retention: settings.storage.retention,
      log: (level, message, fields) => log[level](fields, message),
      obstacle: () => lock.obstacle,
    });
    const [lastScan] = this.#store.scans({ limit: 1 });
    this.#firstFailures = new FirstFailures(this.#store.states, lastScan?.at, this.#clock.now());
    this.#announcements = new Announcements(this.#store.states, () => this.#configuration.page.announcements);
    this.#alerts = new AlertWiring({
      store: this.#store,
      registry: this.#registry,
      log,
      externalUrl: () => this.#addresses.externalUrl,
      sentLabels: labels => this.#sentLabels(labels),
      sharing: () => this.#ha.sharing,
      checked: this.#firstChecks,
      firstFailure: id => this.#firstFailures.of(id, this.#cluster.result(id)?.level),
      onMuting: () => {
        this.#maintaining.update();
        this.#alerts.updateMetrics(this.#muted(this.#clock.now()));
        this.#exposition.markChanged();
        this.#cluster.notifyChanged();
        this.#ha.share();
      },
    });
    const answeringEvents: QueryBackendEvents = {
      onStatus: (status, at) => {
        this.#ruleResults.setStatus(status, at);
        this.#shardResults.evaluated();
      },
      onRulesUnavailable: reason => this.#ruleResults.rulesUnavailable(reason),
      onEvaluation: evaluation => this.#ruleResults.add(evaluation),
      onScraped: (outcome, result) => this.#scrapeMetrics.scraped(outcome, result),
      onRemoteWrite: (remotes, newest) => this.#remoteWriting.add(remotes, newest),
      onFiring: (alerts, at) => this.#alerts.alerting.applyRemoteAlerts(alerts, at),
    };
    this.#queryBackend = new QueryBackend(settings, this.#registry, this.#exposition, answeringEvents, log);
    this.#queryBackend.setObstacle(lock.obstacle);
    this.#scraping = new Scraping({
      backend: this.#queryBackend,
      configuration: () => this.#configuration.scrape,
      metrics: this.#scrapeMetrics,
      log,
    });
    this.#maintaining = new Maintaining({
      silences: this.#alerts.alerting.silences,
      services: () => this.#cluster.services,
      alertLabels: service => this.#alertLabels(service),
      onChange: now => this.#checkResults.setMaintenance(now),
      clock: this.#clock,
    });
    this.#reporting = new Reporting({
      engine: this.#queryBackend.engine,
      store: this.#store,
      audit: this.#alerts.alerting.audit,
      metrics: new ReportMetrics(this.#registry),
      services: () => this.#cluster.services,
      retention: () => (this.#configuration.remote ? undefined : settings.storage.retention),
      externalUrl: () => this.#addresses.externalUrl,
      ...{ version: settings.version, log },
    });
    this.#watchdog = new ScanWatchdog(configuration.prober.scan, this.#clock.elapsed());
    const events: CheckRunnerEvents = {
      onResult: result => this.#checkResults.add(result),
      onInference: result => this.#inferenceResults.add(result),
      onScan: scan => void this.#scanResults.add(scan),
      onTrouble: (target, message) => log.error({ target, err: message }, 'Service cannot be checked'),
      onDown: reason => {
        this.#inferenceResults.workerLost();
        this.#checkResults.workerLost(reason);
      },
    };
    this.#checks = (settings.runChecks ?? runInWorker)(events);
    this.#pushes = new Pushes({
      states: this.#store.states,
      clock: this.#clock,
      onPush: (id, last) => {
        this.#checks.setLastPush(id, last);
        this.#checks.refresh([id]);
      },
    });
    this.#ha = new HighAvailability({
      registry: this.#registry,
      cluster: this.#cluster,
      exposition: this.#exposition,
      alerting: () => this.#alerts.alerting,
      kinds: () => [
        this.#alerts.alerting.sharedSilences,
        new SharedAnnouncements(this.#announcements, this.#clock),
        new SharedPushes(this.#pushes, this.#clock),
      ],
      evaluate: () => this.#queryBackend.evaluate(),
      check: ids => this.#checks.refresh(ids),
      ...{ version: settings.version, clock: this.#clock, log },
    });
    this.#refresher = new Refresher(this.#cluster, ids => {
      this.#checks.refresh(ids);
      this.#shardResults.refresh(ids);
    });
    const shared = {
      ...ofProcess,
      cluster: this.#cluster,
      firstChecks: this.#firstChecks,
      evaluate: () => this.#queryBackend.evaluate(),
    };
    this.#shardChanges = new ChangeWriter({
      clock: this.#clock,
      send: samples => this.#queryBackend.sendUnqueued(samples),
    });
    this.#checkResults = new CheckResults({
      ...{ ...shared, changes: this.#shardChanges },
      firstFailures: this.#firstFailures,
      recent: this.#recent,
      refresher: this.#refresher,
      services: new ServiceMetrics(this.#exposition),
      node: () => this.#configuration.node,
      onLevelChange: () => this.#ha.levelChanged(),
    });
    this.#inferenceResults = new InferenceResults({
      ...shared,
      metrics: new InferenceMetrics(this.#exposition),
    });
    this.#shardResults = new ShardResults({
      ...{ ...shared, engine: this.#queryBackend.engine, refresher: this.#refresher },
      stored: (query, at, options) => this.#queryBackend.stored(query, at, options),
      metrics: new ShardMetrics(this.#registry),
      ruleEngine: () => this.#queryBackend.ruleEngine,
      instance: () => this.#queryBackend.identity.instance ?? '',
      sentLabels: labels => this.#sentLabels(labels),
    });
    this.#ruleResults = new RuleResults({
      ...shared,
      watchdog: this.#watchdog,
      checks: this.#checks,
      alerts: this.#alerts,
      scan: () => this.#configuration.prober.scan,
      muted: at => this.#muted(at),
    });
    this.#scanResults = new ScanResults({
      ...shared,
      watchdog: this.#watchdog,
      store: this.#store,
      backend: this.#queryBackend,
      alerts: this.#alerts,
      health: this.#health,
      muted: at => this.#muted(at),
    });
    this.#applyConfiguration(configuration);
    this.#pruning = setInterval(() => void this.#store.prune(), PRUNE_INTERVAL);
    void this.#store.prune();
  }

  /** Where it can be asked from this machine, `http://HOST:PORT`; empty before it listens. */
  get url(): string {
    return this.#addresses.url;
  }

  /** @internal Starts the HTTP server, which answers queries; all else waits for {@link start}. */
  async listen(web: ReturnType<typeof loadWebConfig>): Promise<void> {
    const { listen, log } = this.#settings;
    this.#server = await startServer({
      listen,
      web,
      context: this.#context(),
      log: (level, message, fields) => log[level](fields, message),
      starting: { answersQueries: !this.#configuration.remote },
    });
    this.#addresses.setListening(this.#server.address, web.tls ? 'https' : 'http');
    this.#queryBackend.open(this.#addresses.instance, this.#configuration);
  }

  /** @internal Starts all else. @param configuration the same as before, with its rules */
  async start(configuration: Configuration): Promise<void> {
    this.#configuration = configuration;
    this.#addresses.updateLinks();
    this.#checks.configure(configuration.prober);
    await this.#ha.configure(configuration.ha);
    await this.#alerts.configure(configuration);
    await this.#queryBackend.configure(this.#ruleConfiguration());
    this.#shardChanges.configure(configuration);
    this.#shardResults.configure(configuration);
    this.#scraping.configure();
    this.#reporting.configure(configuration);
    this.#maintaining.update();
    this.#server?.setStarted();
    this.#settings.log.info({ address: this.#server?.address, url: this.url }, 'Listening');
  }

  /**
   * Reads the configuration files again; when they are wrong everything goes on as before. Requests that come meanwhile
   * share the next reload.
   * @param by the user, for the audit trail
   * @throws ConfigError
   */
  reload(by = 'program'): Promise<void> {
    return this.#reloading.run(by);
  }

  /** @returns the number of services */
  async #applyFiles(): Promise<number> {
    const { configFile, webConfigFile } = this.#settings;
    const configuration = loadConfiguration(configFile);
    const web = webConfigFile ? loadWebConfig(webConfigFile) : undefined;
    await this.#alerts.configure(configuration);
    this.#applyConfiguration(configuration);
    this.#checks.configure(configuration.prober);
    await this.#ha.configure(configuration.ha);
    this.#addresses.updateLinks();
    await this.#queryBackend.configure(this.#ruleConfiguration());
    this.#shardChanges.configure(configuration);
    this.#shardResults.configure(configuration);
    this.#scraping.configure();
    this.#reporting.configure(configuration);
    if (web) this.#server?.setWebConfig(web);
    return configuration.services.length;
  }

  /** Alerts that are not sent at a moment: the rules leave them out, or the notifier does. */
  #muted(at: Millis): MutedAlert[] {
    return [...mutedByDependency(this.#cluster), ...this.#alerts.alerting.muted(at)];
  }

  /** Lets answers end, which may wait for a check, then stops checking and closes the store. */
  async close(): Promise<void> {
    clearInterval(this.#pruning);
    await this.#reloading.close();
    await this.#server?.close();
    await this.#checks.close();
    await this.#reporting.close();
    this.#shardChanges.close();
    this.#shardResults.close();
    this.#scraping.close();
    await this.#queryBackend.close();
    this.#maintaining.close();
    await this.#alerts.close();
    await this.#ha.close();
    this.#firstFailures.flush();
    systemResolver().cancel();
    this.#store.close();
    this.#locking.close();
    this.#lock.release();
  }

  #applyConfiguration(configuration: Configuration): void {
    const kindOf = new Map(configuration.services.map(service => [service.id, service.kind]));
    // A service of another kind is another service, though it bears the same name.
    for (const { id, kind } of this.#cluster.services)
      if (kindOf.get(id) !== kind) {
        this.#checkResults.remove(id);
        this.#inferenceResults.remove(id);
      }
    if (this.#configuration.node !== configuration.node) {
      this.#checkResults.removeNode(this.#configuration.node);
    }
    this.#cluster.setServices(configuration.services);
    this.#firstChecks.setServices(configuration.services.filter(({ isElsewhere }) => !isElsewhere));
    this.#maintaining.update();
    this.#health.trim();
    this.#endpoints.setPlan(configuration.endpoints);
    this.#events.disconnectAll();
    this.#publicEvents.disconnectAll();
    for (const service of configuration.services) this.#checkResults.showState(service.id);
    this.#inferenceResults.configure(configuration.prober.targets);
    this.#configuration = configuration;
    this.#sentLabels = makeSentLabels({
      externalLabels: this.#externalLabels,
      relabelConfigs: configuration.alertRelabelConfigs,
    });
    this.#reloading.applied();
    this.#own.setConcurrency(configuration.prober.concurrency);
    this.#own.setShard(configuration.shard);
    this.#concurrencyLog.report(configuration.prober);
    this.#pushes.setServices(pushServices(configuration));
    this.#scraping.logWarnings();
    this.#remoteWriting.configure(configuration.remoteWrite);
    for (const err of configuration.remoteWrite.warnings)
      this.#log.warn({ err }, 'Part of remote_write has no effect');
    this.#checks.setStatus(this.#cluster.status.overall);
  }

  #ruleConfiguration(): RuleConfiguration {
    const { remoteWrite, scrape } = this.#configuration;
    const { externalLabels } = scrape.global;
    return {
      ...this.#configuration,
      ...{ remoteWrite: remoteWrite.remotes, externalLabels },
      ...{ externalUrl: this.#addresses.externalUrl, sentLabels: this.#sentLabels },
    };
  }

  /** What alerts have beside their own labels; where another Prometheus has the rules, its own external labels. */
  get #externalLabels(): Readonly<Record<string, string>> {
    const { rulePlace, scrape } = this.#configuration;
    return rulePlace === 'remote' ? {} : scrape.global.externalLabels;
  }

  /** The labels of a service's own alert, as it is sent. */
  #alertLabels(service: Service): Labels {
    const labels = alertLabelsOf(service, this.#queryBackend.identity);
    const sent = this.#sentLabels(labels.toJSON());
    return sent ? Labels.of(sent) : labels;
  }

  #context(): ApiContext {
    return {
      cluster: this.#cluster,
      health: this.#health,
      refresher: this.#refresher,
      recent: this.#recent,
      configuration: id => this.#configuration.prober.targets.find(each => each.isService && each.id === id),
      watchdog: this.#watchdog,
      store: this.#store,
      endpoints: this.#endpoints,
      events: this.#events,
      publicEvents: this.#publicEvents,
      metrics: new MetricsPage(this.#registry, this.#exposition),
      query: this.#queryBackend.engine,
      analyst: this.#reporting.analyst,
      prometheus: makeFacts({
        settings: this.#settings,
        configuration: () => this.#configuration,
        addresses: this.#addresses,
        reloading: this.#reloading,
        backend: this.#queryBackend,
        scraping: this.#scraping,
        remoteWriting: this.#remoteWriting,
        startedAt: this.#startedAt,
      }),
      clock: this.#clock,
      version: this.#settings.version,
      node: () => this.#configuration.node,
      externalUrl: () => this.#addresses.externalUrl,
      access: () => this.#addresses.access(),
      page: () => this.#configuration.page,
      announcements: this.#announcements,
      pushes: this.#pushes,
      ha: this.#ha,
      alerting: this.#alerts.alerting,
      alertLabels: service => this.#alertLabels(service),
      sms: () => this.#alerts.sms,
      reload: this.#settings.enableLifecycle ? by => this.reload(by) : undefined,
      onAnswer: (handler, code) => this.#own.answered(handler, code),
    };
  }
}
