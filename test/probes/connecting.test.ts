// How probes come to their services: names, kept connections, certificates that change.

import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { Resolver } from '../../src/net/resolver.js';
import { DEFAULT_LIMITS } from '../../src/probes/http/connections.js';
import { haproxy } from '../../src/probes/kinds/haproxy.js';
import { http } from '../../src/probes/kinds/http.js';
import { ollama } from '../../src/probes/kinds/ollama.js';
import { redis } from '../../src/probes/kinds/redis.js';
import type { ProbeKind } from '../../src/probes/probe-kind.js';
import { type Certificate, makeAuthority, makeCertificate } from '../support/certificates.js';
import { NameServer, type Zone } from '../support/dns.js';
import { startHaproxy } from '../support/haproxy.js';
import { portOf, stop } from '../support/http.js';
import { startRedis } from '../support/redis.js';
import { Checked } from './checks.js';

const kinds = { http, ollama, haproxy, redis } as Record<'http' | 'ollama' | 'haproxy' | 'redis', ProbeKind>;
const folder = mkdtempSync(join(tmpdir(), 'connecting-'));
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});
afterAll(() => rmSync(folder, { recursive: true }));

const HOSTS = join(folder, 'hosts');

async function startNames(zones: Record<string, Zone | 'silent'> = {}) {
  const names = await NameServer.start(zones);
  undo.push(() => names.close());
  const resolvConf = join(folder, 'resolv.conf');
  writeFileSync(resolvConf, `nameserver ${names.address}`);
  writeFileSync(HOSTS, '');
  const resolver = new Resolver({ hosts: HOSTS, resolvConf, nsswitch: '/nowhere', hasOtherSources: false });
  return { names, resolver };
}

function checked(
  kind: ProbeKind,
  options: object,
  bounds: { timeout?: number; resolver?: Resolver } = {},
): Checked {
  const service = new Checked(kind, options, { timeout: 20_000, slowAfter: 20_000, ...bounds });
  undo.push(() => service.close());
  return service;
}

/** An HTTP server that closes no connection by itself and counts them. */
async function serve(address = '127.0.0.1', port = 0, body = '{}') {
  let connections = 0;
  const server = createServer((_, response) => response.end(body));
  server.keepAliveTimeout = 0;
  server.on('connection', () => connections++);
  await new Promise<void>(resolve => server.listen(port, address, resolve));
  undo.push(() => stop(server));
  return { server, port: portOf(server), count: () => connections };
}

const silent: readonly [name: string, kind: ProbeKind, options: object, error: string][] = [
  ['http', kinds.http, { url: 'http://api.example:9/' }, 'DNS: no answer for api.example'],
  ['https', kinds.http, { url: 'https://api.example/' }, 'DNS: no answer for api.example'],
  ['ollama', kinds.ollama, { url: 'http://api.example:9/' }, 'DNS: no answer for api.example'],
  ['haproxy', kinds.haproxy, { url: 'http://api.example:9/' }, 'DNS: no answer for api.example'],
  [
    'haproxy statistics',
    kinds.haproxy,
    { stats_url: 'http://api.example:9/' },
    'DNS: no answer for api.example',
  ],
  ['redis', kinds.redis, { host: 'api.example' }, 'DNS: no answer for api.example'],
];
test.each(silent)('a name without an answer: %s', async (_, kind, options, error) => {
  const { resolver } = await startNames({ 'api.example': 'silent' });
  const outcome = await checked(kind, options, { timeout: 100, resolver }).run();
  expect(outcome).toMatchObject({ status: 'error', reason: 'dns', error, responseTime: 0.1 });
});

test('statistics by a name without an answer are what fails, not the health', async () => {
  const { resolver } = await startNames({ 'api.example': 'silent' });
  const { port } = await serve();
  const options = { url: `http://127.0.0.1:${port}/`, stats_url: 'http://api.example:9/' };
  const outcome = await checked(kinds.haproxy, options, { timeout: 500, resolver }).run();
  expect(outcome).toMatchObject({ reason: 'dns', error: 'Statistics: DNS: no answer for api.example' });
});

