// PromQL over a running monitor: clients, restarts, imports, and the samples of a remote engine instead of its own.

import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PrometheusDriver } from 'prometheus-query';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { json } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, runToEnd, startMonitor, writeConfiguration } from '../support/monitor.js';
import { startPrometheus } from '../support/prometheus.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const JOB = 'langgraph-monitor';
const PROBES = 'langgraph_monitor_probes_total{target="tools"}';
const LIFECYCLE = '--web.enable-lifecycle';

let server: SimulatedServer;
beforeAll(async () => {
  server = await startServer({ answer: () => json({ status: 'healthy' }) });
});
afterAll(() => server?.close());

/** A configuration with these services, all at the one server. */
function watching(ids: readonly string[], more: object = {}): object {
  const service = (id: string) => ({ url: `${server.url}/${id}`, critical: true, timeout: '5s' });
  return {
    query: { scrape_interval: '200ms' },
    scan: { intervals: { critical: '200ms', other: '200ms' } },
    services: Object.fromEntries(ids.map(id => [id, service(id)])),
    ...more,
  };
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly errorType?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

function path(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  return `/api/v1/${endpoint}?${new URLSearchParams(parameters)}`;
}

/** The values of an instant query by target, or by job where there is none. */
async function values(monitor: RunningMonitor, query: string, time?: number): Promise<object> {
  const at: Record<string, string> = time === undefined ? {} : { time: String(time) };
  const { status, error, data } = await monitor.json<Answer>(path('query', { query, ...at }));
  if (status !== 'success') throw new Error(error);
  return Object.fromEntries(
    data.result.map(({ metric, value }) => [metric.target ?? metric.job, Number(value?.[1])]),
  );
}

async function one(monitor: RunningMonitor, query: string, time?: number): Promise<number> {
  return Object.values(await values(monitor, query, time))[0] as number;
}

/** Waits until the service was checked so many times, by the monitor's own samples. */
async function checked(monitor: RunningMonitor, times: number): Promise<void> {
  await expect.poll(() => one(monitor, PROBES), PATIENCE).toBeGreaterThanOrEqual(times);
}

async function reload(monitor: RunningMonitor, configuration: object): Promise<void> {
  writeConfiguration(monitor.folder, configuration);
  expect((await monitor.get('/-/reload', { method: 'POST' })).status).toBe(200);
}

describe('after its first scan', () => {
  let monitor: RunningMonitor;
  beforeAll(async () => {
    monitor = await startMonitor(watching(['embeddings', 'tools']));
    await vi.waitFor(
      async () => expect(await values(monitor, 'probe_success')).toEqual({ embeddings: 1, tools: 1 }),
      PATIENCE,
    );
  });
  afterAll(() => monitor?.[Symbol.asyncDispose]());

  /** The output of promtool, line by line, without times. */
  async function promtool(question: string, ...args: string[]): Promise<string[]> {
    const { stdout } = await promisify(execFile)('promtool', ['query', question, ...args]);
    return stdout
      .trimEnd()
      .split('\n')
      .map(line => line.replace(/ @\[[\d.]+\]$/, ''));
  }
  const own = () => `instance="${new URL(monitor.url).host}", job="${JOB}"`;

  test('promtool query instant', async () => {
    expect(await promtool('instant', monitor.url, 'probe_success')).toEqual([
      `probe_success{${own()}, target="embeddings"} => 1`,
      `probe_success{${own()}, target="tools"} => 1`,
    ]);
  });

  test('promtool query range', async () => {
    const [name, ...rest] = await promtool('range', '--step=1s', monitor.url, 'max(probe_success)');
    expect([name, new Set(rest)]).toEqual(['{} =>', new Set(['1'])]);
  });

  test('promtool query series', async () => {
    expect(await promtool('series', '--match=probe_success{target="tools"}', monitor.url)).toEqual([
      `{__name__="probe_success", ${own()}, target="tools"}`,
    ]);
  });

  test('promtool query labels', async () => {
    expect(await promtool('labels', monitor.url, 'target')).toEqual(
      expect.arrayContaining(['embeddings', 'tools']),
    );
  });

  test('prometheus-query', async () => {
    const driver = new PrometheusDriver({ endpoint: monitor.url });
    const { result } = await driver.instantQuery('probe_success{target="tools"}');
    expect(result).toMatchObject([
      { metric: { name: 'probe_success', labels: { job: JOB, target: 'tools' } }, value: { value: 1 } },
    ]);
    const range = await driver.rangeQuery('sum(probe_success)', Date.now() - 1000, Date.now(), 0.1);
    expect(range.result[0]?.values.at(-1)).toMatchObject({ value: 2 });
    expect(await driver.labelValues('job')).toEqual([JOB]);
    expect(await driver.series('probe_success', Date.now() - 60_000, Date.now())).toHaveLength(2);
  });

  test('the same values as on /metrics', async () => {
    const at = await one(monitor, 'langgraph_monitor_config_last_reload_success_timestamp_seconds');
    expect(at).toBe(await monitor.metric('langgraph_monitor_config_last_reload_success_timestamp_seconds'));
  });
});

test('the series of a removed service end: no value now, all values before', async () => {
  await using monitor = await startMonitor(watching(['embeddings', 'tools']), { flags: [LIFECYCLE] });
  await expect.poll(() => values(monitor, 'probe_success'), PATIENCE).toEqual({ embeddings: 1, tools: 1 });
  await reload(monitor, watching(['tools']));
  await expect.poll(() => values(monitor, 'probe_success'), PATIENCE).toEqual({ tools: 1 });
  // Recorded series, with a colon in their name, continue, as in Prometheus.
  const left = 'count({target="embeddings", __name__!~".+:.+"})';
  await expect.poll(() => values(monitor, left), PATIENCE).toEqual({});
  expect(await one(monitor, 'count_over_time(probe_success{target="embeddings"}[1m])')).toBeGreaterThan(0);
});

test('kill -9: earlier samples are still there, and counters continue', async () => {
  const folder = makeFolder('promql');
  // Another port would be another instance.
  const flags = [`--web.listen-address=127.0.0.1:${await freePort()}`];
  try {
    await using monitor = await startMonitor(watching(['tools']), { folder, flags });
    await checked(monitor, 8);
    // That of a scrape: one that is being stored now may be of a moment that is past.
    const end = await one(monitor, `timestamp(${PROBES})`);
    const questions = [
      path('query', { query: `${PROBES}[1m]`, time: String(end) }),
      path('query_range', { query: 'probe_success', start: String(end - 5), end: String(end), step: '0.1' }),
      path('series', { 'match[]': '{target="tools"}', start: String(end - 60), end: String(end) }),
    ];
    const before = await Promise.all(questions.map(question => monitor.json(question)));
    const counted = await one(monitor, PROBES, end);
    await monitor.kill();

    await using again = await startMonitor(watching(['tools']), { folder, flags });
    expect(await Promise.all(questions.map(question => again.json(question)))).toEqual(before);
    // The counter restarts from zero, as counters may.
    await expect.poll(() => one(again, `resets(${PROBES}[5m])`), PATIENCE).toBe(1);
    await checked(again, 3);
    expect(await one(again, `increase(${PROBES}[5m])`)).toBeGreaterThan(counted);
  } finally {
    removeFolder(folder);
  }
});

describe('langgraph-monitor import', () => {
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;
  let monitor: RunningMonitor;
  beforeEach(async () => {
    monitor = await startMonitor(watching(['tools']));
    await checked(monitor, 1);
  });
  afterEach(() => monitor?.[Symbol.asyncDispose]());

  async function importText(text: string) {
    const file = join(monitor.folder, 'old.om');
    writeFileSync(file, text);
    return { file, ...(await runToEnd(['import', file, `--storage.path=${join(monitor.folder, 'data')}`])) };
  }
  const sample = (k: number) => `old_total{target="moved"} ${10 * k} ${hourAgo + 30 * k}\n`;
  const OLD = [0, 1, 2, 3].map(sample).join('');

  test('beside a running monitor is in its next answer', async () => {
    expect(await values(monitor, 'old_total', hourAgo + 100)).toEqual({});
    const { file, ...ended } = await importText(`${OLD}# EOF\n`);
    expect(ended).toEqual({ code: 0, stdout: `${file}: 4 samples of 1 series\n`, stderr: '' });
    expect(await values(monitor, 'old_total', hourAgo + 100)).toEqual({ moved: 30 });
    const checks = await one(monitor, PROBES);
    await checked(monitor, checks + 2);
  });

  test('of a broken file changes nothing and has the line of the error', async () => {
    const { file, code, stderr } = await importText(`${OLD}old_total{target= 4 5\n# EOF\n`);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^[^\n]+\n$/) });
    expect(stderr).toContain(`${file}:5: `);
    expect(await values(monitor, 'old_total', hourAgo + 100)).toEqual({});
  });
});

