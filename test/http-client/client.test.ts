// The HTTP client of all rooms: what it reads again at each call.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, expect, test } from 'vitest';
import { FileSecret } from '../../src/config/file-secret.js';
import { HttpClient } from '../../src/http-client/client.js';
import { explainError } from '../../src/http-client/errors.js';
import { Resolver } from '../../src/net/resolver.js';
import { certificate } from '../support/certificate.js';
import { makeAuthority } from '../support/certificates.js';
import { NameServer, type Zone } from '../support/dns.js';
import { listen, portOf, stop } from '../support/http.js';

const folder = mkdtempSync(join(tmpdir(), 'caller-'));
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a secret is read from its file at each call', async () => {
  const received: unknown[] = [];
  const server = await listen((request, response) => {
    received.push(request.headers.authorization, request.headers['x-key']);
    response.end();
  });
  const url = new URL(`http://127.0.0.1:${portOf(server)}/`);
  undo.push(() => stop(server));
  const file = join(folder, 'secret');
  const caller = new HttpClient(url, {
    basic_auth: { username: new FileSecret(file), password: new FileSecret(file) },
    headers: { 'x-key': new FileSecret(file) },
    follow_redirects: true,
  });
  undo.push(() => caller.close());
  const call = () =>
    caller.call({ method: 'GET', url }, { signal: AbortSignal.timeout(10_000), sink: () => () => {} });

  const error = await call().catch(explainError);
  expect(error).toBe(`cannot read ${file}: no such file`);
  for (const secret of ['one', 'two']) {
    writeFileSync(file, `${secret}\n`);
    expect((await call()).status).toBe(200);
  }
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  expect(received).toEqual([basic('one:one'), 'one', basic('two:two'), 'two']);
});

/** A caller of `http://api.example:PORT/`, whose name a name server of the test's own knows. */
async function named(zone: Zone | 'silent', port: number) {
  const names = await NameServer.start({ 'api.example': zone });
  undo.push(() => names.close());
  const resolvConf = join(folder, 'resolv.conf');
  writeFileSync(resolvConf, `nameserver ${names.address}\noptions timeout:1 attempts:1`);
  const files = { hosts: '/nowhere/hosts', nsswitch: '/nowhere/nsswitch', hasOtherSources: false };
  const url = new URL(`http://api.example:${port}/`);
  const caller = new HttpClient(
    url,
    { follow_redirects: true },
    { resolver: new Resolver({ ...files, resolvConf }) },
  );
  undo.push(() => caller.close());
  const call = async (timeout = 20_000) => {
    const options = { signal: AbortSignal.timeout(timeout), sink: () => () => {} };
    return (await caller.call({ method: 'GET', url }, options)).status;
  };
  return { names, call };
}

test('a name that cannot be resolved is named in the error, at the deadline and before it', async () => {
  const { names, call } = await named('silent', 9);
  expect(await call(100).catch(explainError)).toBe('DNS: no answer for api.example');
  expect(await call().catch(explainError)).toBe('DNS: no answer for api.example');
  delete names.zones['api.example'];
  expect(await call().catch(explainError)).toBe('DNS: no such name api.example');
});

test('the last address is called when no name server answers', async () => {
  const server = await listen((_, response) => response.writeHead(200, { connection: 'close' }).end());
  undo.push(() => stop(server));
  const { names, call } = await named({ A: ['127.0.0.1'], ttl: 0 }, portOf(server));
  expect(await call()).toBe(200);
  names.isSilent = true;
  expect(await call()).toBe(200);
});

test('a kept connection is used again until it is too old', async () => {
  const ports: unknown[] = [];
  const server = await listen((request, response) => {
    ports.push(request.socket.remotePort);
    response.end();
  });
  undo.push(() => stop(server));
  const url = new URL(`http://127.0.0.1:${portOf(server)}/`);
  const request = async (maxAge: number) => {
    const caller = new HttpClient(url, { follow_redirects: true }, { maxAge });
    for (let i = 0; i < 2; i++) {
      await caller.call(
        { method: 'GET', url },
        { signal: AbortSignal.timeout(20_000), sink: () => () => {} },
      );
      await delay(20);
    }
    caller.close();
  };
  await request(60_000);
  await request(1);
  const [first, second, third, fourth] = ports;
  expect([second === first, fourth === third]).toEqual([true, false]);
});

test('files of tls_config are read for each handshake', async () => {
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (_, response) => {
    response.writeHead(200, { connection: 'close' }).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => stop(server));
  const file = join(folder, 'ca.crt');
  writeFileSync(file, readFileSync(makeAuthority(folder, 'other').cert));
  const url = new URL(`https://localhost:${portOf(server)}/`);
  const caller = new HttpClient(url, {
    tls_config: { ca_file: file, insecure_skip_verify: false },
    follow_redirects: true,
  });
  undo.push(() => caller.close());
  const call = () =>
    caller.call({ method: 'GET', url }, { signal: AbortSignal.timeout(20_000), sink: () => () => {} });
  expect(await call().catch(explainError)).toMatch(/^TLS: its certificate/);
  writeFileSync(file, readFileSync(certificate.file));
  expect((await call()).status).toBe(200);
  rmSync(file);
  expect(await call().catch(explainError)).toBe(`tls_config: cannot read ${file}: no such file`);
});
