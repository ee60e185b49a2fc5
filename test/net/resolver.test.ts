// Names to addresses, with a hosts file, a resolv.conf and a name server of the test's own.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { Address } from '../../src/net/address.js';
import { DnsError } from '../../src/net/error.js';
import { type LookupOptions, Resolver, type ResolverFiles } from '../../src/net/resolver.js';
import type { SystemCall } from '../../src/net/system-lookup.js';
import { NameServer, type Zone } from '../support/dns.js';

const folder = mkdtempSync(join(tmpdir(), 'resolver-'));
const servers: NameServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const [HOSTS, RESOLV_CONF, NSSWITCH] = ['hosts', 'resolv.conf', 'nsswitch.conf'].map(name =>
  join(folder, name),
) as [string, string, string];

interface System {
  readonly zones?: Record<string, Zone | 'silent'>;
  readonly hosts?: string;
  /** Beside the name server. */
  readonly resolvConf?: string;
  readonly nsswitch?: string;
  readonly system?: SystemCall;
}

async function start({ zones, hosts = '', resolvConf = '', nsswitch = 'hosts: files dns', system }: System) {
  const server = await NameServer.start(zones);
  servers.push(server);
  writeFileSync(HOSTS, hosts);
  writeFileSync(RESOLV_CONF, `${resolvConf}\nnameserver ${server.address}\n`);
  writeFileSync(NSSWITCH, nsswitch);
  const unused: SystemCall = async name => {
    throw new Error(`the system was asked for ${name}`);
  };
  const files: ResolverFiles = {
    hosts: HOSTS,
    resolvConf: RESOLV_CONF,
    nsswitch: NSSWITCH,
    system: system ?? unused,
    hasOtherSources: false,
  };
  return { server, resolver: new Resolver(files) };
}

/** The addresses, or what was thrown. */
async function lookup(resolver: Resolver, name: string, options?: LookupOptions): Promise<string> {
  try {
    return (await resolver.lookup(name, options)).map(({ address }) => address).join(' ');
  } catch (error) {
    return error instanceof DnsError ? error.message : String(error);
  }
}

const ADDRESS: readonly Address[] = [{ address: '127.0.0.9', family: 4 }];

const answers: readonly [name: string, system: System, asked: string, want: string, questions: string[]][] = [
  ['an IPv4 address is its own', {}, '127.0.0.1', '127.0.0.1', []],
  ['an IPv6 address is its own', {}, 'fe80::1%lo', 'fe80::1%lo', []],
  [
    'the hosts file comes first, with every line, in any case',
    {
      hosts: '# 9.9.9.9 node1\n127.0.0.2 Node1 n1 # mine\n\n::2\tx node1\nfoo node1',
      zones: { node1: { A: ['127.0.0.3'] } },
    },
    'NODE1',
    '127.0.0.2 ::2',
    [],
  ],
  ['localhost as the hosts file has it', { hosts: '127.0.0.1 localhost' }, 'localhost', '127.0.0.1', []],
  ['localhost without a line', {}, 'localhost', '127.0.0.1 ::1', []],
  ['below localhost', {}, 'api.localhost.', '127.0.0.1 ::1', []],
  ['invalid is never asked for', {}, 'a.invalid', 'DNS: no such name a.invalid', []],
  [
    'both families',
    { zones: { 'a.example': { A: ['127.0.0.1'], AAAA: ['::1'] } } },
    'a.example',
    '127.0.0.1 ::1',
    ['A a.example', 'AAAA a.example'],
  ],
  [
    'a name server that says of a name without IPv6 that it does not exist',
    { zones: { 'a.example': { A: ['127.0.0.1'], codeAAAA: 'NXDOMAIN', delayA: 100 } } },
    'a.example',
    '127.0.0.1',
    ['A a.example', 'AAAA a.example'],
  ],
  [
    'a name server that fails for IPv6 alone',
    { zones: { 'a.example': { A: ['127.0.0.1'], codeAAAA: 'SERVFAIL', delayA: 100 } } },
    'a.example',
    '127.0.0.1',
    ['A a.example', 'AAAA a.example'],
  ],
  [
    'a single word in the search domains first',
    {
      resolvConf: 'search lan corp.example',
      zones: { 'db.corp.example': { A: ['127.0.0.4'] }, db: { A: ['127.0.0.5'] } },
    },
    'db',
    '127.0.0.4',
    ['A db.lan', 'AAAA db.lan', 'A db.corp.example', 'AAAA db.corp.example'],
  ],
  [
    'a name with dots as it is first',
    { resolvConf: 'search lan', zones: { 'db.x.lan': { A: ['127.0.0.4'] } } },
    'db.x',
    '127.0.0.4',
    ['A db.x', 'AAAA db.x', 'A db.x.lan', 'AAAA db.x.lan'],
  ],
  [
    'ndots of a pod',
    {
      resolvConf: 'search ns.svc.cluster\noptions ndots:5',
      zones: { 'redis.other.ns.svc.cluster': { A: ['127.0.0.4'] } },
    },
    'redis.other',
    '127.0.0.4',
    ['A redis.other.ns.svc.cluster', 'AAAA redis.other.ns.svc.cluster'],
  ],
  [
    'a dot at the end keeps search domains out',
    { resolvConf: 'search lan', zones: { 'db.lan': { A: ['127.0.0.4'] } } },
    'db.',
    'DNS: no such name db.',
    ['A db', 'AAAA db'],
  ],
  [
    'a server that fails for one search domain is asked for the next',
    {
      resolvConf: 'search lan corp',
      zones: { 'db.lan': { code: 'SERVFAIL' }, 'db.corp': { A: ['127.0.0.4'] } },
    },
    'db',
    '127.0.0.4',
    ['A db.lan', 'AAAA db.lan', 'A db.corp', 'AAAA db.corp'],
  ],
  ['no such name', {}, 'a.example', 'DNS: no such name a.example', ['A a.example', 'AAAA a.example']],
  [
    'a name without addresses',
    { zones: { 'a.example': {} } },
    'a.example',
    'DNS: no address for a.example',
    ['A a.example', 'AAAA a.example'],
  ],
  [
    'a server that fails',
    { zones: { 'a.example': { code: 'SERVFAIL' } } },
    'a.example',
    'DNS: no answer for a.example (the name server says SERVFAIL)',
    ['A a.example', 'AAAA a.example'],
  ],
  [
    'one that drops AAAA questions costs a moment',
    { zones: { 'a.example': { A: ['127.0.0.4'], AAAA: 'silent' } } },
    'a.example',
    '127.0.0.4',
    ['A a.example', 'AAAA a.example'],
  ],
  [
    'a module of the name service switch knows it',
    { nsswitch: 'hosts: files dns [!UNAVAIL=return] myhostname', system: async () => ADDRESS },
    'box',
    '127.0.0.9',
    ['A box', 'AAAA box'],
  ],
  [
    'mDNS is the system’s business',
    { nsswitch: 'hosts: files mdns4_minimal [NOTFOUND=return] dns', system: async () => ADDRESS },
    'printer.local',
    '127.0.0.9',
    [],
  ],
  [
    'without a module for it .local is a domain like others',
    { zones: { 'printer.local': { A: ['127.0.0.4'] } } },
    'printer.local',
    '127.0.0.4',
    ['A printer.local', 'AAAA printer.local'],
  ],
];
test.each(answers)('%s', async (_, system, asked, want, questions) => {
  const { server, resolver } = await start(system);
  expect(await lookup(resolver, asked)).toBe(want);
  expect(server.asked.sort()).toEqual([...questions].sort());
});

