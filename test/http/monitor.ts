// A monitor's HTTP server with the real rooms behind it and results fed by the test: no checks are made, nothing is scheduled.

import { writeFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import type { z } from 'zod';
import { loadAlertmanagerConfig } from '../../src/alertmanager/config/load.js';
import { alertLabelsOf } from '../../src/alertmanager/mute/maintenance.js';
import { Alerting, type DeliveryConfig } from '../../src/alerts/alerting.js';
import type { AlertingEvents } from '../../src/alerts/alerting-options.js';
import type { SmsGateway } from '../../src/alerts/sms/gateway.js';
import { Analyst } from '../../src/analysis/analyst.js';
import { Measures } from '../../src/cluster/endpoints/measures.js';
import type { EndpointCandidates } from '../../src/cluster/endpoints/plan.js';
import { EndpointSelector } from '../../src/cluster/endpoints/selector.js';
import { HealthWriter } from '../../src/cluster/health-json.js';
import { mutedByDependency } from '../../src/cluster/muted.js';
import { Refresher } from '../../src/cluster/on-demand.js';
import { RecentResults } from '../../src/cluster/recent-results.js';
import { ClusterState } from '../../src/cluster/state.js';
import type { ClusterStatus } from '../../src/cluster/status.js';
import { ScanWatchdog } from '../../src/cluster/watchdog.js';
import type { AccessPolicy } from '../../src/http/access.js';
import type { ApiContext } from '../../src/http/context.js';
import { type FeedLimits, HealthFeed } from '../../src/http/events/feed.js';
import { Announcements } from '../../src/http/page/announcements.js';
import { pageSection } from '../../src/http/page/settings.js';
import type { PrometheusFacts, ScrapeFacts } from '../../src/http/prometheus/facts.js';
import { makePublicFeed } from '../../src/http/public/feed.js';
import { Pushes, type PushService } from '../../src/http/push/pushes.js';
import { type HttpServer, type ServerOptions, startServer } from '../../src/http/server.js';
import { NO_WEB_CONFIG } from '../../src/http/web-config.js';
import { Exposition } from '../../src/metrics/exposition.js';
import { MetricsPage } from '../../src/metrics/page.js';
import { countFamilies, ServiceMetrics, serviceFamilies } from '../../src/metrics/services.js';
import type { LastPush } from '../../src/model/push.js';
import type { CheckResult } from '../../src/model/result.js';
import type { Service } from '../../src/model/service.js';
import type { Clock, Millis } from '../../src/model/time.js';
import { type QueryEngine, QueryError } from '../../src/query/engine.js';
import { Store } from '../../src/store/store.js';
import { CHECKED } from '../support/alerting.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { judgeByRules } from '../support/shipped-rules.js';

/** 2024-01-15 10:30:45.123456 local time. */
export const START: Millis = new Date(2024, 0, 15, 10, 30, 45).getTime() + 123.456;

/** A manual clock. */
export class ManualClock implements Clock {
  #elapsed: Millis = 1000;

  now(): Millis {
    return START + this.#elapsed - 1000;
  }

  elapsed(): Millis {
    return this.#elapsed;
  }

  advance(span: Millis): void {
    this.#elapsed += span;
  }
}

/** A service as the configuration would have made it. */
export function service(id: string, over: Partial<Service> = {}): Service {
  const severity = over.critical === false ? 'warning' : 'critical';
  return { id, name: id, kind: 'http', critical: true, severity, dependsOn: [], ...over };
}

/** A check's result: healthy by default. */
export function result(target: string, over: Partial<CheckResult> = {}): CheckResult {
  return {
    target,
    at: START,
    status: 'healthy',
    responseTime: 0.245,
    readings: { values: [] },
    level: 'up',
    since: START,
    consecutiveFailures: 0,
    ...over,
  };
}

/** The document's services, with the fields that endpoints use. */
export const SERVICES = [
  service('jetson_ollama', { name: 'Jetson Ollama Server', kind: 'ollama' }),
  service('cpu_llama', { name: 'CPU Llama.cpp Server', critical: false }),
  service('tools', { name: 'Tools Server' }),
  service('haproxy', { name: 'HAProxy Load Balancer', kind: 'haproxy', severity: 'warning' }),
  service('redis', { name: 'Redis Cache', kind: 'redis' }),
];

/** The shipped configuration's endpoints, as the document has them. */
export const ENDPOINTS: EndpointCandidates = {
  capabilities: new Map([
    [
      'llm',
      [
        { service: 'jetson_ollama', url: 'http://127.0.0.1:11434' },
        { service: 'cpu_llama', url: 'http://127.0.0.1:8080' },
      ],
    ],
  ]),
  fallback: new Map([['llm', 'http://127.0.0.1:9000']]),
};

/** The expected interval of scans. */
export const SCAN: Millis = 30_000;

/** Started by {@link startMonitor}. The caller must close it. */
export interface TestMonitor extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly server: HttpServer;
  readonly clock: ManualClock;
  readonly cluster: ClusterState;
  readonly watchdog: ScanWatchdog;
  readonly store: Store;
  readonly events: HealthFeed;
  readonly health: HealthWriter;
  readonly exposition: Exposition;
  readonly alerting: Alerting;
  /** Services whose check at once was requested. */
  readonly wanted: string[][];
  readonly pushes: Pushes;
  /** What was handed to the checks: service and push. */
  readonly pushed: [id: string, last: LastPush][];
  /** Answers counted, as `HANDLER STATUS`. */
  readonly answered: string[];
  /** Lines logged. */
  readonly logged: string[];
  /** Feeds a result, as if it had been measured. */
  feed(result: CheckResult): void;
  /** GET of a path as JSON. */
  json(path: string): Promise<unknown>;
}

