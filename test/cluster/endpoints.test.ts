// The selection of an endpoint by the cluster's state and by response times, which come from real engines over samples of
// the monitor's own histogram.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InstantQuery, Measures, measureQuery } from '../../src/cluster/endpoints/measures.js';
import type { EndpointCandidates } from '../../src/cluster/endpoints/plan.js';
import { EndpointSelector, type PREFERENCES } from '../../src/cluster/endpoints/selector.js';
import { ClusterState } from '../../src/cluster/state.js';
import type { Status } from '../../src/model/result.js';
import type { Clock, Millis } from '../../src/model/time.js';
import { EmbeddedEngine } from '../../src/query/embedded.js';
import type { QueryEngine } from '../../src/query/engine.js';
import { RemoteEngine } from '../../src/query/remote/engine.js';
import { importOpenMetrics } from '../../src/tsdb/import/import.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { DIST } from '../support/monitor.js';
import { startPrometheus } from '../support/prometheus.js';
import { result, service } from './results.js';

const NOW: Millis = 1_700_000_000_000;
const candidates = ['jetson', 'cpu', 'cloud-2.x'].map(id => ({ service: id, url: `http://${id}` }));
const PLAN: EndpointCandidates = {
  capabilities: new Map([['llm', candidates]]),
  fallback: new Map([['llm', 'http://balancer']]),
};
const LONELY: EndpointCandidates = { ...PLAN, fallback: new Map() };

class TestClock implements Clock {
  at = 0;
  now = () => NOW + this.at;
  elapsed = () => this.at;
}

/** The monitor's histogram: a check every 30 s for 20 minutes, each answered within `le` seconds. */
function openMetrics(le: Readonly<Record<string, number>>): string {
  const name = 'langgraph_monitor_response_time_seconds';
  const lines = Object.entries(le).flatMap(([target, within]) =>
    ['0.01', '0.05', '0.25', '1', '+Inf'].flatMap(bound =>
      Array.from({ length: 40 }, (_, i) => {
        const count = bound === '+Inf' || Number(bound) >= within ? i : 0;
        return `${name}_bucket{target="${target}",le="${bound}"} ${count} ${NOW / 1000 - 30 * (40 - i)}`;
      }),
    ),
  );
  return `# TYPE ${name} unknown\n${lines.join('\n')}\n# EOF\n`;
}

/** What models answered over the last half hour: a sample a minute each. */
function answers(
  models: readonly [target: string, model: string, first: number, rate: number, success: number][],
): string {
  const minutes = Array.from({ length: 30 }, (_, i) => NOW / 1000 - 60 * (30 - i));
  const all = (name: string, labels: string, value: number) =>
    minutes.map(at => `${name}{${labels}} ${value} ${at}`);
  const families: [string, (row: (typeof models)[number]) => [string, number]][] = [
    [
      'llm_probe_first_token_seconds',
      ([target, model, first]) => [`target="${target}",model="${model}"`, first],
    ],
    [
      'llm_probe_tokens_per_second',
      ([target, model, , rate]) => [`target="${target}",model="${model}"`, rate],
    ],
    [
      'llm_probe_success',
      ([target, model, , , success]) => [`target="${target}",model="${model}",test="generate"`, success],
    ],
  ];
  return families
    .map(([name, of]) => `# TYPE ${name} gauge\n${models.flatMap(row => all(name, ...of(row))).join('\n')}\n`)
    .join('');
}

const ANSWERS = answers([
  ['jetson', 'small', 0.4, 40, 1],
  ['jetson', 'large', 1.5, 12, 1],
  ['cpu', 'm', 0.1, 90, 0],
  ['cloud-2.x', 'm', 0.2, 30, 1],
]);
const SAMPLES = ANSWERS + openMetrics({ jetson: 1, cpu: 0.05, 'cloud-2.x': 0.25, cloudy2qx: 0.01 });

