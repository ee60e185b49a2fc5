// POST /api/v2/receivers/NAME/test over HTTP: who may, how often, and what is noted.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Endpoint, startEndpoint } from '../../support/endpoint.js';
import { startMonitor, type TestMonitor } from '../monitor.js';

let hook: Endpoint;
beforeAll(async () => {
  hook = await startEndpoint();
});
afterAll(() => hook.close());

const alertmanager = () => `
route: { receiver: ops }
receivers: [{ name: ops, webhook_configs: [{ url: "${hook.url}/secret" }] }, { name: logs }]
`;

async function post(monitor: TestMonitor, path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${monitor.url}/api/v2/receivers/${path}`, { method: 'POST', headers });
  return { status: answer.status, retry: answer.headers.get('retry-after'), body: await answer.json() };
}

test('the answer says what the server said, and nothing else knows of it', async () => {
  await using monitor = await startMonitor({ alertmanager: alertmanager() });
  expect(await post(monitor, 'ops/test')).toMatchObject({
    status: 200,
    body: {
      receiver: 'ops',
      reached: true,
      integrations: [
        { index: 0, integration: 'webhook', destination: hook.url, outcome: 'sent', status: 200 },
      ],
    },
  });
  expect(hook.requests).toHaveLength(1);
  expect(monitor.alerting.history.select({ limit: 10 }).count).toBe(0);
  expect(monitor.store.states.all('notification').size).toBe(0);
  expect(await monitor.json('/audit_trail')).toMatchObject({
    audit_trail: [{ event: 'receiver tested', details: { receiver: 'ops', result: 'sent' } }],
  });
});

test('it is not sent again at once', async () => {
  await using monitor = await startMonitor({ alertmanager: alertmanager() });
  hook.requests.length = 0;
  await post(monitor, 'ops/test');
  const refused = {
    status: 429,
    retry: '10',
    body: expect.stringMatching(/a moment ago; try again in 10 s/),
  };
  expect(await post(monitor, 'ops/test')).toEqual(refused);
  expect(hook.requests).toHaveLength(1);
  monitor.clock.advance(10_000);
  expect(await post(monitor, 'ops/test')).toMatchObject({ status: 200 });
});

test('a page that is read-only offers no test', async () => {
  await using monitor = await startMonitor({ alertmanager: alertmanager(), page: { read_only: true } });
  hook.requests.length = 0;
  expect(await post(monitor, 'ops/test')).toMatchObject({
    status: 403,
    body: expect.stringMatching(/read-only/),
  });
  expect(hook.requests).toEqual([]);
});

test.each<[name: string, path: string, headers: Record<string, string>, status: number, body: unknown]>([
  ['an unknown receiver', 'nix/test', {}, 404, 'there is no receiver "nix"; there are: ops, logs'],
  ['an unknown integration', 'ops/test?integration=3', {}, 404, expect.stringMatching(/no integration 3/)],
  ['no number', 'ops/test?integration=x', {}, 400, 'integration must be a number from 0, not "x"'],
  ['a foreign page', 'ops/test', { origin: 'http://evil.example' }, 403, expect.anything()],
  [
    'a receiver without integrations',
    'logs/test',
    {},
    200,
    { receiver: 'logs', reached: false, integrations: [] },
  ],
])('%s', async (_, path, headers, status, body) => {
  await using monitor = await startMonitor({ alertmanager: alertmanager() });
  hook.requests.length = 0;
  expect(await post(monitor, path, headers)).toMatchObject({ status, body });
  expect(hook.requests).toEqual([]);
});