describe('with query.url', () => {
  let port: number;
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>;

  beforeEach(async () => {
    port = await freePort();
    const target = { job_name: 'elsewhere', static_configs: [{ targets: [`127.0.0.1:${port}`] }] };
    prometheus = await startPrometheus(
      JSON.stringify({
        global: { scrape_interval: '200ms', scrape_timeout: '200ms' },
        scrape_configs: [target],
      }),
    );
  });
  afterEach(() => prometheus?.close());

  const flags = () => [`--web.listen-address=127.0.0.1:${port}`, LIFECYCLE];
  const remote = () => watching(['tools'], { query: { url: prometheus.url } });
  const jobs = (monitor: RunningMonitor) => values(monitor, 'sum by (job) (probe_success)');

  test('answers come from there; without it queries are an error, and everything else continues', async () => {
    await using monitor = await startMonitor(remote(), { flags: flags() });
    await expect.poll(() => jobs(monitor), PATIENCE).toEqual({ elsewhere: 1 });
    expect(existsSync(join(monitor.folder, 'data', 'samples.db'))).toBe(false);

    await prometheus.close();
    const asked = async () => {
      const answer = await monitor.get(path('query', { query: 'up' }));
      return [answer.status, await answer.json()];
    };
    // A connection that is open still may end otherwise.
    await expect.poll(asked, PATIENCE).toEqual([
      503,
      {
        status: 'error',
        errorType: 'unavailable',
        error: `query.url ${prometheus.url}: connection refused`,
      },
    ]);
    const probes = (await monitor.metric(PROBES)) as number;
    await expect.poll(() => monitor.metric(PROBES), PATIENCE).toBeGreaterThan(probes + 2);
    expect((await monitor.get('/health')).status).toBe(200);
  });

  test('a reload switches to it, and back again', async () => {
    await using monitor = await startMonitor(watching(['tools']), { flags: flags() });
    await expect.poll(() => jobs(monitor), PATIENCE).toEqual({ [JOB]: 1 });

    await reload(monitor, remote());
    await expect.poll(() => jobs(monitor), PATIENCE).toEqual({ elsewhere: 1 });
    const away = Date.now() / 1000;

    await reload(monitor, watching(['tools']));
    await expect.poll(() => jobs(monitor), PATIENCE).toEqual({ [JOB]: 1 });
    expect(await one(monitor, `count_over_time(${PROBES}[1m])`, away)).toBeGreaterThan(0);
    await expect
      .poll(() => one(monitor, `${PROBES} unless timestamp(${PROBES}) < ${away}`), PATIENCE)
      .toBeGreaterThan(0);
  });
});

