// What people and broken disks put where a configuration file should be: each is one clear line that names the file.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/cli/check-config.js';
import { shortenPipeTimeout } from '../../src/config/bounded-file.js';
import { ConfigError } from '../../src/config/load.js';
import { loadWebConfig } from '../../src/http/web-config.js';
import { makeFolder, removeFolder } from '../support/child.js';

shortenPipeTimeout();

let folder: string;
beforeEach(() => {
  folder = makeFolder('garbage');
});
afterEach(() => removeFolder(folder));

type Make = (file: string) => unknown;

/** Bytes that are no file of any kind; what must be said of it behind the file's name. */
const GARBAGE: [name: string, make: Make, want: RegExp][] = [
  [
    'random bytes',
    file => writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xc0]), randomBytes(4096)])),
    /UTF-8/,
  ],
  ['NUL bytes', file => writeFileSync(file, Buffer.alloc(5000)), /null byte|no certificate|no private key/],
  [
    'UTF-16',
    file => writeFileSync(file, Buffer.from('\ufeffa: 1', 'utf16le')),
    /is UTF-16; save it as UTF-8|no certificate/,
  ],
  ['a long line', file => writeFileSync(file, `${'x'.repeat(3_000_000)}: [`), /\w/],
  [
    '30,000 keys',
    file => writeFileSync(file, Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join('\n')),
    /\w/,
  ],
  ['a folder', file => mkdirSync(file), /is a directory/],
  ['a device that does not end', file => symlinkSync('/dev/zero', file), /is larger than 4 MiB/],
  ['5 MiB', file => writeFileSync(file, Buffer.alloc(5 * 1024 * 1024, 'a')), /is larger than 4 MiB/],
  ['a link to itself', file => symlinkSync(file, file), /a symbolic link leads back to itself/],
  [
    'a link to nothing',
    file => symlinkSync('/nowhere', file),
    /no such file|does not point to an existing file/,
  ],
  ['below a file', file => symlinkSync('/etc/passwd/x', file), /not a directory/],
  ['a socket', file => listenAt(file), /is a socket or a device that cannot be read/],
  [
    'a pipe without a writer',
    file => execFileSync('mkfifo', [file]),
    /is a pipe or a device that was not written to its end within 0.5 s/,
  ],
  ['terminal colors', file => writeFileSync(file, '\x1b[31mred\x1b[0m: ['), /non-printable|no certificate/],
];

async function listenAt(path: string): Promise<void> {
  const server = createServer().listen(path);
  await once(server, 'listening');
  server.unref();
}

/** Files that monitor.yml leads to, and how. */
const LED_TO: Record<string, string> = {
  'monitor.yml': '',
  'rules.yml': 'rule_files: [rules.yml]',
  'alertmanager.yml': 'alerting: {config_file: alertmanager.yml}',
};

async function check(): Promise<string[]> {
  const lines: string[] = [];
  const code = await checkConfig([join(folder, 'monitor.yml')], {
    out: () => {},
    err: line => lines.push(line),
  });
  expect(code).toBe(1);
  return lines;
}

describe.each(Object.entries(LED_TO))('%s', (name, line) => {
  test.each(GARBAGE)('%s', async (_, make, want) => {
    const file = join(folder, name);
    writeFileSync(join(folder, 'monitor.yml'), `services: {a: {url: http://127.0.0.1:1/}}\n${line}\n`);
    if (name === 'monitor.yml') execFileSync('rm', [file]);
    await make(file);
    const lines = await check();
    expect(lines[0]).toContain(file);
    expect(lines[0]).toMatch(want);
    expect(lines.length).toBeLessThanOrEqual(101);
    expect(Math.max(...lines.map(each => each.length))).toBeLessThan(1100);
  });
});

test.each(GARBAGE)('a web configuration: %s', async (_, make, want) => {
  const file = join(folder, 'web.yml');
  await make(file);
  let lines: readonly string[] = [];
  try {
    loadWebConfig(file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    lines = error.mistakes;
  }
  expect(lines[0]).toContain(file);
  expect(lines[0]).toMatch(want);
  expect(lines.length).toBeLessThanOrEqual(101);
});

test('a folder of rules that cannot be read is a mistake, not an empty one', async () => {
  const loop = join(folder, 'rules');
  symlinkSync(loop, loop);
  writeFileSync(
    join(folder, 'monitor.yml'),
    'services: {a: {url: http://127.0.0.1:1/}}\nrule_files: [rules/*.yml]',
  );
  expect(await check()).toEqual([
    `rule_files: ${loop}: cannot read this folder: a symbolic link leads back to itself`,
  ]);
});
