// Authorization and limits of writes over HTTP: pages of other origins, forms, large bodies, requests without a password,
// a disk that cannot be written.

import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadWebConfig } from '../../../src/http/web-config.js';
import { systemClock } from '../../../src/model/time.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { startMonitor, type TestMonitor } from '../monitor.js';
import { request, send, untilClosed } from '../wire.js';
import { ask, posting } from './both.js';

const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const SILENCE = {
  matchers: [{ name: 'a', value: 'b', isRegex: false }],
  startsAt: soon(0),
  endsAt: soon(60),
  createdBy: 'ann',
  comment: 'c',
};
const NOTIFICATION = {
  version: '4',
  groupKey: '{}:{}',
  status: 'firing',
  alerts: [{ status: 'firing', labels: { alertname: 'A' }, annotations: {} }],
};
const ANY = '2b6e4b0c-5e5c-4b0d-9d0e-3c9d6f0d1f6a';

let reloads = 0;
const reload = async () => void reloads++;
let monitor: TestMonitor;
beforeAll(async () => {
  monitor = await startMonitor({ clock: systemClock, reload });
});
afterAll(() => monitor[Symbol.asyncDispose]());

/** All requests that write, with a valid body where there is one. */
const WRITES: [method: string, path: string, body?: object][] = [
  ['POST', '/api/v2/alerts', [{ labels: { alertname: 'A' } }]],
  ['POST', '/api/v2/silences', SILENCE],
  ['DELETE', `/api/v2/silence/${ANY}`],
  ['POST', '/notify/sms', NOTIFICATION],
  ['POST', '/-/reload'],
];

