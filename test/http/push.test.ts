// GET and POST /push/ID: a service reports itself. The token alone authorizes it; nothing tells an unknown service from a
// wrong token.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import bcrypt from 'bcrypt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileSecret } from '../../src/config/file-secret.js';
import { loadWebConfig } from '../../src/http/web-config.js';
import { Secret } from '../../src/model/secret.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { START, startMonitor, type TestMonitor } from './monitor.js';
import { request, send } from './wire.js';

const TOKEN = 'feedfacefeedface';
const OTHER = 'cafebabecafebabe';
const pushServices = [
  { id: 'backup', token: new Secret(TOKEN) },
  { id: 'tidy-up', token: new Secret(OTHER) },
  { id: 'unread', token: new FileSecret('/nowhere/token') },
];

let monitor: TestMonitor;
let folder: string;
beforeEach(async () => {
  folder = makeFolder('push');
  monitor = await startMonitor({ pushServices, storeFile: join(folder, 'monitor.db') });
  monitor.pushed.length = 0;
});
afterEach(async () => {
  await monitor[Symbol.asyncDispose]();
  removeFolder(folder);
});

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('a push', () => {
  test.each<[name: string, query: string, report: object]>([
    ['of nothing but the token', '', { status: 'up', message: '' }],
    ["in Uptime Kuma's form", '&status=up&msg=OK&ping=', { status: 'up', message: 'OK' }],
    ['with a time', '&ping=12.5', { status: 'up', message: '', duration: 12.5 }],
    ['with a duration', '&duration=90000', { status: 'up', message: '', duration: 90_000 }],
    ['that says it is down', '&status=down&msg=disk+full', { status: 'down', message: 'disk full' }],
    ['that says it is degraded', '&status=degraded', { status: 'degraded', message: '' }],
    ['of several lines', '&msg=a%0Ab', { status: 'up', message: 'a b' }],
    ['of a long text', `&msg=${'x'.repeat(5000)}`, { status: 'up', message: `${'x'.repeat(200)}…` }],
    ['with its token in the text', `&msg=${TOKEN}`, { status: 'up', message: '<secret>' }],
    [
      'with a credential in the text',
      '&msg=postgres://me:hunter2@db',
      { status: 'up', message: 'postgres://<secret>@db' },
    ],
  ])('%s', async (_, query, report) => {
    for (const method of ['GET', 'POST']) {
      const response = await fetch(`${monitor.url}/push/backup?token=${TOKEN}${query}`, { method });
      expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(monitor.pushed.splice(0)).toEqual([['backup', { at: START, report }]]);
    }
  });

  test('has its token in the header, which counts before the parameter', async () => {
    const url = `${monitor.url}/push/backup`;
    expect((await fetch(url, bearer(TOKEN))).status).toBe(200);
    expect((await fetch(`${url}?token=${TOKEN}`, bearer(OTHER))).status).toBe(401);
  });

  test('whose text is no form is taken all the same: its body is not read', async () => {
    const init = { method: 'POST', body: 'x'.repeat(100_000), ...bearer(TOKEN) };
    expect((await fetch(`${monitor.url}/push/backup`, init)).status).toBe(200);
  });

  test.each<[name: string, query: string, error: string]>([
    ['another status', 'status=fine', 'status: expected up, down, degraded'],
    ['two of them', 'status=up&status=down', 'status: expected up, down, degraded'],
    ['a time in words', 'ping=1s', 'ping: expected milliseconds, such as 1234.5'],
    ['a negative time', 'ping=-1', 'ping: expected milliseconds, such as 1234.5'],
  ])('with %s is refused', async (_, query, error) => {
    const response = await fetch(`${monitor.url}/push/backup?${query}`, bearer(TOKEN));
    expect([response.status, await response.json()]).toEqual([400, { error }]);
    expect(monitor.pushed).toEqual([]);
  });
});

