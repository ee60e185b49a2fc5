// Why this machine could not connect, as probes and calls say it.

import { symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { explainError } from '../../src/calls/trouble.js';
import { failureOf } from '../../src/probes/http/trouble.js';
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
