// Models that are asked while a monitor runs: what it shows of them, over a reload and a restart.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder, removeFolder } from '../support/child.js';
import { events, ModelServer, script } from '../support/model-server.js';
import { type RunningMonitor, startMonitor, writeConfiguration } from '../support/monitor.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const LIFECYCLE = ['--web.enable-lifecycle'];
const KEY = 'sk-hunter2-hunter2';
const LABELS = 'target="llm",test="generate",model="m"';
const SUCCESSES = `llm_probe_successes_total{${LABELS}}`;

const CHAT = '/v1/chat/completions';
const delta = (content: string, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
});
const ANSWER = script(events([delta('Hel'), delta('lo', 'stop')]));

let server: ModelServer;
beforeEach(async () => {
  const vector = { data: [{ embedding: [0.1, 0.2, 0.3] }] };
  server = await new ModelServer({
    '/v1/models': { data: [{ id: 'm', owned_by: 'vllm' }] },
    '/v1/embeddings': vector,
    [CHAT]: ANSWER,
  }).start();
});
afterEach(() => server.close());

const configuration = (service: object = {}) => ({
  scan: { intervals: { critical: '200ms', other: '200ms' } },
  query: { scrape_interval: '500ms' },
  services: {
    llm: { kind: 'openai', url: server.url, api_key: KEY, confirm: { every: '100ms' }, ...service },
    other: { url: `${server.url}/v1/models` },
  },
});
const GENERATE = { generate: { interval: '1s' }, embed: { interval: '1s' } };

const families = async (monitor: RunningMonitor) =>
  (await (await monitor.get('/metrics')).text()).match(/^llm_probe_\w+\{target="llm".*/gm) ?? [];

async function promql(monitor: RunningMonitor, query: string): Promise<number> {
  const answer = await monitor.get(`/api/v1/query?${new URLSearchParams({ query })}`);
  const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1]);
}

const reload = (monitor: RunningMonitor) => monitor.get('/-/reload', { method: 'POST' });

test('an answer is on /metrics and among the samples; a reload keeps its counters and drops what is not asked', async () => {
  await using monitor = await startMonitor(configuration(GENERATE), { flags: LIFECYCLE });
  await expect.poll(() => monitor.metric(SUCCESSES), PATIENCE).toBeGreaterThan(1);
  await expect
    .poll(() => monitor.metric('llm_probe_embedding_dimensions{target="llm",model="m"}'), PATIENCE)
    .toBe(3);
  const quantile = 'histogram_quantile(0.5, llm_probe_time_to_first_token_seconds_bucket{target="llm"})';
  await expect.poll(() => promql(monitor, quantile), PATIENCE).toBeGreaterThan(0);
  expect(server.most.get(CHAT)).toBe(1);
  expect(server.to(CHAT)[0]?.headers.authorization).toBe(`Bearer ${KEY}`);

  const before = (await monitor.metric(SUCCESSES)) as number;
  writeConfiguration(monitor.folder, configuration({ generate: { interval: '2s' } }));
  await reload(monitor);
  await expect.poll(() => monitor.metric(SUCCESSES), PATIENCE).toBeGreaterThan(before);
  expect((await families(monitor)).filter(line => line.includes('embed'))).toEqual([]);

  writeConfiguration(monitor.folder, configuration());
  await reload(monitor);
  await expect.poll(() => families(monitor), PATIENCE).toEqual([]);
  const asked = server.to(CHAT).length;
  await expect.poll(() => monitor.metric('langgraph_monitor_scans_total'), PATIENCE).toBeGreaterThan(20);
  expect(server.to(CHAT)).toHaveLength(asked);
});

test('a failure is logged once with its words, and never with the key', async () => {
  server.answers[CHAT] = script(
    [JSON.stringify({ error: { message: `out of memory, ${KEY}` } })],
    'application/json',
    500,
  );
  await using monitor = await startMonitor(configuration(GENERATE));
  const failures = 'llm_probe_consecutive_failures{target="llm",test="generate",model="m"}';
  await expect.poll(() => monitor.metric(failures), PATIENCE).toBeGreaterThan(1);
  expect(monitor.logged('Model does not answer')).toMatchObject([
    {
      target: 'llm',
      model: 'm',
      test: 'generate',
      reason: 'status',
      err: 'HTTP 500 (out of memory, <secret>)',
    },
  ]);
  expect(await families(monitor)).toContain(
    `llm_probe_failure_info{${LABELS},reason="status",error="HTTP 500 (out of memory, <secret>)"} 1`,
  );
  server.answers[CHAT] = ANSWER;
  await expect.poll(() => monitor.metric(failures), PATIENCE).toBe(0);
  expect(monitor.logged('Model answers again')).toHaveLength(1);
  expect(monitor.output).not.toContain(KEY);
  for (const path of ['/metrics', '/cluster_health', '/services/llm'])
    expect(await (await monitor.get(path)).text()).not.toContain('hunter2');
});

test('a question that hangs holds up neither checks nor the end; the next start begins at 0', async () => {
  server.answers[CHAT] = script(['HANG']);
  const folder = makeFolder('inference');
  try {
    {
      await using monitor = await startMonitor(configuration({ generate: {} }), { folder });
      await expect.poll(() => server.to(CHAT).length, PATIENCE).toBe(1);
      const checks = (await monitor.metric('langgraph_monitor_probes_total{target="llm"}')) as number;
      await expect
        .poll(() => monitor.metric('langgraph_monitor_probes_total{target="llm"}'), PATIENCE)
        .toBeGreaterThan(checks + 5);
      expect(await monitor.stop()).toEqual({ code: 0, signal: null });
    }
    server.answers[CHAT] = ANSWER;
    await using monitor = await startMonitor(configuration({ generate: {} }), { folder });
    await expect.poll(() => monitor.metric(SUCCESSES), PATIENCE).toBe(1);
  } finally {
    removeFolder(folder);
  }
});
