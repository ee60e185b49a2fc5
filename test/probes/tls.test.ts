import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { http } from '../../src/probes/kinds/http.js';
import { type Certificate, makeAuthority, makeCertificate } from '../support/certificates.js';
import { portOf } from '../support/http.js';
import { Checked } from './checks.js';

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
const servers: Server[] = [];
const urls: Record<string, string> = {};
let ca: Certificate;
let client: Certificate;
let requests = 0;

async function serve(name: string, { cert, key }: Certificate, wantsClient = false): Promise<void> {
  const options = {
    cert: readFileSync(cert),
    key: readFileSync(key),
    ca: readFileSync(ca.cert),
    requestCert: wantsClient,
    rejectUnauthorized: wantsClient,
  };
  const server = createServer(options, (_, response) => {
    requests++;
    response.end('{"status":"ok"}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  urls[name] = `https://127.0.0.1:${portOf(server as never)}/`;
}

beforeAll(async () => {
  ca = makeAuthority(folder, 'ca');
  client = makeCertificate(folder, 'client', ca, 'DNS:client');
  await serve('good', makeCertificate(folder, 'good', ca, 'IP:127.0.0.1'));
  await serve('other', makeCertificate(folder, 'other', ca, 'DNS:other.example'));
  await serve('expired', makeCertificate(folder, 'expired', ca, 'IP:127.0.0.1', -3));
  await serve('mutual', makeCertificate(folder, 'mutual', ca, 'IP:127.0.0.1'), true);
});

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
  rmSync(folder, { recursive: true });
});

const TABLE: [
  name: string,
  server: string,
  tls: () => object,
  want: { status: string; reason?: string; error?: RegExp },
][] = [
  ['a certificate of a known CA', 'good', () => ({ ca_file: ca.cert }), { status: 'healthy' }],
  [
    'a certificate of an unknown CA',
    'good',
    () => ({}),
    {
      status: 'error',
      reason: 'tls',
      error: /^TLS: certificate is signed by an unknown CA \("ca"\); name it in tls_config.ca_file$/,
    },
  ],
  ['an unknown CA, not verified', 'good', () => ({ insecure_skip_verify: true }), { status: 'healthy' }],
  [
    'a certificate for another name',
    'other',
    () => ({ ca_file: ca.cert }),
    {
      status: 'error',
      reason: 'tls',
      error: /^TLS: certificate is for DNS:other.example, not for 127.0.0.1; set tls_config.server_name$/,
    },
  ],
  [
    'another name that is expected',
    'other',
    () => ({ ca_file: ca.cert, server_name: 'other.example' }),
    { status: 'healthy' },
  ],
  [
    'an expired certificate',
    'expired',
    () => ({ ca_file: ca.cert }),
    { status: 'error', reason: 'tls', error: /^TLS: certificate has expired \(\d{4}-\d\d-\d\d\)$/ },
  ],
  [
    'a client certificate where one is wanted',
    'mutual',
    () => ({ ca_file: ca.cert, cert_file: client.cert, key_file: client.key }),
    { status: 'healthy' },
  ],
  ['no client certificate where one is wanted', 'mutual', () => ({ ca_file: ca.cert }), { status: 'error' }],
];

describe('TLS', () => {
  test.each(TABLE)('%s', async (_, server, tls, want) => {
    const before = requests;
    const service = new Checked(http, { url: urls[server], tls_config: tls() });
    const first = await service.run();
    const second = await service.run();
    await service.close();
    for (const outcome of [first, second]) {
      expect(outcome.status).toBe(want.status);
      if (want.reason) expect(outcome.reason).toBe(want.reason);
      if (want.error) expect(outcome.error).toMatch(want.error);
    }
    expect(requests - before).toBe(want.status === 'healthy' ? 2 : 0);
  });

  test.each([
    ['good', 17],
    ['expired', -3],
    ['other', 17],
  ])('the expiry of a certificate is recorded, accepted or not: %s', async (server, days) => {
    const service = new Checked(http, { url: urls[server], tls_config: { ca_file: ca.cert } });
    const { samples } = await service.run();
    await service.close();
    const left = ((samples.get('probe_ssl_earliest_cert_expiry') as number) - Date.now() / 1000) / 86_400;
    expect(left).toBeGreaterThan(days - 1);
    expect(left).toBeLessThan(31);
    expect(samples.has('probe_ssl_last_chain_expiry_timestamp_seconds')).toBe(server === 'good');
    expect([...samples.keys()]).toContain('probe_tls_version_info{version="TLS 1.3"}');
  });

  test('plain HTTP to a TLS port, and TLS to a plain one, have different errors', async () => {
    const plain = new Checked(http, { url: (urls.good as string).replace('https', 'http') });
    expect((await plain.run()).reason).toBe('protocol');
    await plain.close();
  });
});