export interface TestMonitorOptions
  extends Partial<Pick<ServerOptions, 'web' | 'requestTimeout' | 'starting'>> {
  readonly services?: readonly Service[];
  readonly reload?: ApiContext['reload'];
  readonly node?: string;
  readonly query?: QueryEngine;
  readonly facts?: Partial<PrometheusFacts>;
  /** Text of an alertmanager.yml, or another way of delivery. */
  readonly alertmanager?: string | DeliveryConfig;
  /** Instead of the manual clock. */
  readonly clock?: Clock;
  /** The store's file; by default in a folder of the test's own. */
  readonly storeFile?: string;
  readonly sms?: SmsGateway;
  readonly endpoints?: EndpointCandidates;
  readonly feed?: FeedLimits;
  /** Additions to `http://monitor.example/cluster`. */
  readonly access?: Partial<AccessPolicy>;
  /** The configuration of services, by id. */
  readonly configuration?: Readonly<Record<string, object>>;
  /** Services of `kind: push`. */
  readonly pushServices?: readonly PushService[];
  /** The section `page` of monitor.yml. */
  readonly page?: z.input<typeof pageSection>;
}

const ALERTMANAGER = 'route: { receiver: log }\nreceivers: [{ name: log }]\n';

const unavailable = () => Promise.reject(new QueryError('unavailable', 'no query engine in this test'));
const NO_ENGINE: QueryEngine = {
  answer: unavailable,
  instant: unavailable,
  range: unavailable,
  rules: unavailable,
  alerts: unavailable,
  close: async () => {},
};
/** Nothing but the monitor itself is scraped. */
/** No remote write. */
export const NOTHING_SENT = { masked: () => '', health: () => undefined };

export const NOTHING_SCRAPED: ScrapeFacts = {
  targets: () => [],
  pools: () => [],
  metadata: async () => [],
  configuration: () => ({
    global: { scrapeInterval: 60_000, scrapeTimeout: 10_000, externalLabels: {} },
    masked: '',
  }),
};
const NO_FACTS: PrometheusFacts = {
  target: () => undefined,
  scraped: NOTHING_SCRAPED,
  remoteWrite: NOTHING_SENT,
  samples: () => undefined,
  runtime: () => ({ startedAt: START, reloadedAt: START, reloadSucceeded: true, retention: '30d' }),
  flags: () => ({}),
};

const ignore = () => {};
const NO_EVENTS: AlertingEvents = {
  onIntegrations: ignore,
  onAttempt: ignore,
  onNotification: ignore,
  onSuppressed: ignore,
  onAction: ignore,
  onMuting: ignore,
  onSent: ignore,
  onFailed: ignore,
  onDropped: ignore,
};

function deliveryOf(alertmanager: string | DeliveryConfig, folder: string): DeliveryConfig {
  if (typeof alertmanager !== 'string') return alertmanager;
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, alertmanager);
  return { by: 'embedded', config: loadAlertmanagerConfig(file) };
}

/** The result of the shipped rules over the cluster's state. */
function judged(cluster: ClusterState, at: number): ClusterStatus {
  const all = cluster.services.map(service => {
    const result = cluster.result(service.id);
    return { service, level: result?.level ?? 'unknown', result, trouble: cluster.lastFailure(service.id) };
  });
  return judgeByRules(all, Math.round(at));
}

