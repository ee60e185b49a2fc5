// Every query of every dashboard, as Grafana would send it, after a run of the demo: to the monitor's own engine, and to
// a Prometheus that scraped it meanwhile and evaluated the same rules. No result is empty without a listed reason.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { VariableModel } from '@grafana/schema';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Cluster, startCluster } from '../../src/demo/cluster.js';
import { monitorConfiguration } from '../../src/demo/configuration.js';
import { Scenario } from '../../src/demo/scenario.js';
import type { Millis } from '../../src/model/time.js';
import { certificate } from '../support/certificate.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { EXPORTERS, type ExporterName, pageOf } from '../support/exporter-pages.js';
import { listen, portOf, stop } from '../support/http.js';
import { type RunningMonitor, runToEnd, startMonitor } from '../support/monitor.js';
import { type PostgresServer, startPostgres } from '../support/postgres.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';
import { fillIn, fillInIntervals, stepOf, type Value, type Values, type View } from './interpolate.js';
import { metricsOf } from './named.js';
import {
  annotationsOf,
  labelQuestion,
  panelsOf,
  type Shipped,
  shipped,
  targetsOf,
  variablesOf,
} from './shipped.js';

const JOB = 'langgraph-monitor';
const PATIENCE = { timeout: 60_000, interval: 200 };
const RULES = fileURLToPath(new URL('../../rules/', import.meta.url));
/** The factor by which the demo's timetable is faster and all intervals are shorter. */
const HASTE = 5;
/** The end of the played timetable, in its own time: two services are down, others were and have recovered. */
const END: Millis = 218_000;
const SCRAPE: Millis = 1000;
/** Not requested; the base of links in alerts. */
const GRAFANA = 'http://127.0.0.1:3000';
/** Pixels that Grafana has for a column of its grid at 1440 x 900. */
const COLUMN = 56;

/** LangGraph's checkpointer with one checkpoint, and a user that needs no password. */
const CHECKPOINTS = `
  CREATE ROLE open LOGIN;
  CREATE TABLE checkpoints (thread_id text, checkpoint_ns text, checkpoint_id text,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id));
  INSERT INTO checkpoints SELECT 't', '', '1f0' || lpad(to_hex(i), 5, '0') || '-0000-6000-8000-000000000000'
    FROM generate_series(1, 200) i;
  GRANT SELECT ON checkpoints TO open;
  ANALYZE checkpoints`;

/** `file: title, letter` of queries without a result after this run, and the reason. One with a result must not be here. */
const EMPTY: Readonly<Record<string, string>> = {};

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An engine: returns `data` of an answer of Prometheus' API. */
type Engine = <T>(path: string, parameters: Readonly<Record<string, string>>) => Promise<T>;

let folder: string;
let secure: Server;
let receiver: Server;
let exporters: Server;
let database: PostgresServer;
let cluster: Cluster;
let monitor: RunningMonitor;
let prometheus: PrometheusServer;
let view: Omit<View, 'points'>;
const engines = new Map<string, Engine>();
/** Alerts of each at the end of the run. */
const alertsOf = new Map<string, readonly Alert[]>();

