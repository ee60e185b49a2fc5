import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FileSecret } from '../../src/config/file-secret.js';
import { runCheck } from '../../src/probes/attempt.js';
import { withFiles } from '../../src/probes/named-files.js';
import { ReadingsRecorder } from '../../src/probes/readings.js';

const folder = mkdtempSync(join(tmpdir(), 'named-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const there = join(folder, 'there');
writeFileSync(there, 'secret');

const never = () => new Promise<void>(() => {});
const HUNG = '/hung/secret';

async function run(options: unknown, touch?: (file: string) => Promise<void>) {
  let runs = 0;
  let secretsRead = 0;
  const inner = {
    run: async () => void runs++,
    close() {},
    get secrets() {
      secretsRead++;
      return [];
    },
  };
  const probe = withFiles(inner, options, touch);
  const bounds = { isService: true, timeout: 200, slowAfter: 150 };
  const { status, error } = await runCheck(probe, bounds, new ReadingsRecorder());
  // Secrets are read from the files, too, and would hang as they do.
  if (runs === 0) expect(secretsRead).toBe(0);
  return { status, error, runs };
}

test.each<[name: string, options: unknown]>([
  ['no files', { url: 'http://127.0.0.1/', headers: ['x'] }],
  ['a secret in a file', { basic_auth: { password: new FileSecret(there) } }],
  ['a file that is missing: its reader says so', { password: new FileSecret(join(folder, 'missing')) }],
  ['files of TLS, one of them twice', { tls_config: { ca_file: there, cert_file: there, key_file: '' } }],
])('the probe runs with %s', async (_, options) => {
  expect(await run(options)).toEqual({ status: 'healthy', error: undefined, runs: 1 });
});

test.each<[name: string, options: unknown, want: string]>([
  ['a secret', { list: [{ authorization: { credentials: new FileSecret(HUNG) } }] }, 'unhealthy'],
  ['a key', { tls_config: { key_file: '/hung-too/key' } }, 'error'],
])('with %s on a mount that does not answer the check fails in time', async (_, options, want) => {
  const opened: string[] = [];
  const touch = (file: string) => {
    opened.push(file);
    return never();
  };
  for (const again of [false, true]) {
    const { status, error, runs } = await run(options, touch);
    expect({ status, runs }).toEqual({ status: want, runs: 0 });
    expect(error).toMatch(/^cannot read \/hung\S+: its file system does not answer$/);
    // What is being opened is not opened again by the next check.
    expect([again, opened.length]).toEqual([again, 1]);
  }
});