test('one family alone is asked for where only that is wanted', async () => {
  const { server, resolver } = await start({ zones: { 'a.example': { A: ['127.0.0.1'], AAAA: ['::1'] } } });
  expect(await lookup(resolver, 'a.example', { only: 6 })).toBe('::1');
  expect(server.asked).toEqual(['AAAA a.example']);
});

test('no name server there', async () => {
  const { server, resolver } = await start({});
  await server.close();
  servers.length = 0;
  expect(await lookup(resolver, 'a.example')).toBe(
    `DNS: no answer for a.example (the name server of ${RESOLV_CONF} refuses connections)`,
  );
});

test('the deadline ends a lookup; names that are answered do not wait for those that are not', async () => {
  const { server, resolver } = await start({ zones: { 'good.example': { A: ['127.0.0.4'] } } });
  for (let i = 0; i < 200; i++) server.zones[`dead${i}.example`] = 'silent';
  const deadline = new AbortController();
  const dead = Array.from({ length: 200 }, (_, i) =>
    lookup(resolver, `dead${i}.example`, { signal: deadline.signal }),
  );
  expect(await lookup(resolver, 'good.example')).toBe('127.0.0.4');
  deadline.abort();
  expect(new Set(await Promise.all(dead)).size).toBe(200);
  expect(await dead[7]).toBe('DNS: no answer for dead7.example');
});

test('a late answer is used for the next lookup', async () => {
  const { server, resolver } = await start({
    zones: { 'a.example': 'silent' },
    resolvConf: 'options timeout:1',
  });
  const signal = AbortSignal.timeout(50);
  expect(await lookup(resolver, 'a.example', { signal })).toBe('DNS: no answer for a.example');
  server.zones['a.example'] = { A: ['127.0.0.4'] };
  // The second attempt, which no query waits for, brings the answer.
  await expect.poll(() => server.asked.length).toBeGreaterThan(2);
  expect(await lookup(resolver, 'a.example')).toBe('127.0.0.4');
});

test('a name that its server answers late is waited for, also when others were answered fast', async () => {
  const { server, resolver } = await start({ zones: { 'slow.example': { A: ['127.0.0.4'], delayA: 2500 } } });
  for (let i = 0; i < 5; i++) server.zones[`fast${i}.example`] = { A: ['127.0.0.1'] };
  for (let i = 0; i < 5; i++) await lookup(resolver, `fast${i}.example`);
  expect(await lookup(resolver, 'slow.example')).toBe('127.0.0.4');
});

