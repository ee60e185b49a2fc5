import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isoLocal } from '../../src/model/time.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { result, SERVICES, START, service, startMonitor, type TestMonitor } from './monitor.js';

const HOUR = 3_600_000;
const at = (hours: number) => isoLocal(START + hours * HOUR);

let monitor: TestMonitor;
beforeEach(async () => {
  monitor = await startMonitor({
    page: {
      announcements: [
        { title: 'From the file', message: 'a\nb' },
        { title: 'Ended', message: 'm', ends_at: at(-1) },
      ],
    },
  });
});
afterEach(() => monitor[Symbol.asyncDispose]());

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${monitor.url}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const post = (body: unknown, headers?: Record<string, string>) =>
  ask('POST', '/announcements', body, headers);
async function titles(query = ''): Promise<string[]> {
  const { body } = await ask('GET', `/announcements${query}`);
  return (body.announcements as { title: string; state: string }[]).map(
    ({ title, state }) => `${title} ${state}`,
  );
}

test('one is posted, shown beside the configured ones, and removed; the audit trail has it', async () => {
  const posted = await post({ title: 'Now', message: 'm', severity: 'critical', ends_at: at(1) });
  expect(posted).toEqual({ status: 200, body: { id: expect.any(String) } });
  expect(await ask('GET', '/announcements')).toEqual({
    status: 200,
    body: {
      announcements: [
        {
          id: posted.body.id,
          title: 'Now',
          message: 'm',
          severity: 'critical',
          state: 'active',
          ends_at: at(1),
          configured: false,
        },
        {
          id: 'configured-1',
          title: 'From the file',
          message: 'a\nb',
          severity: 'info',
          state: 'active',
          configured: true,
        },
      ],
      count: 2,
    },
  });
  expect(await ask('DELETE', `/announcements/${posted.body.id}`)).toEqual({ status: 200, body: posted.body });
  expect(await titles()).toEqual(['From the file active']);
  expect(
    monitor.alerting.audit.latest(9).map(({ event, by, details }) => [event, by, details.title]),
  ).toEqual([
    ['announcement removed', '127.0.0.1', 'Now'],
    ['announcement posted', '127.0.0.1', 'Now'],
  ]);
});

test('active ones come before planned ones, worst first; those that have ended only when asked for', async () => {
  await post({ title: 'Later', message: 'm', severity: 'critical', starts_at: at(2), ends_at: at(3) });
  await post({ title: 'Soon', message: 'm', severity: 'critical', starts_at: at(1) });
  await post({ title: 'Bad', message: 'm', severity: 'warning', ends_at: at(1) });
  const now = ['Bad active', 'From the file active', 'Soon planned', 'Later planned'];
  expect(await titles()).toEqual(now);
  expect(await titles('?ended=true')).toEqual([...now, 'Ended ended']);
  monitor.clock.advance(2.5 * HOUR);
  expect(await titles()).toEqual(['Soon active', 'Later active', 'From the file active']);
  expect(await titles('?ended=true')).toContain('Bad ended');
  monitor.clock.advance(8 * 24 * HOUR);
  expect(await titles('?ended=true')).toEqual(['Soon active', 'From the file active']);
});

