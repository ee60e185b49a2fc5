import { copyFileSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadWebConfig, NO_WEB_CONFIG, type WebConfig } from '../../src/http/web-config.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type Certificate, makeCertificate } from './certificates.js';
import { startMonitor } from './monitor.js';

let folder: string;
let ca: Certificate;
let client: Certificate;
let stranger: Certificate;
beforeAll(() => {
  folder = makeFolder('tls');
  ca = makeCertificate(folder, 'ca');
  makeCertificate(folder, 'server', 'IP:127.0.0.1', ca);
  makeCertificate(folder, 'renewed', 'IP:127.0.0.1', ca);
  const names = 'DNS:prometheus.example,IP:::1,email:ops@example.org,URI:spiffe://example.org/prometheus';
  client = makeCertificate(folder, 'client', names, ca);
  stranger = makeCertificate(folder, 'stranger', 'DNS:prometheus.example');
});
afterAll(() => removeFolder(folder));

function webConfig(lines = '', server = 'server', file = 'web.yml'): WebConfig {
  const path = join(folder, file);
  const pair = `  cert_file: ${server}.pem\n  key_file: ${server}.key\n`;
  writeFileSync(path, `tls_server_config:\n${pair}${lines.replaceAll(/^(?=.)/gm, '  ')}\n`);
  return loadWebConfig(path);
}

interface Answer {
  readonly status: number | undefined;
  readonly protocol: string | null;
  readonly cipher: string;
  readonly resumed: boolean;
  /** The server's name in its certificate. */
  readonly server: string | string[] | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Asks over a connection of its own. */
function ask(url: string, options: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = httpsRequest(`${url}/cluster_health`, {
      ca: readFileSync(ca.cert),
      agent: false,
      ...options,
    });
    asked.on('response', response => {
      const socket = response.socket as TLSSocket;
      const [protocol, cipher] = [socket.getProtocol(), socket.getCipher().standardName];
      const resumed = socket.isSessionReused();
      const server = socket.getPeerCertificate().subject?.CN;
      response.resume().on('end', () => {
        resolve({
          status: response.statusCode,
          protocol,
          cipher,
          resumed,
          server,
          headers: response.headers,
        });
      });
    });
    asked.on('error', reject).end();
  });
}

const as = ({ cert, key }: Certificate) => ({ cert: readFileSync(cert), key: readFileSync(key) });
const TURNED_AWAY = /ECONNRESET|socket hang up|socket disconnected|alert|EPIPE/;

