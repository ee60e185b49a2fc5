import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemOf } from '../../src/http/problem.js';
import { PasswordCheck } from '../../src/http/web/password-check.js';
import { rateLimiter } from '../../src/http/web/rate-limit.js';
import { loadWebConfig, type WebConfig } from '../../src/http/web-config.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { startMonitor, type TestMonitor } from './monitor.js';
import { request, send } from './wire.js';

let folder: string;
beforeAll(() => {
  folder = makeFolder('basic-auth');
});
afterAll(() => removeFolder(folder));

function webConfig(yaml: string): WebConfig {
  const file = join(folder, 'web.yml');
  writeFileSync(file, yaml);
  return loadWebConfig(file);
}

const credentials = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('basic auth', () => {
  const NEEDED = { error: 'a user name and password are needed' };
  const WRONG = { error: 'wrong user name or password' };
  let monitor: TestMonitor;
  beforeAll(async () => {
    const hash = (password: string, prefix: string) => bcrypt.hashSync(password, 4).replace('$2b', prefix);
    monitor = await startMonitor({
      web: webConfig(
        `basic_auth_users:\n  alice: ${hash('secret', '$2y')}\n  bob: ${hash('geheim:ß', '$2b')}\n  "": ${hash('x', '$2a')}\n` +
          'http_server_config: { headers: { X-Frame-Options: deny, Content-Security-Policy: "frame-src *" } }\n',
      ),
    });
  });
  afterAll(() => monitor[Symbol.asyncDispose]());

  test.each([
    ['the right password', credentials('alice', 'secret'), 200],
    ['the right password again', credentials('alice', 'secret'), 200],
    ['another word for Basic', credentials('alice', 'secret').replace('Basic', 'bAsIc'), 200],
    ['a colon and more than ASCII', credentials('bob', 'geheim:ß'), 200],
    ['a user without a name', credentials('', 'x'), 200],
    ['a wrong password', credentials('alice', 'wrong'), WRONG],
    ['the same wrong password again', credentials('alice', 'wrong'), WRONG],
    ["another user's password", credentials('bob', 'secret'), WRONG],
    ['an unknown user', credentials('mallory', 'secret'), WRONG],
    ['an unknown user with the first user’s password', credentials('mallory', 'secret'), WRONG],
    ['an inherited name', credentials('constructor', 'secret'), WRONG],
    ['no password', credentials('alice', ''), WRONG],
    ['a hash as the password', credentials('alice', '$2y$04$'), WRONG],
    ['no credentials', undefined, NEEDED],
    ['empty credentials', 'Basic ', NEEDED],
    ['no colon', `Basic ${Buffer.from('alice').toString('base64')}`, NEEDED],
    ['a token', 'Bearer secret', NEEDED],
    ['no base64', 'Basic ???', NEEDED],
  ])('%s', async (_, authorization, want) => {
    for (const path of ['/cluster_health', '/stats', '/metrics', '/-/healthy', '/', '/nothing?']) {
      const response = await fetch(monitor.url + path, { headers: authorization ? { authorization } : {} });
      const body = await response.text();
      expect(response.headers.get('x-frame-options')).toBe('deny');
      if (want === 200) expect(response.status).toBe(path === '/nothing?' ? 404 : 200);
      else {
        expect([response.status, JSON.parse(body)]).toEqual([401, want]);
        expect(response.headers.get('www-authenticate')).toBe(
          'Basic realm="langgraph-monitor", charset="UTF-8"',
        );
      }
    }
  });

  test('counts refused requests', async () => {
    monitor.answered.length = 0;
    await fetch(`${monitor.url}/cluster_health`);
    expect(monitor.answered).toEqual(['other 401']);
  });

  test('keeps the policy of a page beside the configured one', async () => {
    const response = await fetch(`${monitor.url}/`, {
      headers: { authorization: credentials('alice', 'secret') },
    });
    expect(response.headers.get('content-security-policy')).toMatch(/^frame-src \*, default-src 'none'; /);
  });

  test('broken requests carry the headers too', async () => {
    const answer = await send(monitor.port, request('GET', '/', `x: ${'y'.repeat(20_000)}`));
    expect([answer.status, answer.headers['x-frame-options']]).toEqual([431, 'deny']);
  });

  test('another configuration has other users', async () => {
    monitor.server.setWebConfig(webConfig(`basic_auth_users: { carol: ${bcrypt.hashSync('new', 4)} }`));
    const status = async (user: string, password: string) =>
      (await fetch(`${monitor.url}/stats`, { headers: { authorization: credentials(user, password) } }))
        .status;
    expect([await status('alice', 'secret'), await status('carol', 'new')]).toEqual([401, 200]);
  });
});