describe('is refused', () => {
  const good = { title: 't', message: 'm' };
  test.each<[name: string, body: unknown, status: number, error: string]>([
    ['without a title', { message: 'm' }, 400, 'title: expected a text of at most 120 characters'],
    ['with an empty message', { title: 't', message: ' ' }, 400, 'message: must not be empty'],
    [
      'with a long title',
      { ...good, title: 'x'.repeat(121) },
      400,
      'title: expected a text of at most 120 characters, not 121',
    ],
    [
      'with a long message',
      { ...good, message: 'x'.repeat(2001) },
      400,
      'message: expected a text of at most 2000 characters, not 2001',
    ],
    [
      'with another severity',
      { ...good, severity: 'bad' },
      400,
      'severity: expected critical, warning, info, not "bad"',
    ],
    ['with a key nothing is known of', { ...good, html: 'x' }, 400, 'Unrecognized key: "html"'],
    [
      'with a time that is none',
      { ...good, ends_at: 'noon' },
      400,
      'ends_at: expected a timestamp such as 2024-01-15T10:30:45.123456',
    ],
    [
      'when it has ended',
      { ...good, ends_at: at(-1) },
      400,
      `ends_at: must be later than now, not ${at(-1)}`,
    ],
    [
      'when it has begun and ended',
      { ...good, starts_at: at(-2), ends_at: at(-1) },
      400,
      `ends_at: must be later than now, not ${at(-1)}`,
    ],
    [
      'when it ends before it begins',
      { ...good, starts_at: at(2), ends_at: at(1) },
      400,
      `ends_at: must be later than starts_at (${at(2)}), not ${at(1)}`,
    ],
  ])('%s', async (_, body, status, error) => {
    expect(await post(body)).toEqual({ status, body: { error } });
    expect(monitor.alerting.audit.size).toBe(0);
  });

  test('from a foreign page', async () => {
    const foreign = { origin: 'http://evil.example' };
    expect((await post(good, foreign)).status).toBe(403);
    const { body } = await post(good);
    expect((await ask('DELETE', `/announcements/${body.id}`, undefined, foreign)).status).toBe(403);
    expect(await titles()).toContain('t active');
  });

  test('as a form', async () => {
    const response = await fetch(`${monitor.url}/announcements`, { method: 'POST', body: 'title=t' });
    expect(response.status).toBe(415);
  });

  test('as one too many, until one is gone', async () => {
    const ids = [];
    for (let i = 0; i < 50; i++) ids.push((await post({ ...good, ends_at: at(1) })).body.id);
    const full = await post(good);
    expect([full.status, full.body.error]).toEqual([
      409,
      'there are 50 announcements already: remove one with DELETE /announcements/ID, or end one with PUT',
    ]);
    await ask('DELETE', `/announcements/${ids[7]}`);
    expect((await post({ ...good, ends_at: at(1) })).status).toBe(200);
    // Those that have ended do not count.
    monitor.clock.advance(2 * HOUR);
    expect((await post(good)).status).toBe(200);
  });
});

describe('a posted one', () => {
  const put = (id: unknown, body: unknown, headers?: Record<string, string>) =>
    ask('PUT', `/announcements/${id}`, body, headers);
  const trail = () => monitor.alerting.audit.latest(9).map(({ event, details }) => [event, details.changed]);

  test('is changed: all of it; the audit trail says what', async () => {
    const { id } = (await post({ title: 't', message: 'm', severity: 'critical', ends_at: at(1) })).body;
    const changed = { title: 'T', message: 'm', severity: 'warning', starts_at: at(2) };
    const want = { ...changed, id, state: 'planned', configured: false };
    expect(await put(id, changed)).toEqual({ status: 200, body: want });
    expect(await ask('GET', `/announcements/${id}`)).toEqual({ status: 200, body: want });
    expect(await titles()).toEqual(['From the file active', 'T planned']);
    // As it was read it says nothing new.
    expect(await put(id, want)).toEqual({ status: 200, body: want });
    expect(trail()).toEqual([
      ['announcement changed', 'title, severity, starts_at, ends_at'],
      ['announcement posted', undefined],
    ]);
  });

  test('is ended by an end of now, stays listed as over, and can go on', async () => {
    const { id } = (await post({ title: 't', message: 'm' })).body;
    expect((await put(id, { title: 't', message: 'm', ends_at: at(0) })).body.state).toBe('ended');
    expect(await titles()).toEqual(['From the file active']);
    expect(await titles('?ended=true')).toContain('t ended');
    expect((await put(id, { title: 't', message: 'm' })).body.state).toBe('active');
    expect(trail().map(([event]) => event)).toEqual([
      'announcement changed',
      'announcement ended',
      'announcement posted',
    ]);
  });

  test('that has ended does not go on as one too many, but may be changed', async () => {
    const { id } = (await post({ title: 't', message: 'm', ends_at: at(1) })).body;
    monitor.clock.advance(2 * HOUR);
    for (let i = 0; i < 50; i++) await post({ title: 't', message: 'm' });
    expect((await put(id, { title: 't', message: 'm' })).status).toBe(409);
    expect((await put(id, { title: 'T', message: 'm', ends_at: at(1) })).status).toBe(200);
    expect(await titles('?ended=true')).toContain('T ended');
  });

  test.each<[name: string, body: object, status: number, error: string]>([
    ['without a message', { title: 't' }, 400, 'message: expected a text of at most 2000 characters'],
    [
      'when it ends before it begins',
      { title: 't', message: 'm', starts_at: at(1), ends_at: at(0) },
      400,
      `ends_at: must be later than starts_at (${at(1)}), not ${at(0)}`,
    ],
    [
      'when it would not be listed any more',
      { title: 't', message: 'm', ends_at: at(-7 * 24) },
      400,
      `ends_at: must be within the last seven days or later, not ${at(-7 * 24)}`,
    ],
    [
      'with the id of another',
      { title: 't', message: 'm', id: 'x' },
      400,
      'id: must be that of the path, not "x"',
    ],
    [
      'with a key nothing is known of',
      { title: 't', message: 'm', html: 'x' },
      400,
      'Unrecognized key: "html"',
    ],
  ])('is not changed %s', async (_, body, status, error) => {
    const { id } = (await post({ title: 'before', message: 'm' })).body;
    expect(await put(id, body)).toEqual({ status, body: { error } });
    expect(await titles()).toContain('before active');
    expect(trail().map(([event]) => event)).toEqual(['announcement posted']);
  });

  test('is not changed by a foreign page', async () => {
    const { id } = (await post({ title: 'before', message: 'm' })).body;
    const body = { title: 't', message: 'm' };
    expect((await put(id, body, { origin: 'http://evil.example' })).status).toBe(403);
    expect(await titles()).toContain('before active');
  });
});