/** Starts the HTTP server on a free port of 127.0.0.1. */
export async function startMonitor(options: TestMonitorOptions = {}): Promise<TestMonitor> {
  const {
    services = SERVICES,
    web = NO_WEB_CONFIG,
    node = 'worker-node4',
    alertmanager = ALERTMANAGER,
  } = options;
  const folder = makeFolder('http');
  const clock = new ManualClock();
  const registry = new Registry();
  const exposition = new Exposition(registry, [...serviceFamilies, ...countFamilies]);
  const metrics = new ServiceMetrics(exposition);
  const cluster = new ClusterState();
  cluster.setServices(services);
  if (services.length === 0) cluster.setStatus(judged(cluster, clock.now()), clock.now());
  const watchdog = new ScanWatchdog(SCAN, clock.elapsed());
  const { storeFile: file = join(folder, 'monitor.db') } = options;
  const store = new Store({ file, retention: 86_400_000, log: () => {}, clock });
  const wanted: string[][] = [];
  const answered: string[] = [];
  const logged: string[] = [];
  const time = options.clock ?? clock;
  const alerting = new Alerting({
    store,
    clock: time,
    checked: CHECKED,
    externalUrl: () => 'http://monitor.example/cluster',
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    events: NO_EVENTS,
  });
  await alerting.configure(deliveryOf(alertmanager, folder), []);
  const recent = new RecentResults();
  const refresher = new Refresher(cluster, ids => wanted.push([...ids]));
  const query = options.query ?? NO_ENGINE;
  const health = new HealthWriter(cluster, clock.elapsed(), at => [
    ...mutedByDependency(cluster),
    ...alerting.muted(at),
  ]);
  const endpoints = new EndpointSelector(cluster, new Measures((text, at) => query.instant(text, at), clock));
  endpoints.setPlan(options.endpoints ?? ENDPOINTS);
  const events = new HealthFeed(cluster, health, clock, options.feed);
  const page = pageSection.parse(options.page ?? {});
  const pushed: [string, LastPush][] = [];
  const pushes = new Pushes({
    ...{ states: store.states, clock: time },
    onPush: (id, last) => pushed.push([id, last]),
  });
  pushes.setServices(options.pushServices ?? []);
  const context: ApiContext = {
    cluster,
    health,
    endpoints,
    events,
    publicEvents: makePublicFeed(cluster, health, clock, () => ({ alerting })),
    refresher,
    recent,
    configuration: id => options.configuration?.[id],
    watchdog,
    store,
    metrics: new MetricsPage(registry, exposition),
    query,
    analyst: new Analyst({
      engine: query,
      services: () => cluster.services,
      rollups: store.days,
      clock: time,
    }),
    prometheus: { ...NO_FACTS, ...options.facts },
    clock: time,
    ha: { answer: undefined, status: undefined },
    alerting,
    alertLabels: each => alertLabelsOf(each, { job: 'langgraph-monitor', instance: '127.0.0.1:8083' }),
    sms: () => options.sms,
    version: '1.2.3',
    node: () => node,
    externalUrl: () => 'http://monitor.example/cluster',
    access: () => ({
      allowedHosts: [],
      trustedProxies: new BlockList(),
      externalUrl: 'http://monitor.example/cluster',
      isExternalUrlGiven: true,
      isReadOnly: page.readOnly,
      names: [],
      ...options.access,
    }),
    page: () => page,
    announcements: new Announcements(store.states, () => page.announcements),
    pushes,
    reload: options.reload,
    onAnswer: (handler, status) => answered.push(`${handler} ${status}`),
  };
  const server = await startServer({
    listen: { host: '127.0.0.1', port: 0 },
    web,
    context,
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    requestTimeout: options.requestTimeout,
    starting: options.starting,
  });
  const url = `${web.tls ? 'https' : 'http'}://${server.address}`;
  return {
    url,
    port: Number(server.address.split(':').at(-1)),
    server,
    clock,
    cluster,
    watchdog,
    store,
    events,
    health,
    exposition,
    alerting,
    wanted,
    pushes,
    pushed,
    answered,
    logged,
    feed(each) {
      cluster.update(each);
      recent.add(each);
      cluster.setStatus(judged(cluster, clock.now()), clock.now());
      const known = services.find(({ id }) => id === each.target);
      if (known) metrics.update(known, each);
      refresher.resolved(each.target);
    },
    json: async path => (await fetch(url + path)).json(),
    async [Symbol.asyncDispose]() {
      await server.close();
      await alerting.close();
      store.close();
      removeFolder(folder);
    },
  };
}