test('healthy services by name while a hundred others have no answer', async () => {
  const { port } = await serve();
  const { names, resolver } = await startNames({ 'good.example': { A: ['127.0.0.1'] } });
  writeFileSync(HOSTS, '127.0.0.1 local.lan');
  const dead = Array.from({ length: 100 }, (_, i) => {
    names.zones[`dead${i}.example`] = 'silent';
    return checked(kinds.http, { url: `http://dead${i}.example:9/` }, { timeout: 3000, resolver }).run();
  });
  for (const host of ['local.lan', 'good.example', '127.0.0.1', 'localhost']) {
    const { status } = await checked(kinds.http, { url: `http://${host}:${port}/` }, { resolver }).run();
    expect([host, status]).toEqual([host, 'healthy']);
  }
  expect(new Set((await Promise.all(dead)).map(({ reason }) => reason))).toEqual(new Set(['dns']));
});

describe('a kept connection', () => {
  test('serves the requests it may, and its share of new ones shows', async () => {
    const { port, count } = await serve();
    const service = checked(kinds.http, { url: `http://127.0.0.1:${port}/` });
    service.connections.setLimits({ ...DEFAULT_LIMITS, maxRequests: 3 });
    const reused: unknown[] = [];
    for (let i = 0; i < 7; i++) reused.push((await service.run()).samples.get('probe_connection_reused'));
    expect(reused).toEqual([0, 1, 1, 0, 1, 1, 0]);
    expect(count()).toBe(3);
  });

  test('is not kept longer than its age', async () => {
    const { port, count } = await serve();
    const service = checked(kinds.http, { url: `http://127.0.0.1:${port}/` });
    service.connections.setLimits({ ...DEFAULT_LIMITS, maxAge: 0 });
    for (let i = 0; i < 3; i++) expect((await service.run()).samples.get('probe_connection_reused')).toBe(0);
    expect(count()).toBe(3);
    expect(service.connections.open).toBe(0);
  });

  test('does not hide for long that an HAProxy is full', async () => {
    const server = await startHaproxy(
      2,
      (empty, full) => `
frontend empty
  bind 127.0.0.1:${empty}
  http-request return status 200
frontend full
  bind 127.0.0.1:${full}
  maxconn 1
  timeout client 60s
  http-request return status 200 content-type application/json string '{}'`,
    );
    undo.push(() => server.close());
    const port = server.ports[1] as number;
    const service = checked(kinds.http, { url: `http://127.0.0.1:${port}/` }, { timeout: 1000 });
    service.connections.setLimits({ ...DEFAULT_LIMITS, maxRequests: 2 });
    expect((await service.run()).status).toBe('healthy');
    // Waits for the place that our own connection takes.
    const client = connect({ port, host: '127.0.0.1' }, () => client.write('GET / HTTP/1.1\r\n'));
    undo.push(() => client.destroy());
    await once(client, 'connect');
    expect((await service.run()).status).toBe('healthy');
    expect((await service.run()).reason).toBe('timeout');
    expect((await service.run()).reason).toBe('timeout');
  });

  test('ends, so that a moved name is followed', async () => {
    const { port } = await serve('127.0.0.2', 0, '{"at":2}');
    await serve('127.0.0.3', port, '{"at":3}');
    const { resolver } = await startNames();
    writeFileSync(HOSTS, '127.0.0.2 api.lan');
    const service = checked(kinds.http, { url: `http://api.lan:${port}/` }, { resolver });
    service.connections.setLimits({ ...DEFAULT_LIMITS, maxRequests: 2 });
    const seen: unknown[] = [];
    for (let i = 0; i < 2; i++) seen.push((await service.run()).data);
    writeFileSync(HOSTS, '127.0.0.3 api.lan');
    seen.push((await service.run()).data);
    expect(seen).toEqual(['{"at":2}', '{"at":2}', '{"at":3}']);
  });

  test('of a Redis as well', async () => {
    const server = await startRedis();
    undo.push(() => server.close());
    const service = checked(kinds.redis, { host: `127.0.0.1:${server.port}` });
    service.connections.setLimits({ ...DEFAULT_LIMITS, maxRequests: 2 });
    const reused: unknown[] = [];
    for (let i = 0; i < 5; i++) reused.push((await service.run()).samples.get('probe_connection_reused'));
    expect(reused).toEqual([0, 1, 0, 1, 0]);
  });
});

const readPair = ({ cert, key }: Certificate) => ({ cert: readFileSync(cert), key: readFileSync(key) });