type Asked = { user: string; password: string; address: string; isGone: () => boolean };

const claimOf = ({
  user = 'alice',
  password = '',
  address = '192.0.2.1',
  isGone = () => false,
}: Partial<Asked>) => ({
  user,
  password: Buffer.from(password),
  address,
  isGone,
});

function checkOf() {
  const check = new PasswordCheck(new Map([['alice', bcrypt.hashSync('secret', 4)]]));
  return { check, claim: (asked: Partial<Asked>) => check.verify(claimOf(asked)) };
}

describe('a flood of guesses', () => {
  const hash = bcrypt.hashSync('secret', 10);

  test('does not delay users whose password was checked before', async () => {
    await using monitor = await startMonitor({ web: webConfig(`basic_auth_users: { alice: ${hash} }`) });
    const ask = (password: string) =>
      fetch(`${monitor.url}/cluster_health`, { headers: { authorization: credentials('alice', password) } });
    expect((await ask('secret')).status).toBe(200);
    const flood = Promise.all(Array.from({ length: 60 }, (_, i) => ask(`guess ${i}`)));
    expect((await ask('secret')).status).toBe(200);
    expect(new Set((await flood).map(({ status }) => status))).toEqual(new Set([401]));
    expect((await ask('another guess')).status).toBe(401);
  });

  test('accepts the right password among wrong ones, also the first time', async () => {
    await using monitor = await startMonitor({ web: webConfig(`basic_auth_users: { alice: ${hash} }`) });
    const ask = async (password: string) =>
      (await fetch(`${monitor.url}/stats`, { headers: { authorization: credentials('alice', password) } }))
        .status;
    const guesses = Array.from({ length: 40 }, (_, i) => ask(`guess ${i}`));
    const right = ask('secret');
    expect(await right).toBe(200);
    expect(new Set(await Promise.all(guesses))).toEqual(new Set([401]));
  });

  test('waits in a bounded queue, beyond which the address with most requests gets 503', async () => {
    const { check, claim } = checkOf();
    const crowd = Array.from({ length: 1026 }, (_, i) =>
      claim({ password: `guess ${i}`, address: '192.0.2.1' }),
    );
    const settled = Promise.allSettled(crowd);
    const others = [
      claim({ password: 'secret', address: '192.0.2.2' }),
      claim({ password: 'wrong', address: '2001:db8::1' }),
    ];
    expect(await Promise.all(others)).toEqual([true, false]);
    // Two are computed, 1024 wait; the newest two of the flood were dropped.
    const outcomes = (await settled).map(each => (each.status === 'fulfilled' ? each.value : each.reason));
    expect(new Set(outcomes.slice(0, 1024))).toEqual(new Set([false]));
    for (const each of outcomes.slice(1024))
      expect(problemOf(each)).toEqual({
        status: 503,
        headers: { 'retry-after': '1' },
        message: 'too many passwords are being checked; try again',
      });
    expect(await check.verify(claimOf({ password: 'secret' }))).toBe(true);
  });

  test('from very many addresses delays an address without wrong guesses by a few checks only', async () => {
    const { claim } = checkOf();
    const addresses = Array.from({ length: 200 }, (_, i) => `127.0.1.${i}`);
    const crowd = (round: number) =>
      addresses.map(address => Promise.resolve(claim({ password: `${round} ${address}`, address })));
    await Promise.all(crowd(1));
    let answered = 0;
    const guesses = crowd(2).map(guess => guess.then(() => answered++));
    expect(await claim({ password: 'secret', address: '127.0.2.1' })).toBe(true);
    expect(answered).toBeLessThan(10);
    await Promise.all(guesses);
  });

  test('an address and a user are checked in turn with the others', async () => {
    const { claim } = checkOf();
    const order: string[] = [];
    const ask = (name: string, over: Partial<Asked>) => {
      const asked = Promise.resolve(claim({ ...over, password: over.password ?? name }));
      return asked.then(
        () => order.push(name),
        () => order.push(`${name} dropped`),
      );
    };
    const crowd = Array.from({ length: 20 }, (_, i) =>
      ask(`guess ${i}`, { user: `user ${i}`, address: '2001:db8::1' }),
    );
    crowd.push(ask('gone', { address: '192.0.2.9', isGone: () => true }));
    crowd.push(ask('same network', { user: 'unknown', address: '2001:db8::2' }));
    crowd.push(ask('known user', { address: '2001:db8::3' }));
    crowd.push(ask('other address', { address: '::ffff:192.0.2.3' }));
    await Promise.all(crowd);
    const place = (name: string) => order.indexOf(name);
    expect(place('other address')).toBeLessThan(8);
    expect(place('known user')).toBeLessThan(8);
    // Two are computed at once and end in any order.
    expect(place('same network')).toBeGreaterThanOrEqual(order.length - 2);
    expect(place('gone dropped')).toBeGreaterThanOrEqual(0);
  });

  test('a password that is too long is not computed', () => {
    expect(checkOf().claim({ password: 'x'.repeat(1025) })).toBe(false);
  });

  test('many requests with the same password cost one computation', async () => {
    await using monitor = await startMonitor({ web: webConfig(`basic_auth_users: { alice: ${hash} }`) });
    const answers = await Promise.all(
      Array.from({ length: 60 }, () =>
        fetch(`${monitor.url}/stats`, { headers: { authorization: credentials('alice', 'secret') } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test('wrong passwords are cached within bounds and never evict a right one', async () => {
    const { claim } = checkOf();
    const verify = (user: string, password: string) => claim({ user, password });
    expect(await verify('alice', 'secret')).toBe(true);
    expect(verify('alice', 'secret')).toBe(true);
    for (let i = 0; i < 101; i++) expect(await verify('alice', `guess ${i}`)).toBe(false);
    expect(verify('alice', 'secret')).toBe(true);
    expect(verify('alice', 'guess 100')).toBe(false);
    // The oldest of them was evicted and has to be computed again.
    expect(verify('alice', 'guess 0')).toBeInstanceOf(Promise);
    expect(await verify('mallory', 'secret')).toBe(false);
    expect(await verify('alices', 'ecret')).toBe(false);
  });
});

describe('rate_limit', () => {
  test('allows a burst, then one request per interval', () => {
    let now = 0;
    const take = rateLimiter({ interval: 100, burst: 3 }, () => now);
    const tries = (at: number, times: number) => {
      now = at;
      return Array.from({ length: times }, () => {
        try {
          take();
          return 'in';
        } catch (error) {
          return (error as { status: number }).status;
        }
      });
    };
    expect(tries(0, 5)).toEqual(['in', 'in', 'in', 429, 429]);
    expect(tries(99, 1)).toEqual([429]);
    expect(tries(100, 2)).toEqual(['in', 429]);
    expect(tries(10_000, 4)).toEqual(['in', 'in', 'in', 429]);
  });

  test('answers 429', async () => {
    await using monitor = await startMonitor({ web: webConfig('rate_limit: { interval: 1h30m, burst: 2 }') });
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await fetch(`${monitor.url}/cluster_health`));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(await answers[2]?.json()).toEqual({ error: 'too many requests' });
    expect(answers[2]?.headers.get('retry-after')).toBe('5400');
  });
});