function choose(
  statuses: readonly (Status | undefined)[],
  plan = PLAN,
  prefer: (typeof PREFERENCES)[number] = 'order',
  ask: InstantQuery = () => Promise.reject(new Error('no query expected')),
  patience = 20_000,
) {
  const cluster = new ClusterState();
  cluster.setServices(candidates.map(each => service(each.service)));
  for (const [i, status] of statuses.entries()) {
    const { service: id = '' } = candidates[i] ?? {};
    if (status) cluster.update(result(id, { status }));
  }
  const selector = new EndpointSelector(cluster, new Measures(ask, new TestClock(), patience));
  selector.setPlan(plan);
  return selector.select('llm', prefer);
}

describe('without a preference', () => {
  test.each<[name: string, statuses: (Status | undefined)[], url: string, plan?: EndpointCandidates]>([
    ['the first, when all are healthy', ['healthy', 'healthy', 'healthy'], 'http://jetson'],
    ['the next, when the first is down', ['error', 'healthy', 'healthy'], 'http://cpu'],
    ['the next, when the first is slow', ['degraded', 'healthy', 'healthy'], 'http://cpu'],
    ['the last, when it alone is healthy', ['timeout', 'unhealthy', 'healthy'], 'http://cloud-2.x'],
    ['the fallback, when none is', ['timeout', 'unhealthy', 'degraded'], 'http://balancer'],
    ['the fallback, before anything is known', [], 'http://balancer'],
    ['who answers slowly, without a fallback', ['error', 'error', 'degraded'], 'http://cloud-2.x', LONELY],
    ['who is not known to be down, then', ['error', undefined, 'error'], 'http://cpu', LONELY],
    ['the first, then', ['error', 'error', 'error'], 'http://jetson', LONELY],
  ])('%s', async (_, statuses, url, plan) => {
    expect((await choose(statuses, plan))?.url).toBe(url);
  });

  test.each<[statuses: Status[], plan: EndpointCandidates, service: string | undefined, reason: string]>([
    [['error', 'healthy', 'healthy'], PLAN, 'cpu', 'cpu is healthy'],
    [
      ['error', 'timeout', 'degraded'],
      PLAN,
      undefined,
      'no endpoint is healthy (jetson: error, cpu: timeout, cloud-2.x: degraded); the fallback',
    ],
    [
      ['error', 'timeout', 'degraded'],
      LONELY,
      'cloud-2.x',
      'no endpoint is healthy (jetson: error, cpu: timeout, cloud-2.x: degraded) and there is no fallback',
    ],
  ])('%s: with the reason', async (statuses, plan, chosen, reason) => {
    expect(await choose(statuses, plan)).toMatchObject({ service: chosen, reason });
  });
});

interface Running {
  readonly engine: QueryEngine;
  close(): Promise<void>;
}

async function embedded(): Promise<Running> {
  const folder = makeFolder('endpoints');
  writeFileSync(join(folder, 'samples.om'), SAMPLES);
  await importOpenMetrics(join(folder, 'samples.om'), join(folder, 'samples.db'));
  const engine = new EmbeddedEngine({
    file: join(folder, 'samples.db'),
    retention: 100 * 365 * 86_400_000,
    maxBytes: 0,
    timeout: 60_000,
    limits: { maxSamples: 1_000_000, maxWaiting: 20, lookback: 300_000, defaultInterval: 30_000 },
    metadata: () => [],
    log: () => {},
    threadFile: new URL('query/thread/thread.js', DIST),
  });
  const close = async () => {
    await engine.close();
    removeFolder(folder);
  };
  return { engine, close };
}

async function prometheus(): Promise<Running> {
  const server = await startPrometheus('{}', SAMPLES);
  const engine = new RemoteEngine({ url: server.url, timeout: 10_000, follow_redirects: true });
  const close = async () => {
    await engine.close();
    await server.close();
  };
  return { engine, close };
}