test('a renewed certificate is seen with the next handshake, and so is a renewed ca_file', async () => {
  const ca = makeAuthority(folder, 'ca');
  const other = makeAuthority(folder, 'other');
  const server = createTlsServer(
    readPair(makeCertificate(folder, 'soon', ca, 'IP:127.0.0.1', 5)),
    (_, response) => response.end('{}'),
  );
  server.keepAliveTimeout = 0;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => stop(server));
  const caFile = join(folder, 'trusted.pem');
  copyFileSync(ca.cert, caFile);
  const service = checked(kinds.http, {
    url: `https://127.0.0.1:${portOf(server)}/`,
    tls_config: { ca_file: caFile },
  });
  service.connections.setLimits({ ...DEFAULT_LIMITS, maxRequests: 1 });
  const days = (expiry: number | undefined) => Math.round(((expiry ?? 0) - Date.now() / 1000) / 86_400);
  const attempt = async () => {
    const { samples, status, error } = await service.run();
    return [status, error, days(samples.get('probe_ssl_earliest_cert_expiry'))];
  };
  expect(await attempt()).toEqual(['healthy', undefined, 5]);
  server.setSecureContext(readPair(makeCertificate(folder, 'new', ca, 'IP:127.0.0.1', 25)));
  expect(await attempt()).toEqual(['healthy', undefined, 25]);
  copyFileSync(other.cert, caFile);
  expect((await attempt())[0]).toBe('error');
  rmSync(caFile);
  expect((await attempt()).slice(0, 2)).toEqual([
    'error',
    `TLS: tls_config: cannot read ${caFile}: no such file`,
  ]);
});

test('Redis over TLS: a certificate that is swapped at run time is seen with the next handshake', async () => {
  const ca = makeAuthority(folder, 'redis-ca');
  const [soon, later, over] = [5, 25, -1].map(days =>
    makeCertificate(folder, `redis-${days}`, ca, 'IP:127.0.0.1', days),
  ) as [Certificate, Certificate, Certificate];
  const server = await startRedis();
  undo.push(() => server.close());
  const swap = async ({ cert, key }: Certificate) =>
    expect(await server.command(`CONFIG SET tls-cert-file ${cert} tls-key-file ${key}`)).toBe('+OK');
  const service = checked(kinds.redis, {
    host: `127.0.0.1:${server.tlsPort}`,
    tls_config: { ca_file: ca.cert },
  });
  service.connections.setLimits({ ...DEFAULT_LIMITS, maxRequests: 1 });
  const attempt = async () => {
    const { samples, status, error } = await service.run();
    const left = ((samples.get('probe_ssl_earliest_cert_expiry') ?? 0) - Date.now() / 1000) / 86_400;
    return [status, error, Math.round(left)];
  };
  await swap(soon);
  expect(await attempt()).toEqual(['healthy', undefined, 5]);
  await swap(later);
  expect(await attempt()).toEqual(['healthy', undefined, 25]);
  await swap(over);
  expect(await attempt()).toEqual([
    'error',
    expect.stringMatching(/^TLS: certificate has expired \(\d{4}-\d\d-\d\d\)$/),
    -1,
  ]);
});

const protocols: readonly [name: string, options: object, want: number | string][] = [
  ['whichever works', {}, 4],
  ['IPv6, with the other where it does not connect', { preferred_ip_protocol: 'ip6' }, 4],
  ['IPv4 alone', { preferred_ip_protocol: 'ip4', ip_protocol_fallback: false }, 4],
  ['IPv6 alone', { preferred_ip_protocol: 'ip6', ip_protocol_fallback: 'false' }, 'Connection refused'],
];
test.each(protocols)('a service that listens on IPv4 of two: %s', async (_, options, want) => {
  const { port } = await serve();
  const { resolver } = await startNames({ 'two.example': { A: ['127.0.0.1'], AAAA: ['::1'] } });
  const outcome = await checked(
    kinds.http,
    { url: `http://two.example:${port}/`, ...options },
    { resolver },
  ).run();
  expect(outcome.error ?? outcome.samples.get('probe_ip_protocol')).toBe(want);
  expect(outcome.samples.get('probe_dns_lookup_time_seconds')).toBeGreaterThan(0);
});

test('an address takes no lookup', async () => {
  const { port } = await serve();
  const service = checked(kinds.http, { url: `http://127.0.0.1:${port}/` });
  expect((await service.run()).samples.get('probe_dns_lookup_time_seconds')).toBe(0);
});