test.each<[name: string, id: string, token: string | undefined]>([
  ['an unknown service', 'nothing', TOKEN],
  ['a service of another kind', 'tools', TOKEN],
  ['a wrong token', 'backup', 'x'],
  ["another service's token", 'backup', OTHER],
  ['a token with more behind it', 'backup', `${TOKEN}x`],
  ['no token', 'backup', undefined],
  ['an empty token', 'backup', ''],
  ['a token that cannot be read, for an empty one', 'unread', ''],
  ['a name of every object', 'constructor', TOKEN],
])('%s is refused, in the same words', async (_, id, token) => {
  const query = token === undefined ? '' : `?token=${token}`;
  const response = await fetch(`${monitor.url}/push/${id}${query}`);
  const error = `"${id}" takes no push with this token`;
  expect([response.status, await response.json()]).toEqual([401, { error }]);
  expect(response.headers.get('www-authenticate')).toBe('Bearer realm="push"');
  expect(monitor.pushed).toEqual([]);
});

test('a service that pushes too often is refused, and others are not', async () => {
  const statuses: number[] = [];
  for (let i = 0; i < 12; i++)
    statuses.push((await fetch(`${monitor.url}/push/backup`, bearer(TOKEN))).status);
  expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
  expect((await fetch(`${monitor.url}/push/tidy-up`, bearer(OTHER))).status).toBe(200);
  monitor.clock.advance(1000);
  expect((await fetch(`${monitor.url}/push/backup`, bearer(TOKEN))).status).toBe(200);
});

describe('a web configuration with users', () => {
  let guarded: TestMonitor;
  beforeEach(async () => {
    const file = join(folder, 'web.yml');
    writeFileSync(file, `basic_auth_users: { ann: "${bcrypt.hashSync('pw', 4)}" }\n`);
    guarded = await startMonitor({ pushServices, web: loadWebConfig(file) });
  });
  afterEach(() => guarded[Symbol.asyncDispose]());

  test.each<[name: string, target: string, want: string]>([
    ['does not ask for one where a service pushes', `/push/backup?token=${TOKEN}`, '200'],
    ['leaves the token to be right', '/push/backup?token=x', '401 Bearer'],
    ['asks for one elsewhere', `/metrics?token=${TOKEN}`, '401 Basic'],
    ['asks for one above it', '/push', '401 Basic'],
    ['asks for one below it', '/push/backup/metrics', '401 Basic'],
    ['asks for one where the id is none', '/push/..%2fmetrics', '401 Basic'],
    ['asks for one where slashes are too many', '/push//../metrics', '401 Basic'],
    ['asks for one where dots lead elsewhere', '/push/%2e%2e/metrics', '401 Basic'],
    ['asks for one of an absolute target', 'http://localhost/push/backup', '401 Basic'],
  ])('%s', async (_, target, want) => {
    const { status, headers } = await send(guarded.port, request('GET', target));
    const [scheme = ''] = (headers['www-authenticate'] ?? '').split(' ');
    expect(`${status} ${scheme}`.trim()).toBe(want);
  });
});

test('the last push is there after a restart, of services that are still there', async () => {
  await fetch(`${monitor.url}/push/backup?token=${TOKEN}&msg=a`);
  await fetch(`${monitor.url}/push/tidy-up?token=${OTHER}&msg=b`);
  const storeFile = join(folder, 'monitor.db');
  await monitor[Symbol.asyncDispose]();
  monitor = await startMonitor({ pushServices: pushServices.slice(0, 1), storeFile });
  const first = { at: START, report: { status: 'up', message: 'a' } };
  expect(monitor.pushed.splice(0)).toEqual([['backup', first]]);
  monitor.clock.advance(5000);
  monitor.pushes.setServices(pushServices.slice(0, 2));
  // What was removed meanwhile is new.
  expect(monitor.pushed).toEqual([
    ['backup', first],
    ['tidy-up', { at: START + 5000 }],
  ]);
});
