// What is asked while the monitor starts.

import { expect, test } from 'vitest';
import { type QueryEngine, QueryError } from '../../src/query/engine.js';
import { startMonitor } from './monitor.js';

const answer = { data: '{"resultType":"vector","result":[]}', warnings: [], infos: [] };
const unused = () => Promise.reject(new QueryError('unavailable', 'not asked in this test'));
const ENGINE: QueryEngine = {
  answer: async () => answer,
  instant: unused,
  range: unused,
  rules: unused,
  alerts: unused,
  close: async () => {},
};
const QUERY = '/api/v1/query?query=up';

/** Asks, and says whether there was an answer. */
function asked(url: string, init?: RequestInit) {
  const state = { isAnswered: false, answer: Promise.resolve(0) };
  state.answer = fetch(url, init).then(({ status }) => {
    state.isAnswered = true;
    return status;
  });
  return state;
}

const WAITING: readonly [path: string, init?: RequestInit][] = [
  ['/health'],
  ['/cluster_health'],
  ['/api/v1/rules'],
  ['/api/v1/label/job/values'],
  ['/api/v2/alerts'],
  [
    '/api/v2/alerts',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[{"labels":{"alertname":"Down"}}]',
    },
  ],
];

test('queries are answered, all else waits until everything runs', async () => {
  await using monitor = await startMonitor({ query: ENGINE, starting: { answersQueries: true } });
  const others = WAITING.map(([path, init]) => asked(monitor.url + path, init));
  for (let i = 0; i < 5; i++) {
    const response = await fetch(monitor.url + QUERY);
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'success', data: { resultType: 'vector', result: [] } },
    ]);
  }
  expect(others.map(({ isAnswered }) => isAnswered)).toEqual(WAITING.map(() => false));
  expect([...monitor.alerting.alerts.all()]).toEqual([]);
  monitor.server.setStarted();
  expect(await Promise.all(others.map(each => each.answer))).toEqual([200, 200, 503, 200, 200, 200]);
  expect([...monitor.alerting.alerts.all()]).toHaveLength(1);
  expect((await fetch(`${monitor.url}/health`)).status).toBe(200);
});

test('queries wait, too, where another Prometheus answers them', async () => {
  await using monitor = await startMonitor({ query: ENGINE, starting: { answersQueries: false } });
  const query = asked(monitor.url + QUERY);
  // What is wrong with a request itself is said at once.
  for (let i = 0; i < 5; i++) await (await fetch(`${monitor.url}/${'a'.repeat(20_000)}`)).text();
  expect(query.isAnswered).toBe(false);
  monitor.server.setStarted();
  expect(await query.answer).toBe(200);
});

test('a start that fails ends the connections of requests that wait', async () => {
  const monitor = await startMonitor({ starting: { answersQueries: true } });
  const waiting = fetch(`${monitor.url}/health`);
  await fetch(monitor.url + QUERY);
  await Promise.all([expect(waiting).rejects.toThrow('fetch failed'), monitor[Symbol.asyncDispose]()]);
});
