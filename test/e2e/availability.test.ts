// One outage, and how much of the time the service was up: said by the embedded engine, by a Prometheus that scrapes the
// monitor, by the history and by the clock. The outage makes the cluster unhealthy, so checks are six times as frequent.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { readRuleFile } from '../../src/rules/read.js';
import { freePort } from '../support/child.js';
import { startMonitor } from '../support/monitor.js';
import { type PrometheusServer, startPrometheus } from '../support/prometheus.js';
import { clusterHealth, wholeHistory } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 20 };
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const INTERVAL = 1;
/** Seconds before, during and after the outage. */
const SPANS = [8, 8, 8] as const;

let server: SimulatedServer;
let prometheus: PrometheusServer | undefined;
beforeEach(async () => {
  server = await startServer({ answer: () => json({ status: 'healthy' }) });
});
afterEach(async () => {
  await prometheus?.close();
  await server.close();
});

/** The expression of a shipped rule, with those of the rules it reads. */
function shipped(file: string, record: string): string {
  const read = (text: string): string =>
    text.replaceAll(/langgraph:\w+:ratio1d/g, name => `(${expressionOf(file, name)})`);
  return read(expressionOf(file, record));
}

function expressionOf(file: string, record: string): string {
  const { groups } = readRuleFile(file, readFileSync(join(ROOT, 'rules', file), 'utf8'));
  const rule = groups.flatMap(({ rules }) => rules).find(({ name }) => name === record);
  if (!rule) throw new Error(`no rule ${record}`);
  return rule.text;
}

/** What shows an availability: README's query, the objectives, the trends, a panel's. */
const EXPRESSIONS = [
  'avg_over_time(langgraph_monitor_service_up[1d])',
  `1 - (${shipped('objectives.rules.yml', 'langgraph:unavailability:ratio5m')})`,
  shipped('trends.rules.yml', 'langgraph:availability:ratio1d'),
  'avg(avg_over_time(langgraph_monitor_service_up[5m]))',
];

interface Answer {
  readonly result: readonly {
    readonly value: readonly [number, string];
    readonly values: readonly (readonly [number, string])[];
  }[];
}

test('everything that shows an availability says the same', async () => {
  const port = await freePort();
  prometheus = await startPrometheus(
    JSON.stringify({
      global: { scrape_interval: `${INTERVAL}s`, scrape_timeout: `${INTERVAL}s` },
      scrape_configs: [
        { job_name: 'langgraph-monitor', static_configs: [{ targets: [`127.0.0.1:${port}`] }] },
      ],
    }),
  );
  await using monitor = await startMonitor(
    {
      query: { scrape_interval: `${INTERVAL}s` },
      scan: { intervals: { critical: '1s', other: '1s' } },
      host: { enabled: false },
      services: {
        tools: {
          url: `${server.url}/health`,
          critical: true,
          timeout: '5s',
          confirm: { failures: 2, successes: 2, every: '100ms' },
        },
      },
    },
    { flags: [`--web.listen-address=127.0.0.1:${port}`] },
  );
  const became = (status: string) =>
    expect.poll(async () => (await clusterHealth(monitor)).overall_status, PATIENCE).toBe(status);
  /** When the monitor last found the service so, in seconds. */
  const foundAt = (state: 'up' | 'down') =>
    Date.parse(monitor.logged(`Service is ${state}`).at(-1)?.time ?? '') / 1000;

  await became('healthy');
  const start = foundAt('up');
  await delay(SPANS[0] * 1000);
  await server.setFault({ kind: 'refused' });
  await became('unhealthy');
  const down = foundAt('down');
  await delay(SPANS[1] * 1000);
  await server.setFault(OK);
  await became('healthy');
  const up = foundAt('up');
  await delay(SPANS[2] * 1000);
  const end = Date.now() / 1000;

  const { history } = await wholeHistory(monitor);
  const known = history.filter(({ services }) => services.tools?.health.status !== 'unknown');
  const seconds = (some: typeof known) => some.reduce((sum, { duration = 0 }) => sum + duration, 0);
  const asked = (query: string) => ({ query, time: String(end) });
  const ask = {
    embedded: async (query: string) =>
      (await monitor.json<{ data: Answer }>(`/api/v1/query?${new URLSearchParams(asked(query))}`)).data,
    Prometheus: async (query: string) =>
      await (prometheus as PrometheusServer).api<Answer>('query', asked(query)),
  };
  const seen: { who: string; value: number; looked: number; missed: number }[] = [
    {
      who: 'history',
      value: seconds(known.filter(isUp)) / seconds(known),
      looked: seconds(known),
      missed: 0,
    },
  ];
  for (const [who, query] of Object.entries(ask)) {
    const value = async (expression: string) => Number((await query(expression)).result[0]?.value[1]);
    const samples = (await query('langgraph_monitor_service_up[1d]')).result[0]?.values ?? [];
    const looked = INTERVAL * samples.length;
    const [first = 0, last = 0] = [samples[0]?.[0], samples.at(-1)?.[0]];
    const missed = Math.max(0, last - first + INTERVAL - looked);
    for (const expression of EXPRESSIONS)
      seen.push({ who: `${who} ${expression}`, value: await value(expression), looked, missed });
  }
  // Of the time that was looked at the outage is known to within an interval, and what a busy machine missed. That time itself
  // begins with the first sample after the first check and ends with the last before the end.
  const off = seen.filter(
    ({ value, looked, missed }) =>
      !(Math.abs((1 - value) * looked - (up - down)) <= INTERVAL + missed) ||
      !(Math.abs(looked + missed - (end - start)) <= 5 * INTERVAL),
  );
  expect({ outage: up - down, time: end - start, off }).toEqual({
    outage: up - down,
    time: end - start,
    off: [],
  });

  // Counted without their duration, the checks of the outage would outweigh the others.
  expect(known.filter(isUp).length / known.length).toBeLessThan(0.5);
  const { data } = await monitor.json<{ data: Answer }>(
    `/api/v1/query?${new URLSearchParams({ query: 'avg_over_time(up[1d])', time: String(end) })}`,
  );
  expect(data.result.map(({ value }) => value[1])).toEqual(['1']);
});

const isUp = ({ overall_status }: { readonly overall_status: string }) => overall_status === 'healthy';