describe.each([
  ['our own engine', embedded],
  ['Prometheus', prometheus],
])('by speed, from %s', (_, start) => {
  let running: Running;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.close());
  const ask: InstantQuery = (query, at) => running.engine.instant(query, at);

  test('the fastest of the healthy ones', async () => {
    const choice = await choose(['healthy', 'healthy', 'healthy'], PLAN, 'latency', ask);
    expect(choice).toMatchObject({
      service: 'cpu',
      reason: 'cpu is healthy and answers within 0.048 s (95 %)',
    });
    const p95 = choice?.candidates.map(each => [each.service, each.p95]);
    expect(p95).toEqual([
      ['cpu', expect.closeTo(0.01 + 0.95 * 0.04, 9)],
      ['cloud-2.x', expect.closeTo(0.05 + 0.95 * 0.2, 9)],
      ['jetson', expect.closeTo(0.25 + 0.95 * 0.75, 9)],
    ]);
  });

  test.each([
    [
      'first_token',
      'cloud-2.x',
      'cloud-2.x is healthy and gives its first token after 0.2 s',
      [0.2, 0.4, undefined],
    ],
    ['tokens_per_second', 'jetson', 'jetson is healthy and gives 40 tokens per second', [40, 30, undefined]],
  ] as const)('by %s, of models that answer', async (prefer, chosen, reason, figures) => {
    const choice = await choose(['healthy', 'healthy', 'healthy'], PLAN, prefer, ask);
    expect(choice).toMatchObject({ service: chosen, reason });
    expect(choice?.candidates.map(each => each[prefer])).toEqual(
      figures.map(figure => figure && expect.closeTo(figure, 9)),
    );
    expect(choice?.candidates.map(each => each.p95)).toEqual([undefined, undefined, undefined]);
  });

  test('the next fastest, when that one is down', async () => {
    const choice = await choose(['healthy', 'error', 'healthy'], PLAN, 'latency', ask);
    expect(choice?.service).toBe('cloud-2.x');
  });

  test('endpoints without recent samples come last, in the order of the configuration', async () => {
    const clock = new TestClock();
    clock.at = 3_600_000;
    const { figures, problem } = await new Measures(ask, clock, 20_000).of('latency', ['jetson', 'cpu']);
    expect([[...figures], problem]).toEqual([[], undefined]);
    const later: InstantQuery = (query, at) => ask(query, at + 3_600_000);
    const choice = await choose(['error', 'healthy', 'healthy'], PLAN, 'latency', later);
    expect(choice).toMatchObject({ service: 'cpu', reason: 'cpu is healthy', problem: undefined });
  });
});

describe('unavailable response times', () => {
  test("leave the configuration's order, with the problem in the answer", async () => {
    const choice = await choose(['healthy', 'healthy', 'healthy'], PLAN, 'latency', () =>
      Promise.reject(new Error('query.url http://127.0.0.1:9: connection refused')),
    );
    expect(choice).toMatchObject({
      service: 'jetson',
      problem: 'query.url http://127.0.0.1:9: connection refused',
    });
  });

  test('are not waited for', async () => {
    const choice = await choose(['healthy'], PLAN, 'latency', () => new Promise(() => {}), 50);
    expect(choice).toMatchObject({ service: 'jetson', problem: 'no answer within 50 ms' });
  });
});

test('simultaneous requests share one query, and there is another five seconds later', async () => {
  const clock = new TestClock();
  const asked: string[] = [];
  const measures = new Measures(async query => {
    asked.push(query);
    return { samples: [] };
  }, clock);
  await Promise.all([
    measures.of('latency', ['a', 'b']),
    measures.of('latency', ['a', 'b']),
    measures.of('latency', ['c']),
  ]);
  expect(asked).toEqual([measureQuery('latency', ['a', 'b']), measureQuery('latency', ['c'])]);
  clock.at += 4999;
  await measures.of('latency', ['c']);
  expect(asked).toHaveLength(2);
  clock.at += 1;
  await measures.of('latency', ['c']);
  expect(asked).toHaveLength(3);
});