test('a silent name server is asked together with the next, and alone again once it answers', async () => {
  const zone: Zone = { A: ['127.0.0.1'] };
  const { server: second, resolver } = await start({});
  const first = await NameServer.start();
  servers.push(first);
  const lines = [first, second].map(({ address }) => `nameserver ${address}`);
  writeFileSync(RESOLV_CONF, [...lines, 'options timeout:3 attempts:1'].join('\n'));
  let names = 0;
  /** Looks a new name up; waits less than the time after which the next server is asked. */
  const inTime = async () => {
    const name = `n${names++}.example`;
    for (const each of [first, second]) each.zones[name] = zone;
    return lookup(resolver, name, { only: 4, signal: AbortSignal.timeout(1500) });
  };
  first.isSilent = true;
  expect(await inTime()).toBe('DNS: no answer for n0.example');
  await expect.poll(inTime, { interval: 500 }).toBe('127.0.0.1');
  first.isSilent = false;
  second.isSilent = true;
  expect(await inTime()).toBe('127.0.0.1');
  second.asked.splice(0);
  expect(await inTime()).toBe('127.0.0.1');
  expect(second.asked).toEqual([]);
});

test('simultaneous lookups share one query, and there is none while the TTL lasts', async () => {
  const { server, resolver } = await start({
    zones: { 'a.example': { A: ['127.0.0.1'] }, 'b.example': { A: ['127.0.0.2'], ttl: 0 } },
  });
  const all = await Promise.all(Array.from({ length: 20 }, () => lookup(resolver, 'a.example')));
  expect(new Set(all)).toEqual(new Set(['127.0.0.1']));
  await lookup(resolver, 'a.example');
  expect(server.asked).toHaveLength(2);
  for (let i = 0; i < 3; i++) await lookup(resolver, 'b.example');
  expect(server.asked).toHaveLength(8);
});

test('the files are read again when they change', async () => {
  const { resolver } = await start({ hosts: '127.0.0.2 api.lan' });
  expect(await lookup(resolver, 'api.lan')).toBe('127.0.0.2');
  writeFileSync(HOSTS, '127.0.0.3 api.lan');
  expect(await lookup(resolver, 'api.lan')).toBe('127.0.0.3');
  rmSync(HOSTS);
  const other = await NameServer.start({ 'api.lan': { A: ['127.0.0.5'] } });
  servers.push(other);
  writeFileSync(RESOLV_CONF, `nameserver ${other.address}\n`);
  expect(await lookup(resolver, 'api.lan')).toBe('127.0.0.5');
});

const stale: readonly [name: string, change: Zone | 'silent' | undefined, maxStale: number, want: string][] =
  [
    ['no answer, stale addresses wanted', 'silent', 60_000, '127.0.0.4'],
    ['a failure, stale addresses wanted', { code: 'SERVFAIL' }, 60_000, '127.0.0.4'],
    [
      'no answer, none wanted',
      { code: 'REFUSED' },
      0,
      'DNS: no answer for a.example (the name server says REFUSED)',
    ],
    ['a name that is gone', undefined, 60_000, 'DNS: no such name a.example'],
  ];
test.each(stale)('after the TTL: %s', async (_, change, maxStale, want) => {
  const { server, resolver } = await start({ zones: { 'a.example': { A: ['127.0.0.4'], ttl: 0 } } });
  await lookup(resolver, 'a.example');
  if (change) server.zones['a.example'] = change;
  else delete server.zones['a.example'];
  expect(await lookup(resolver, 'a.example', { maxStale })).toBe(want);
});

test('getaddrinfo is called once at a time, and a hanging call delays no other name', async () => {
  let running = 0;
  let most = 0;
  const called: string[] = [];
  let hang: (() => void) | undefined;
  const { resolver } = await start({
    nsswitch: 'hosts: files dns mymachines',
    zones: { 'good.example': { A: ['127.0.0.4'] } },
    system: async name => {
      called.push(name);
      most = Math.max(most, ++running);
      if (name === 'hung') await new Promise<void>(resolve => (hang = resolve));
      running--;
      return ADDRESS;
    },
  });
  const hung = lookup(resolver, 'hung');
  const others = ['m1', 'm2'].map(name => lookup(resolver, name));
  expect(await lookup(resolver, 'good.example')).toBe('127.0.0.4');
  await expect.poll(() => hang).toBeDefined();
  expect(called).toEqual(['hung']);
  hang?.();
  expect(await Promise.all([hung, ...others])).toEqual(['127.0.0.9', '127.0.0.9', '127.0.0.9']);
  expect(most).toBe(1);
});

test('cancelled queries do not keep the process alive', async () => {
  const { server, resolver } = await start({ zones: { box: 'silent' }, resolvConf: 'search lan' });
  server.zones['box.lan'] = 'silent';
  const running = lookup(resolver, 'box');
  await expect.poll(() => server.asked.length).toBe(2);
  resolver.cancel();
  expect(await running).toBe('DNS: no answer for box');
  expect(server.asked.sort()).toEqual(['A box.lan', 'AAAA box.lan']);
});
