// Between two pieces of work the event loop reads what has arrived.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { onePerTurn } from '../../src/concurrency/one-per-turn.js';

test('what arrives during a piece of work is read before the next piece', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [peer] = (await once(server, 'connection')) as [Socket];
  const seen: string[] = [];
  const done = new Promise<void>(resolve => {
    client.on('data', bytes => seen.push(`read ${bytes}`));
    for (const name of ['a', 'b', 'c'])
      onePerTurn(() => {
        seen.push(name);
        peer.write(name);
        if (name === 'c') client.once('data', () => resolve());
      });
  });
  await done;
  expect(seen).toEqual(['a', 'read a', 'b', 'read b', 'c', 'read c']);
  client.destroy();
  server.close();
});

test('work that is added by work comes after what waits', async () => {
  const seen: string[] = [];
  await new Promise<void>(resolve => {
    onePerTurn(() => {
      seen.push('a');
      onePerTurn(() => {
        seen.push('added');
        resolve();
      });
    });
    onePerTurn(() => seen.push('b'));
  });
  expect(seen).toEqual(['a', 'b', 'added']);
});