test('answers over TLS, and not to those who do not speak it', async () => {
  await using monitor = await startMonitor({ web: webConfig() });
  expect(await ask(monitor.url)).toMatchObject({ status: 200, protocol: 'TLSv1.3', server: 'server' });
  await expect(ask(monitor.url, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
  await expect(fetch(monitor.url.replace('https', 'http'))).rejects.toThrow();
  expect((await ask(monitor.url)).status).toBe(200);
});

test('headers are on answers over TLS', async () => {
  const file = join(folder, 'headers.yml');
  writeFileSync(
    file,
    'tls_server_config: { cert_file: server.pem, key_file: server.key }\n' +
      'http_server_config: { http2: false, headers: { Strict-Transport-Security: max-age=60, X-XSS-Protection: "0" } }\n',
  );
  await using monitor = await startMonitor({ web: loadWebConfig(file) });
  expect((await ask(monitor.url)).headers).toMatchObject({
    'strict-transport-security': 'max-age=60',
    'x-xss-protection': '0',
    'x-content-type-options': 'nosniff',
  });
});

test('takes certificate and key inline', async () => {
  const file = join(folder, 'inline.yml');
  const inline = (path: string) => JSON.stringify(readFileSync(path, 'utf8'));
  const { cert, key } = { cert: join(folder, 'server.pem'), key: join(folder, 'server.key') };
  writeFileSync(file, `tls_server_config: { cert: ${inline(cert)}, key: ${inline(key)} }\n`);
  await using monitor = await startMonitor({ web: loadWebConfig(file) });
  expect((await ask(monitor.url)).server).toBe('server');
});

describe('versions and suites', () => {
  const ECDSA_128 = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256';
  const ECDSA_256 = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384';
  const tls12 = { maxVersion: 'TLSv1.2' } as const;
  const prefers256 = { ...tls12, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256' };
  test.each<[string, string, RequestOptions, Partial<Answer> | undefined]>([
    ['TLS 1.2 by default too', '', tls12, { protocol: 'TLSv1.2' }],
    ['TLS 1.3 only', 'min_version: TLS13', {}, { protocol: 'TLSv1.3' }],
    ['TLS 1.3 only, to who cannot', 'min_version: TLS13', tls12, undefined],
    ['TLS 1.2 only', 'max_version: TLS12', {}, { protocol: 'TLSv1.2' }],
    ['a suite of TLS 1.2', `cipher_suites: [${ECDSA_128}]`, tls12, { cipher: ECDSA_128 }],
    ['which leaves TLS 1.3 alone', `cipher_suites: [${ECDSA_128}]`, {}, { protocol: 'TLSv1.3' }],
    ['the server prefers', `cipher_suites: [${ECDSA_128}, ${ECDSA_256}]`, prefers256, { cipher: ECDSA_128 }],
    [
      'the client prefers',
      `prefer_server_cipher_suites: false\ncipher_suites: [${ECDSA_128}, ${ECDSA_256}]`,
      prefers256,
      { cipher: ECDSA_256 },
    ],
    ['no suite in common', 'cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]', tls12, undefined],
    ['suites of TLS 1.3 alone', 'cipher_suites: [TLS_AES_128_GCM_SHA256]', tls12, undefined],
    ['a curve', 'curve_preferences: [CurveP521, CurveP256]', { ecdhCurve: 'secp521r1' }, { status: 200 }],
    ['no curve in common', 'curve_preferences: [CurveP521]', { ecdhCurve: 'X25519' }, undefined],
  ])('%s', async (_, lines, options, want) => {
    await using monitor = await startMonitor({ web: webConfig(lines) });
    if (want) expect(await ask(monitor.url, options)).toMatchObject(want);
    else await expect(ask(monitor.url, options)).rejects.toThrow();
  });
});

describe('client certificates', () => {
  const verify = 'client_auth_type: RequireAndVerifyClientCert\nclient_ca_file: ca.pem';
  const any = 'client_auth_type: RequireAnyClientCert';
  const given = 'client_auth_type: VerifyClientCertIfGiven\nclient_ca_file: ca.pem';
  const requested = 'client_auth_type: RequestClientCert';
  const sans = (...names: string[]) => `client_allowed_sans: [${names.map(name => `"${name}"`).join(', ')}]`;
  test.each<[string, string, [none: boolean, ours: boolean, stranger: boolean]]>([
    ['NoClientCert', '', [true, true, true]],
    ['RequestClientCert', requested, [true, true, true]],
    ['RequireAnyClientCert', any, [false, true, true]],
    ['RequireClientCert', any.replace('Any', ''), [false, true, true]],
    ['VerifyClientCertIfGiven', given, [true, true, false]],
    ['RequireAndVerifyClientCert', verify, [false, true, false]],
    ['a DNS name', `${verify}\n${sans('prometheus.example')}`, [false, true, false]],
    ['a DNS name of a stranger', `${any}\n${sans('prometheus.example')}`, [false, true, true]],
    ['one of two names', `${verify}\n${sans('elsewhere.example', 'ops@example.org')}`, [false, true, false]],
    ['an IPv6 address in another spelling', `${verify}\n${sans('0:0::1')}`, [false, true, false]],
    ['a URI', `${verify}\n${sans('spiffe://example.org/prometheus')}`, [false, true, false]],
    ['no such name', `${verify}\n${sans('example')}`, [false, false, false]],
    ['the beginning of a name', `${verify}\n${sans('prometheus')}`, [false, false, false]],
    ['a common name is no alternative name', `${verify}\n${sans('client')}`, [false, false, false]],
  ])('%s', async (_, lines, want) => {
    await using monitor = await startMonitor({ web: webConfig(lines) });
    const clients = [{}, as(client), as(stranger)];
    for (const [i, options] of clients.entries()) {
      if (want[i]) expect((await ask(monitor.url, options)).status).toBe(200);
      else await expect(ask(monitor.url, options)).rejects.toThrow(TURNED_AWAY);
    }
    expect(monitor.answered).toEqual(want.filter(Boolean).map(() => '/cluster_health 200'));
  });
});

describe('a resumed session', () => {
  const strict =
    'client_auth_type: RequireAndVerifyClientCert\nclient_ca_file: ca.pem\nclient_allowed_sans: [prometheus.example]';
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('of %s still knows the client', async maxVersion => {
    await using monitor = await startMonitor({ web: webConfig(strict) });
    // Keeps sessions, not connections.
    const agent = new Agent({ keepAlive: false });
    const options = { ...as(client), agent, maxVersion };
    expect(await ask(monitor.url, options)).toMatchObject({ status: 200, resumed: false });
    expect(await ask(monitor.url, options)).toMatchObject({ status: 200, resumed: true });
    monitor.server.setWebConfig(webConfig(strict.replace('prometheus', 'elsewhere')));
    await expect(ask(monitor.url, options)).rejects.toThrow(TURNED_AWAY);
  });
});

describe('a changed configuration', () => {
  test('brings another certificate and asks clients for theirs, without a restart', async () => {
    await using monitor = await startMonitor({ web: webConfig() });
    expect(await ask(monitor.url)).toMatchObject({ status: 200, server: 'server' });
    const strict = 'client_auth_type: RequireAndVerifyClientCert\nclient_ca_file: ca.pem';
    monitor.server.setWebConfig(webConfig(strict, 'renewed'));
    await expect(ask(monitor.url)).rejects.toThrow(TURNED_AWAY);
    await expect(ask(monitor.url, as(stranger))).rejects.toThrow(TURNED_AWAY);
    expect(await ask(monitor.url, as(client))).toMatchObject({ status: 200, server: 'renewed' });
    monitor.server.setWebConfig(webConfig());
    expect(await ask(monitor.url)).toMatchObject({ status: 200, server: 'server' });
  });

  test('does not take TLS away or bring it', async () => {
    await using encrypted = await startMonitor({ web: webConfig('client_auth_type: RequireAnyClientCert') });
    encrypted.server.setWebConfig(NO_WEB_CONFIG);
    await expect(ask(encrypted.url)).rejects.toThrow(TURNED_AWAY);
    expect((await ask(encrypted.url, as(client))).status).toBe(200);
    await using plain = await startMonitor();
    plain.server.setWebConfig(webConfig());
    expect((await fetch(`${plain.url}/stats`)).status).toBe(200);
    for (const { logged } of [encrypted, plain]) {
      expect(logged.some(line => line.startsWith('warn Enabling or disabling TLS requires a restart'))).toBe(
        true,
      );
    }
  });

  test('is noticed when the files change, and a broken one is not taken up', async () => {
    for (const end of ['pem', 'key'])
      copyFileSync(join(folder, `server.${end}`), join(folder, `live.${end}`));
    await using monitor = await startMonitor({ web: webConfig('', 'live', 'live.yml') });
    expect((await ask(monitor.url)).server).toBe('server');
    copyFileSync(join(folder, 'renewed.pem'), join(folder, 'live.pem'));
    const wait = { interval: 100 };
    await expect
      .poll(() => monitor.logged.join('\n'), wait)
      .toContain('live.key does not belong to the certificate');
    expect((await ask(monitor.url)).server).toBe('server');
    copyFileSync(join(folder, 'renewed.key'), join(folder, 'live.key'));
    await expect.poll(async () => (await ask(monitor.url)).server, wait).toBe('renewed');
    expect(monitor.logged.some(line => line.startsWith('info Web configuration read again'))).toBe(true);
  });

  test('is shown by the next handshake, as a volume that is replaced as a whole gives it', async () => {
    const [one, other, current] = ['one', 'other', 'current'].map(name => join(folder, name));
    for (const [version, name] of [
      [one, 'server'],
      [other, 'renewed'],
    ] as const) {
      mkdirSync(version as string);
      for (const end of ['pem', 'key'])
        copyFileSync(join(folder, `${name}.${end}`), join(version as string, `live.${end}`));
    }
    const show = (target: string) => {
      symlinkSync(target, `${current}.new`);
      renameSync(`${current}.new`, current as string);
    };
    show(one as string);
    await using monitor = await startMonitor({ web: webConfig('', 'current/live', 'current.yml') });
    const server = async () => (await ask(monitor.url)).server;
    const seen = [await server()];
    show(other as string);
    seen.push(await server());
    // Neither a missing volume nor a loop of links ends what is served.
    show(join(folder, 'server.pem'));
    seen.push(await server());
    show('current');
    seen.push(await server());
    show(one as string);
    seen.push(await server());
    expect(seen).toEqual(['server', 'renewed', 'renewed', 'renewed', 'server']);
    expect(monitor.logged.join('\n')).toMatch(/cannot read .*current\/live\.pem: /);
  });
});
