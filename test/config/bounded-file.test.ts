// Reading of configured files: their size, pipes, pairs of certificate and key.

import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MAX_FILE, readBounded } from '../../src/config/bounded-file.js';
import { FileSecret } from '../../src/config/file-secret.js';
import { readTlsFiles } from '../../src/config/http-client/tls-files.js';
import { loadPlainYaml } from '../../src/config/load.js';
import { schemaKit } from '../../src/config/schema-kit.js';
import { readText } from '../../src/config/text-file.js';
import { Pki } from '../support/pki.js';

const folder = mkdtempSync(join(tmpdir(), 'bounded-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: string | Buffer, name = 'file'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a file is read whole', () => {
  test.each([
    ['empty', ''],
    ['a word', 'word'],
    ['as large as it may be', 'x'.repeat(MAX_FILE)],
  ])('%s', (_, content) => {
    expect(readBounded(fileOf(content)).equals(Buffer.from(content))).toBe(true);
  });

  test.runIf(process.platform === 'linux')('a file of /proc, whose size is 0', () => {
    expect(readBounded('/proc/self/cmdline').toString()).toContain('node');
  });
});

describe('every reader refuses a file that is too large', () => {
  const readers: [name: string, read: (file: string) => unknown][] = [
    ['bytes', readBounded],
    ['YAML', file => loadPlainYaml(file, schemaKit.section({}))],
    ['rules, tests, templates', file => readText(file)],
    ['a secret', file => new FileSecret(file).reveal()],
    ['a certificate', file => readTlsFiles({ insecure_skip_verify: false, ca_file: file })],
  ];
  test.each(readers)('%s', (_, read) => {
    const large = fileOf('x'.repeat(MAX_FILE + 1));
    for (const file of [large, '/dev/zero']) expect(() => read(file)).toThrow('is larger than 4 MiB');
  });
});

describe.runIf(process.platform === 'linux')('a pipe', () => {
  const named = (name: string) => {
    const path = join(folder, name);
    execFileSync('mkfifo', [path]);
    return path;
  };

  test('without a writer, or with one that does not end, is an error after a while', () => {
    const want = 'is a pipe or a device that was not written to its end within 0.2 s';
    expect(() => readBounded(named('silent'), 200)).toThrow(want);
    const held = named('held');
    const writer = openSync(held, constants.O_RDWR);
    writeSync(writer, 'begun');
    expect(() => readBounded(held, 200)).toThrow(want);
    closeSync(writer);
  });

  test('is read to its end, also when that comes late', () => {
    const pipe = named('late');
    const writer = spawn('sh', [
      '-c',
      `exec 3>'${pipe}'; sleep 0.3; printf one >&3; sleep 0.3; printf two >&3`,
    ]);
    expect(readBounded(pipe, 30_000).toString()).toBe('onetwo');
    writer.kill();
  });
});

describe('the files of a tls_config', () => {
  const pki = new Pki(folder);
  const [one, other] = [pki.leaf('one', {}), pki.leaf('other', {})];
  const nothing = fileOf('nothing', 'nothing');
  const table: [name: string, config: object, want: string | RegExp | undefined][] = [
    ['a pair', { cert_file: one.file, key_file: one.keyFile }, undefined],
    [
      'a key of another certificate',
      { cert_file: one.file, key_file: other.keyFile },
      `tls_config: the key in ${other.keyFile} does not belong to the certificate in ${one.file}`,
    ],
    [
      'a key for a certificate',
      { ca_file: one.keyFile },
      `tls_config: ${one.keyFile} has no certificate in PEM form (-----BEGIN CERTIFICATE-----)`,
    ],
    [
      'a certificate for a key',
      { cert_file: one.file, key_file: one.file },
      `tls_config: ${one.file} has no private key in PEM form`,
    ],
    [
      'no PEM',
      { ca_file: nothing },
      `tls_config: ${nothing} has no certificate in PEM form (-----BEGIN CERTIFICATE-----)`,
    ],
  ];
  test.each(table)('%s', (_, config, want) => {
    const read = () => readTlsFiles({ insecure_skip_verify: false, ...config });
    if (want === undefined) expect(read()).toMatchObject({ cert: one.cert, key: one.key });
    else expect(read).toThrow(want);
  });
});
