// Why this machine could not connect, as probes and calls say it.

import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { explainError } from '../../src/http-client/errors.js';
import { failureOf } from '../../src/probes/http/failure.js';
import { makeFolder, removeFolder } from '../support/child.js';

const folder = makeFolder('sockets');
afterAll(() => removeFolder(folder));
writeFileSync(join(folder, 'file'), '');
symlinkSync('loop', join(folder, 'loop'));

test.each<[name: string, to: { path: string } | { host: string; port: number }, want: string]>([
  ['no socket', { path: join(folder, 'none') }, 'No such socket'],
  ['a path through a file', { path: join(folder, 'file/redis.sock') }, 'No such socket'],
  ['a link to itself', { path: join(folder, 'loop') }, 'The path of the socket leads in a circle'],
  [
    'an interface that is not there',
    { host: 'fe80::1%nothing0', port: 80 },
    'The address cannot be used; is its network interface there?',
  ],
])('%s', async (_, to, want) => {
  const error = await new Promise<Error>(resolve =>
    connect({ ...to, autoSelectFamily: false }).once('error', resolve),
  );
  const { reason, message } = failureOf(error);
  expect({ reason, message }).toEqual({ reason: 'refused', message: want });
  if (!want.startsWith('No such'))
    expect(explainError(error)).toBe(want.charAt(0).toLowerCase() + want.slice(1));
});

test('IPv6 switched off', ({ skip }) => {
  // A network of its own, without addresses but those of loopback.
  const script = `ip link set lo up; echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
    ${process.execPath} -e 'require("net").connect(80, "fd00::7").on("error", e => console.log(JSON.stringify(e)))'`;
  const { status, stdout } = spawnSync('unshare', ['-n', 'sh', '-c', script], { encoding: 'utf8' });
  if (status !== 0 || stdout === '') return skip('needs the right to make a network namespace');
  const error = Object.assign(new Error('connect'), JSON.parse(stdout));
  const words = 'this machine has no IPv6 address to connect from (is IPv6 switched off?)';
  expect(failureOf(error)).toMatchObject({ reason: 'refused', message: `T${words.slice(1)}` });
  expect(explainError(error)).toBe(words);
});