function write(
  [method, path, body]: (typeof WRITES)[number],
  headers: Record<string, string>,
  url = monitor.url,
) {
  const type: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
  return fetch(url + path, {
    method,
    headers: { ...type, ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
}

describe('a page of another origin', () => {
  test.each(WRITES)('is refused: %s %s', async (...each) => {
    for (const origin of [
      'http://evil.example',
      'null',
      'https://monitor.example',
      'http://127.0.0.1:1',
      '',
    ]) {
      const response = await write(each, { origin });
      expect(response.status, origin).toBe(403);
      expect(JSON.stringify(await response.json())).toContain('may not change anything here');
    }
    expect(monitor.alerting.silences.all()).toEqual([]);
    expect([...monitor.alerting.alerts.all()]).toEqual([]);
    expect(reloads).toBe(0);
  });

  test.each(WRITES)('is not refused when the origin is our own: %s %s', async (...each) => {
    for (const origin of [monitor.url, 'http://monitor.example'])
      expect((await write(each, { origin })).status).not.toBe(403);
  });

  test.each(WRITES)('gets no permission from a preflight request: %s %s', async (method, path) => {
    const response = await fetch(monitor.url + path, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://evil.example',
        'access-control-request-method': method,
        'access-control-request-headers': 'content-type',
      },
    });
    const allowed = (name: string) =>
      response.headers.get(`access-control-allow-${name}`)?.toLowerCase() ?? '';
    expect(allowed('methods')).not.toContain('delete');
    // POST needs no permission of its own; the content type of JSON does.
    expect(allowed('headers')).not.toMatch(/content-type|\*/);
    expect(allowed('credentials')).toBe('');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'cannot send what a browser lets any page send: %j',
    async type => {
      for (const [method, path, body] of WRITES) {
        if (!body) continue;
        const bytes = JSON.stringify(body);
        const headers = [
          `content-length: ${bytes.length}`,
          ...(type === '' ? [] : [`content-type: ${type}`]),
        ];
        const answer = await send(monitor.port, request(method, path, ...headers) + bytes);
        expect([path, answer.status]).toEqual([path, 415]);
      }
    },
  );

  test.each(['alerts', 'alerts/groups', 'silences', 'receivers', 'status'])('may read %s', async path => {
    const response = await fetch(`${monitor.url}/api/v2/${path}`, {
      headers: { origin: 'http://other.example' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('vary')).toBe('origin');
    const plain = await fetch(`${monitor.url}/api/v2/${path}`);
    expect(plain.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a body', () => {
  const MIB = 1024 * 1024;
  const LIMITS: [path: string, bytes: number][] = [
    ['/api/v2/alerts', 10 * MIB],
    ['/api/v2/silences', MIB],
    ['/notify/sms', MIB],
  ];

  test.each(LIMITS)('of %s may have %i bytes and no more', async (path, limit) => {
    const post = (body: string) => fetch(monitor.url + path, posting(body));
    const filled = (bytes: number) => `${' '.repeat(bytes - 2)}1 `;
    // An error, but the body is read to its end.
    expect((await post(filled(limit))).status).toBe(400);
    const response = await post(filled(limit + 1));
    expect(response.status).toBe(413);
    expect(JSON.stringify(await response.json())).toMatch(/the \w+ (is|are) larger than \d+ bytes/);
  });

  test.each(LIMITS)('of %s is not read on when it does not say how long it is', async path => {
    const chunk = Buffer.alloc(MIB, 32);
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent++;
        if (sent > 1000) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const headers = { 'content-type': 'application/json' };
    const status = await fetch(monitor.url + path, {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
    } as RequestInit).then(
      response => response.status,
      () => 'hung up',
    );
    // The connection may end before the answer is read.
    expect([413, 'hung up']).toContain(status);
    expect(sent).toBeLessThan(200);
  });

  test('that ends too early changes nothing', async () => {
    const silences = monitor.alerting.silences.all().length;
    for (const [method, path, body] of WRITES) {
      if (!body) continue;
      const bytes = JSON.stringify(body);
      const headers = ['content-type: application/json', `content-length: ${bytes.length + 1}`];
      const socket = connect(monitor.port, '127.0.0.1');
      socket.end(request(method, path, ...headers) + bytes);
      const answer = await untilClosed(socket);
      expect(answer, path).not.toMatch(/^HTTP\/1.1 2/);
    }
    expect(monitor.alerting.silences.all()).toHaveLength(silences);
  });

  test('with ten thousand alerts is taken', async () => {
    const alerts = Array.from({ length: 10_000 }, (_, i) => ({
      labels: { alertname: 'Many', i: String(i) },
    }));
    expect(await ask(monitor.url, 'alerts', posting(alerts))).toEqual({ status: 200, body: '' });
    const { body } = await ask(monitor.url, 'alerts?filter=alertname="Many"');
    expect(body).toHaveLength(10_000);
  });

  test('may name labels like properties of every object', async () => {
    const labels = '{"alertname":"Odd","constructor":"a","toString":"b","__proto__":"c"}';
    expect(await ask(monitor.url, 'alerts', posting(`[{"labels":${labels}}]`))).toEqual({
      status: 200,
      body: '',
    });
    const { body } = await ask(monitor.url, 'alerts?filter=alertname="Odd"');
    const [alert] = body as { labels: Record<string, string> }[];
    expect(Object.entries(alert?.labels ?? {}).sort()).toEqual(Object.entries(JSON.parse(labels)).sort());
  });
});

describe('with users in the web configuration', () => {
  let folder: string;
  let guarded: TestMonitor;
  beforeAll(async () => {
    folder = makeFolder('guard');
    const file = join(folder, 'web.yml');
    writeFileSync(file, `basic_auth_users:\n  ann: ${bcrypt.hashSync('secret', 4)}\n`);
    guarded = await startMonitor({ clock: systemClock, web: loadWebConfig(file), reload });
  });
  afterAll(async () => {
    await guarded?.[Symbol.asyncDispose]();
    removeFolder(folder);
  });

  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  const READS: typeof WRITES = [
    'status',
    'receivers',
    'alerts',
    'alerts/groups',
    'silences',
    `silence/${ANY}`,
  ].map(path => ['GET', `/api/v2/${path}`]);

  test.each([...WRITES, ...READS, ['GET', '/alert_history'] as (typeof WRITES)[number]])(
    'other users are refused: %s %s',
    async (...each) => {
      const before = reloads;
      for (const headers of [{}, basic('ann:wrong'), basic('bob:secret')]) {
        const response = await write(each, headers, guarded.url);
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toContain('Basic');
      }
      expect(guarded.alerting.silences.all()).toEqual([]);
      expect([...guarded.alerting.alerts.all()]).toEqual([]);
      expect(reloads).toBe(before);
    },
  );

  test('configured users are accepted', async () => {
    const statuses = [];
    for (const each of [...WRITES, ...READS]) {
      const response = await write(each, basic('ann:secret'), guarded.url);
      statuses.push(response.status);
      await response.text();
    }
    expect(statuses).toEqual([200, 200, 404, 404, 200, 200, 200, 200, 200, 200, 404]);
    expect(guarded.alerting.silences.all()).toHaveLength(1);
    const answer = await write(['GET', '/audit_trail'], basic('ann:secret'), guarded.url);
    expect(await answer.json()).toMatchObject({
      audit_trail: [{ event: 'silence created', by: 'ann (127.0.0.1)', details: { created_by: 'ann' } }],
      count: 1,
    });
  });

  test('an unchecked user name is not in the audit trail', async () => {
    await using open = await startMonitor({ clock: systemClock });
    await write(['POST', '/api/v2/silences', SILENCE], basic('root:x'), open.url);
    const [entry] = open.alerting.audit.latest(1);
    expect(entry).toMatchObject({ event: 'silence created', by: '127.0.0.1' });
  });

  test('Alertmanager’s API refuses in its own form', async () => {
    expect(await ask(guarded.url, 'alerts')).toEqual({
      status: 401,
      body: { code: 401, message: 'a user name and password are needed' },
    });
  });
});

test('a silence that could not be stored is not acknowledged, though it is active', async () => {
  // A folder that even root cannot write to.
  await using forgetful = await startMonitor({ clock: systemClock, storeFile: '/sys/monitor/monitor.db' });
  const { url, alerting } = forgetful;
  const NOT_KEPT = { status: 500, body: expect.stringMatching(/in force but not on disk/) };
  expect(await ask(url, 'alerts', posting([{ labels: { alertname: 'A', a: 'b' } }]))).toEqual(NOT_KEPT);
  expect(await ask(url, 'silences', posting(SILENCE))).toEqual(NOT_KEPT);
  const { body } = await ask(url, 'alerts');
  expect(body).toMatchObject([{ labels: { a: 'b' }, status: { state: 'suppressed' } }]);
  const [silence] = alerting.silences.all();
  expect(await ask(url, `silence/${silence?.id}`, { method: 'DELETE' })).toEqual(NOT_KEPT);
  expect((await ask(url, 'alerts')).body).toMatchObject([{ status: { state: 'active' } }]);
});

test('every answer is counted under its endpoint', async () => {
  await using counted = await startMonitor({ clock: systemClock });
  await ask(counted.url, 'silences');
  await ask(counted.url, `silence/${ANY}`);
  await ask(counted.url, 'silences', posting('{'));
  await ask(counted.url, 'nothing');
  expect(counted.answered).toEqual([
    '/api/v2/silences 200',
    '/api/v2/silence/:silenceID 404',
    '/api/v2/silences 400',
    'other 404',
  ]);
});