test('while a heavy query runs, others are answered and checks continue', async () => {
  await using monitor = await startMonitor(watching(['tools']));
  await checked(monitor, 1);
  const client = new AbortController();
  const end = Date.now() / 1000;
  const heavy = path('query_range', {
    query: 'quantile_over_time(0.5, vector(1)[1h:100ms])',
    ...{ start: String(end - 1000), end: String(end), step: '0.1' },
    timeout: '20s',
  });
  let isOver = false;
  const asked = monitor.get(heavy, { signal: client.signal }).then(
    answer => answer.status,
    error => (error as Error).name,
  );
  void asked.finally(() => {
    isOver = true;
  });

  const checks = await one(monitor, PROBES);
  await checked(monitor, checks + 3);
  expect((await monitor.get('/health')).status).toBe(200);
  expect(isOver).toBe(false);
  client.abort();
  expect(await asked).toBe('AbortError');
  expect(await one(monitor, 'vector(1)')).toBe(1);
});

test('a query that takes longer than --query.timeout is ended', async () => {
  await using monitor = await startMonitor(watching(['tools']), { flags: ['--query.timeout=300ms'] });
  const end = Date.now() / 1000;
  const answer = await monitor.get(
    path('query_range', {
      query: 'quantile_over_time(0.5, vector(1)[1h:100ms])',
      ...{ start: String(end - 1000), end: String(end), step: '0.1' },
    }),
  );
  expect([answer.status, await answer.json()]).toEqual([
    503,
    {
      status: 'error',
      errorType: 'timeout',
      error: expect.stringMatching(/^query timed out in (expression evaluation|query queue)$/),
    },
  ]);
});