beforeAll(async () => {
  folder = makeFolder('dashboards');
  writeRules();
  receiver = await listen((request, response) => {
    response.statusCode = request.url === '/takes' ? 200 : 400;
    request.resume().on('end', () => response.end('ok'));
  });
  const began = performance.now();
  exporters = await listen((request, response) => {
    const page = pageOf(request.url?.slice(1) as ExporterName);
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(moving(page, (performance.now() - began) / 1000));
  });
  writeFileSync(join(folder, 'alertmanager.yml'), JSON.stringify(delivery()));
  cluster = await startCluster({ lifelike: true });
  secure = await listen((_, response) => response.end('{}'), certificate);
  database = await startPostgres();
  database.sql(CHECKPOINTS);
  const port = await freePort();
  const instance = `127.0.0.1:${port}`;
  const past = join(folder, 'past.om');
  writeFileSync(past, dayBefore(instance));
  monitor = await startMonitor(configuration(), { flags: [`--web.listen-address=${instance}`] });
  const { code, stderr } = await runToEnd(['import', past, `--storage.path=${join(monitor.folder, 'data')}`]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  prometheus = await startPrometheus(
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules/*.rules.yml')],
      scrape_configs: [{ job_name: JOB, static_configs: [{ targets: [instance] }] }, ...exporterJobs()],
    }),
    readFileSync(past, 'utf8'),
  );
  engines.set('the monitor', async (path, parameters) => {
    const { status, data, error } = await monitor.json<{ status: string; data: never; error?: string }>(
      `/api/v1/${path}?${new URLSearchParams(parameters)}`,
    );
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  });
  engines.set('Prometheus', (path, parameters) => prometheus.api(path, parameters));
  const from = Date.now();
  await play();
  // On a busy machine rules and reports take longer than the timetable.
  const gone = 'count(ALERTS{alertname="ServiceDown", alertstate="firing"}) > 1';
  const reported = 'count(langgraph_monitor_report_last_success_timestamp_seconds > 0) > 0';
  for (const engine of engines.values())
    for (const query of [gone, reported])
      await vi.waitFor(
        async () => expect((await engine<{ result: unknown[] }>('query', { query })).result).toHaveLength(1),
        PATIENCE,
      );
  view = { from, to: Date.now(), scrape: SCRAPE };
  for (const [who, engine] of engines)
    alertsOf.set(who, (await engine<{ alerts: Alert[] }>('alerts', {})).alerts);
}, 300_000);

afterAll(async () => {
  await prometheus?.close();
  await monitor?.[Symbol.asyncDispose]();
  for (const server of [secure, receiver, exporters]) if (server) await stop(server);
  await cluster?.close();
  await database?.close();
  if (folder) removeFolder(folder);
});

/** The demo's services, one with TLS, and one whose model is asked over OpenAI's API. */
function configuration(): object {
  const pace = {
    interval: '500ms',
    timeout: '1800ms',
    slowAfter: '700ms',
    confirmEvery: '200ms',
    askEvery: '1s',
  };
  const { services, ...rest } = monitorConfiguration(cluster, pace);
  const url = `https://127.0.0.1:${portOf(secure)}/`;
  return {
    ...rest,
    services: {
      ...(services as object),
      secure: { url, tls_config: { ca_file: certificate.file } },
      checkpoints: { kind: 'postgres', host: `127.0.0.1:${database.port}`, username: 'open' },
      // Its answers are not what is expected.
      router: {
        kind: 'openai',
        url: cluster.cpu_llama.url,
        require_models: ['llama-3.2-3b-q4'],
        generate: { interval: '1s', expect: 'bye' },
      },
    },
    host: { interval: '1s' },
    query: { scrape_interval: '1s' },
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: exporterJobs(),
    links: { grafana: GRAFANA },
    alerting: { config_file: join(folder, 'alertmanager.yml') },
    reports: ['taken', 'refused'].map(name => ({
      ...{ name, receivers: [`report-${name}`] },
      ...{ schedule: '*/10 * * * * *', period: 'day' },
    })),
    rule_files: [join(folder, 'rules/*.rules.yml')],
  };
}

/** Jobs for the recorded pages of exporters, which are machines of their own. */
function exporterJobs(): object[] {
  return EXPORTERS.map(name => ({
    job_name: name,
    metrics_path: `/${name}`,
    static_configs: [{ targets: [`127.0.0.1:${portOf(exporters)}`], labels: { instance: `${name}:9100` } }],
  }));
}

/** A page whose histograms and blocks count on: of those that stand still there are no quantiles and no shares. */
function moving(page: string, seconds: number): string {
  return page.replace(
    /^((?:\S+_(?:bucket|count|sum)|pg_stat_database_blks_\w+)(?:\{.*\})?) (\S+)$/gm,
    (_, series, value) => `${series} ${Number(value) * seconds}`,
  );
}

/** A receiver that accepts messages, one that refuses them, and a route that is always muted. */
function delivery(): object {
  const webhook = (name: string) => ({
    name,
    webhook_configs: [{ url: `http://127.0.0.1:${portOf(receiver)}/${name}` }],
  });
  const slack = (name: string, path: string) => ({
    name,
    slack_configs: [{ api_url: `http://127.0.0.1:${portOf(receiver)}/${path}`, channel: '#reports' }],
  });
  const often = { group_wait: '0s', group_interval: '1s', group_by: ['alertname'] };
  return {
    route: {
      ...{ receiver: 'takes', ...often },
      routes: [
        { receiver: 'refuses', matchers: ['severity="warning"'] },
        { receiver: 'takes', matchers: ['severity="none"'], mute_time_intervals: ['always'] },
      ],
    },
    receivers: [
      ...[webhook('takes'), webhook('refuses')],
      ...[slack('report-taken', 'takes'), slack('report-refused', 'refuses')],
    ],
    time_intervals: [
      { name: 'always', time_intervals: [{ times: [{ start_time: '00:00', end_time: '24:00' }] }] },
    ],
  };
}

/** Recorded series of one service for eight hours up to an hour ago: enough for its baseline. */
function dayBefore(instance: string): string {
  const now = Math.floor(Date.now() / 1000);
  const minutes = Array.from({ length: 420 }, (_, minute) => now - 8 * 3600 + 60 * minute);
  const labels = (target: string) => `{instance="${instance}",job="${JOB}",target="${target}"}`;
  const series = [
    `langgraph:response_time_seconds:avg10m${labels('tools')}`,
    ...['first_token_seconds', 'tokens_per_second'].map(
      name => `langgraph:${name}:avg30m${labels('jetson_ollama').replace('}', ',model="llama3.2:3b"}')}`,
    ),
  ];
  const lines = series.flatMap(name => minutes.map((at, i) => `${name} ${0.01 + (i % 7) / 1e4} ${at}`));
  return `${lines.join('\n')}\n# EOF\n`;
}

/** The shipped rules, evaluated every second. */
function writeRules(): void {
  const place = join(folder, 'rules');
  mkdirSync(place);
  for (const file of readdirSync(RULES).filter(name => name.endsWith('.rules.yml'))) {
    const text = readFileSync(join(RULES, file), 'utf8');
    writeFileSync(join(place, file), text.replace(/^ {4}interval: \w+$/gm, '    interval: 1s'));
  }
}

/** Plays the timetable, with a client of Redis and a client of the monitor that requests an unknown path. */
async function play(): Promise<void> {
  const director = new Scenario(cluster);
  const [host, port] = (cluster.redis?.address ?? '').split(':');
  const redis = new Redis({ host: host as string, port: Number(port) });
  await maintain('embeddings', 10_000);
  try {
    let last = performance.now();
    for (let elapsed = 0; elapsed < END; ) {
      const now = performance.now();
      // A pause of the machine must not skip an incident.
      elapsed = Math.min(elapsed + Math.min((now - last) * HASTE, 2500), END);
      last = now;
      await director.advance(elapsed);
      await redis.set('answer', '42', 'EX', 1);
      await redis.mget('answer', 'question');
      await monitor.get('/nothing-here');
      await delay(100);
    }
  } finally {
    redis.disconnect();
  }
}

/** A maintenance window of a service from now on, in milliseconds. */
async function maintain(target: string, length: number): Promise<void> {
  const now = Date.now();
  const response = await fetch(`${monitor.url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'target', value: target, isRegex: false, isEqual: true }],
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + length).toISOString(),
      createdBy: 'test',
      comment: 'maintenance: a new model',
    }),
  });
  expect(response.status).toBe(200);
}

/** The values of a dashboard's variables: one after the other, or "All" and all by name where several may be chosen. */
async function choices(engine: Engine, { dashboard, ...rest }: Shipped): Promise<Values[]> {
  let all: Values[] = [new Map()];
  for (const variable of variablesOf({ dashboard, ...rest })) {
    const next: Values[] = [];
    for (const values of all) {
      for (const value of await valuesOf(engine, variable, values))
        next.push(new Map([...values, [variable.name, { variable, value }]]));
    }
    all = next;
  }
  return all;
}

async function valuesOf(engine: Engine, variable: VariableModel, chosen: Values): Promise<Value[]> {
  if (variable.type === 'datasource') return [variable.current?.value as string];
  const options = await labelValues(engine, variable, chosen);
  expect(options, `${variable.name} has values`).not.toEqual([]);
  if (!variable.multi) return options;
  return variable.allValue ? [['$__all'], options] : [options];
}

async function labelValues(engine: Engine, variable: VariableModel, chosen: Values): Promise<string[]> {
  const { selector, label } = labelQuestion(variable);
  const matching = { 'match[]': fillIn(selector, chosen), ...moments() };
  const values = await engine<string[]>(`label/${label}/values`, matching);
  // Without Prometheus' version Grafana requests whole series instead.
  const series = await engine<Record<string, string>[]>('series', matching);
  expect([...new Set(series.map(each => each[label]))].sort()).toEqual(values);
  return values;
}

const moments = () => ({ start: String(view.from / 1000), end: String(view.to / 1000) });

/** The answer for Grafana; points that are no number are not drawn. */
async function ask(
  engine: Engine,
  expr: string,
  chosen: Values,
  { isInstant, points, minimum }: { isInstant: boolean; points: number; minimum?: Millis },
): Promise<Series[]> {
  const seen = { ...view, points };
  const query = fillInIntervals(fillIn(expr, chosen), seen, minimum);
  const step = stepOf(seen, minimum);
  const aligned = (at: Millis) => String((Math.floor(at / step) * step) / 1000);
  const { result } = await (isInstant
    ? engine<{ result: Series[] }>('query', { query, time: String(view.to / 1000) })
    : engine<{ result: Series[] }>('query_range', {
        ...{ query, start: aligned(view.from), end: aligned(view.to), step: String(step / 1000) },
      }));
  return result.filter(({ value, values = value ? [value] : [] }) =>
    values.some(([, number]) => number !== 'NaN'),
  );
}

interface Question {
  /** `file: title, letter`. */
  readonly name: string;
  readonly of: Shipped;
  readonly expr: string;
  readonly isInstant: boolean;
  readonly points: number;
  readonly minimum?: Millis;
}

const questions: readonly Question[] = shipped.flatMap(of => [
  ...panelsOf(of).flatMap(panel =>
    targetsOf(panel).map(({ refId, expr, instant }) => ({
      ...{ name: `${of.file}: ${panel.title}, ${refId}`, of, expr, isInstant: instant },
      points: panel.maxDataPoints ?? (panel.gridPos?.w ?? 0) * COLUMN,
    })),
  ),
  ...annotationsOf(of).map(({ name, target }) => ({
    ...{ name: `${of.file}: ${name}`, of, expr: (target as unknown as { expr: string }).expr },
    ...{ isInstant: false, points: 1000, minimum: 30_000 / 15 },
  })),
]);

describe.each(['the monitor', 'Prometheus'])('%s', who => {
  const engine: Engine = (path, parameters) => (engines.get(who) as Engine)(path, parameters);
  const known = new Map<Shipped, Promise<Values[]>>();
  const choicesOf = (of: Shipped) => {
    const found = known.get(of) ?? choices(engine, of);
    known.set(of, found);
    return found;
  };

  test.each(shipped.map(of => [of.file, of] as const))('fills the variables of %s', async (_, of) => {
    expect((await choicesOf(of)).length).toBeGreaterThan(0);
  });

  test.each(questions.map(question => [question.name, question] as const))('%s', async (name, question) => {
    const answers = [];
    for (const chosen of await choicesOf(question.of))
      answers.push((await ask(engine, question.expr, chosen, question)).length);
    // A service need not have the series of another; all other choices have a result.
    const least = question.of.file === 'service.json' ? Math.max(...answers) : Math.min(...answers);
    if (EMPTY[name]) expect(answers, EMPTY[name]).toEqual(answers.map(() => 0));
    else expect(least).toBeGreaterThan(0);
  });
});

describe.each(['the monitor', 'Prometheus'])('alerts as %s evaluates them', who => {
  test('link to their entry in the runbook', async () => {
    const alerts = alertsOf.get(who) ?? [];
    expect(alerts.map(({ labels }) => labels.alertname)).toEqual(
      expect.arrayContaining(['ServiceDown', 'Heartbeat']),
    );
    const page = await (await monitor.get('/runbook')).text();
    for (const { labels, annotations } of alerts) {
      const { alertname = '' } = labels;
      expect(annotations.runbook_url).toBe(`${monitor.url}/runbook#${alertname.toLowerCase()}`);
      expect(page).toContain(`<h3 id="${alertname.toLowerCase()}">${alertname}</h3>`);
    }
  });

  test('link to their dashboard, with their labels chosen on it', async () => {
    for (const { labels, annotations } of alertsOf.get(who) ?? []) {
      const url = new URL(annotations.dashboard_url ?? '');
      const uid = url.pathname.replace(/^\/d\//, '');
      expect(url.origin).toBe(GRAFANA);
      expect(shipped.map(({ dashboard }) => dashboard.uid)).toContain(uid);
      for (const [name, value] of url.searchParams)
        expect([labels.target, labels.proxy, labels.instance], name).toContain(value);
    }
  });
});

test('every reason is for an existing query', () => {
  const names = questions.map(({ name }) => name);
  expect(Object.keys(EMPTY).filter(name => !names.includes(name))).toEqual([]);
});

test.each(['the monitor', 'Prometheus'])(
  'every metric was seen by %s: on /metrics, or recorded by a rule',
  async who => {
    const names = await (engines.get(who) as Engine)<string[]>('label/__name__/values', moments());
    const there = new Set(names);
    expect(there.size).toBeGreaterThan(300);
    const chosen: Values = new Map(
      [
        ...['datasource', 'instance', 'service', 'haproxy', 'proxy', 'redis', 'node', 'severity'],
        ...['machine', 'exporter', 'server', 'database'],
      ].map(name => [name, { variable: { name, type: 'query' as const }, value: 'x' }]),
    );
    const selectors = shipped.flatMap(of =>
      variablesOf(of)
        .filter(({ type }) => type === 'query')
        .map(each => labelQuestion(each).selector),
    );
    const asked = [...questions.map(({ expr }) => expr), ...selectors];
    const seen = { ...view, points: 100 };
    const named = asked.flatMap(expr => [...metricsOf(fillInIntervals(fillIn(expr, chosen), seen))]);
    expect([...new Set(named)].filter(name => !there.has(name))).toEqual([]);
  },
);