describe.each<[name: string, id: string, status: number, error: (verb: string) => string]>([
  [
    'one of monitor.yml',
    'configured-1',
    409,
    verb => `"From the file" stands in page.announcements of monitor.yml: ${verb} it there and reload`,
  ],
  [
    'one that is not there',
    'configured-9',
    404,
    () => 'no such announcement: "configured-9"; GET /announcements?ended=true lists them',
  ],
])('%s', (_, id, status, error) => {
  test.each([
    ['DELETE', undefined, 'remove'],
    ['PUT', { title: 't', message: 'm' }, 'change'],
  ])('is not changed by %s', async (method, body, verb) => {
    const answer = await ask(method, `/announcements/${id}`, body);
    expect(answer).toEqual({ status, body: { error: error(verb) } });
  });
});

test('what is posted and changed survives a restart', async () => {
  const folder = makeFolder('announcements');
  const storeFile = join(folder, 'monitor.db');
  const before = monitor;
  try {
    for (const step of ['post', 'look']) {
      monitor = await startMonitor({ storeFile });
      if (step === 'post') {
        const { id } = (await post({ title: 'Posted', message: 'm' })).body;
        await ask('PUT', `/announcements/${id}`, { title: 'Kept', message: 'm' });
      }
      expect(await titles()).toEqual(['Kept active']);
      await monitor[Symbol.asyncDispose]();
    }
  } finally {
    monitor = before;
    removeFolder(folder);
  }
});

test('a group and that the page hides a service stand in its health', async () => {
  const services = [...SERVICES, service('a', { group: 'Data "1"' }), service('b', { isHidden: true })];
  await using grouped = await startMonitor({ services });
  grouped.feed(result('a'));
  const { services: shown } = (await grouped.json('/cluster_health')) as { services: Record<string, object> };
  expect(shown.a).toEqual({ name: 'a', critical: true, group: 'Data "1"', health: expect.any(Object) });
  expect(shown.b).toEqual({ name: 'b', critical: true, hidden: true, health: expect.any(Object) });
  expect(Object.keys(shown.tools ?? {})).toEqual(['name', 'critical', 'health']);
});

test.each<[name: string, frame_ancestors: string | string[] | undefined, want: string]>([
  ['no page', undefined, "frame-ancestors 'none'"],
  ['its own', 'self', "frame-ancestors 'self'"],
  ['those named', ['self', 'https://wiki.example.org'], "frame-ancestors 'self' https://wiki.example.org"],
])('may be framed by %s', async (_, frame_ancestors, want) => {
  await using framed = await startMonitor({ page: { frame_ancestors } });
  for (const [path, accept] of [
    ['/', 'text/html'],
    ['/', '*/*'],
    ['/docs', ''],
    ['/runbook', ''],
    ['/dashboards', ''],
  ] as const) {
    const { headers } = await fetch(framed.url + path, { headers: { accept } });
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy.split('; ').filter(each => each.startsWith('frame-ancestors'))).toEqual([want]);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'/);
    expect([headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
      'nosniff',
      'no-referrer',
    ]);
  }
});
