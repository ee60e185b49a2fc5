// One service in full, and a check of it at once.

import { expect, test } from 'vitest';
import { Secret } from '../../src/model/secret.js';
import { result, START, service, startMonitor, type TestMonitor } from './monitor.js';

const SERVICES = [service('tools', { dependsOn: ['redis'] }), service('redis')];
const configuration = {
  tools: {
    id: 'tools',
    options: {
      url: 'http://user:hunter22@127.0.0.1:8082/health?token=abcdef123',
      http: { bearer_token: new Secret('s3cret'), headers: new Map([['X-Key', new Secret('s3cret')]]) },
      body: /^ok$/,
      timeout: undefined,
    },
    confirm: { failures: 2 },
  },
};

async function post(monitor: TestMonitor, path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(monitor.url + path, { method: 'POST', headers });
  return [answer.status, await answer.json()] as const;
}

test('a service says what it is, what depends on what, and how it answered', async () => {
  await using monitor = await startMonitor({ services: SERVICES, configuration });
  monitor.feed(result('tools', { at: START, data: '{"status":"ok"}', statusCode: 200 }));
  monitor.feed(
    result('tools', { at: START + 1000, status: 'error', error: 'Connection refused', reason: 'refused' }),
  );
  monitor.cluster.setMaintenance(new Map([['tools', { until: START + 60_000, comment: 'maintenance' }]]));
  expect(await monitor.json('/services/tools')).toEqual({
    id: 'tools',
    name: 'tools',
    kind: 'http',
    critical: true,
    severity: 'critical',
    maintenance: { until: '2024-01-15T10:31:45.123456', comment: 'maintenance' },
    depends_on: ['redis'],
    dependents: [],
    answers: [
      {
        at: '2024-01-15T10:30:46.123456',
        status: 'error',
        response_time: 0.245,
        reason: 'refused',
        error: 'Connection refused',
      },
      {
        at: '2024-01-15T10:30:45.123456',
        status: 'healthy',
        response_time: 0.245,
        status_code: 200,
        body: '{"status":"ok"}',
      },
    ],
    configuration: {
      id: 'tools',
      options: {
        url: 'http://<secret>@127.0.0.1:8082/health?token=<secret>',
        http: { bearer_token: '<secret>', headers: { 'X-Key': '<secret>' } },
        body: '^ok$',
      },
      confirm: { failures: 2 },
    },
  });
  expect(await monitor.json('/services/redis')).toMatchObject({ dependents: ['tools'], answers: [] });
});

test('a service says which certificate it presented last', async () => {
  await using monitor = await startMonitor({ services: SERVICES });
  const families = ['probe_ssl_earliest_cert_expiry', 'probe_ssl_last_chain_info', 'probe_tls_version_info'];
  const layout = { families, labels: [[], ['ab:cd', 'CN=ca', 'CN=tools', 'tools.lan', '01'], ['TLS 1.3']] };
  monitor.feed(result('tools', { readings: { layout, values: [START / 1000 + 86_400, 1, 1] } }));
  monitor.feed(
    result('tools', { status: 'error', readings: { values: [Number.NaN, Number.NaN, Number.NaN] } }),
  );
  const expires = expect.stringMatching(/^2024-01-16T10:30:45/);
  expect(await monitor.json('/services/tools')).toMatchObject({
    certificate_expires: expires,
    certificate: {
      expires,
      ...{ issuer: 'CN=ca', subject: 'CN=tools', names: 'tools.lan', tls_version: 'TLS 1.3' },
    },
  });
  monitor.feed(result('redis', { readings: { layout, values: [1e15, 1, 1] } }));
  expect(await monitor.json('/services/redis')).toMatchObject({
    certificate: { expires: expect.stringMatching(/^9999-/) },
  });
});

test('a read-only page has neither bodies nor configuration, and checks nothing', async () => {
  await using monitor = await startMonitor({ services: SERVICES, configuration, page: { read_only: true } });
  monitor.feed(result('tools', { data: '{"a":1}' }));
  const shown = (await monitor.json('/services/tools')) as { answers: object[] };
  expect(shown).not.toHaveProperty('configuration');
  expect(shown.answers[0]).not.toHaveProperty('body');
  expect(await post(monitor, '/services/tools/check')).toEqual([
    403,
    { error: expect.stringMatching(/read-only/) },
  ]);
  expect(monitor.wanted).toEqual([]);
});

test('who asks for a check at the same time shares it; only that service is checked', async () => {
  await using monitor = await startMonitor({ services: SERVICES });
  const all = [1, 2, 3].map(() => post(monitor, '/services/tools/check'));
  await expect.poll(() => monitor.wanted.length).toBe(1);
  monitor.feed(result('tools', { at: monitor.clock.now(), status: 'healthy' }));
  for (const [status, body] of await Promise.all(all))
    expect([status, body]).toMatchObject([200, { id: 'tools', is_new: true, answer: { status: 'healthy' } }]);
  expect(monitor.wanted).toEqual([['tools']]);
});

test('a result of this second is as good as a new one', async () => {
  await using monitor = await startMonitor({ services: SERVICES });
  monitor.feed(result('tools', { at: monitor.clock.now() }));
  for (let i = 0; i < 5; i++) expect((await post(monitor, '/services/tools/check'))[0]).toBe(200);
  expect(monitor.wanted).toEqual([]);
});

test.each<[name: string, path: string, headers: Record<string, string>, status: number]>([
  ['an unknown service', '/services/nix/check', {}, 404],
  ['a foreign page', '/services/tools/check', { origin: 'http://evil.example' }, 403],
])('%s is refused', async (_, path, headers, status) => {
  await using monitor = await startMonitor({ services: SERVICES });
  expect((await post(monitor, path, headers))[0]).toBe(status);
  expect(monitor.wanted).toEqual([]);
});

test('a service that is not there is not found', async () => {
  await using monitor = await startMonitor({ services: SERVICES });
  const answer = await fetch(`${monitor.url}/services/nix`);
  expect([answer.status, await answer.json()]).toEqual([404, { error: 'there is no service "nix"' }]);
});
