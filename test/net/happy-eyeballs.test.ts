// Connections to one of several addresses. A server whose queue of connections is full drops the first packet of
// the next one, as a lossy line does.

import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Address, type ProtocolPreference, sortAddresses } from '../../src/net/address.js';
import { connectFirst } from '../../src/net/happy-eyeballs.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const at = (address: string): Address => ({ address, family: address.includes(':') ? 6 : 4 });

/** A server on an address, or on a port of another one's there. */
async function serve(address: string, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => sockets.add(socket));
  await new Promise<void>(resolve => server.listen(port, address, resolve));
  undo.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise(resolve => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const DEAF = `
const server = require('node:net').createServer(socket => socket.end());
server.listen({ port: 0, host: process.argv[1], backlog: 1 }, () => {
  require('node:fs').writeSync(1, String(server.address().port));
  const wait = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(wait, 0, 0, Number(process.argv[2]));
});`;

/** The port of a server that takes no connections for a time in milliseconds, as its queue is full. */
async function deaf(address: string, span: number): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, ['-e', DEAF, address, String(span)]);
  undo.push(() => child.kill('SIGKILL'));
  const port = await new Promise<number>(resolve =>
    child.stdout?.once('data', text => resolve(Number(text))),
  );
  const fill = await Promise.all([1, 2].map(() => connectFirst([at(address)], port, undefined)));
  undo.push(() => fill.map(socket => socket.destroy()));
  return port;
}

async function connect(addresses: readonly string[], port: number, signal?: AbortSignal): Promise<string> {
  try {
    const socket = await connectFirst(addresses.map(at), port, signal);
    undo.push(() => socket.destroy());
    return socket.remoteAddress ?? '';
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return typeof code === 'string' ? code : name;
  }
}

test('the next address is tried when one refuses', async () => {
  const port = await serve('127.0.0.3');
  expect(await connect(['127.0.0.2', '127.0.0.3'], port)).toBe('127.0.0.3');
});

test('the next address is tried when one does not answer', async () => {
  const port = await deaf('127.0.0.2', 60_000);
  await serve('127.0.0.3', port);
  expect(await connect(['127.0.0.2', '127.0.0.3'], port)).toBe('127.0.0.3');
});

test('an address that answers late is not given up', async () => {
  const port = await deaf('127.0.0.2', 1500);
  // The other one refuses at once.
  expect(await connect(['127.0.0.2', '127.0.0.3'], port)).toBe('127.0.0.2');
});

test('the deadline ends the attempts', async () => {
  const port = await deaf('127.0.0.2', 60_000);
  expect(await connect(['127.0.0.2'], port, AbortSignal.timeout(50))).toBe('TimeoutError');
});

test('of several errors the one that is specific to the service is reported', async () => {
  const port = await serve('127.0.0.3');
  // No TCP connection leads to a multicast address: the system says "network unreachable".
  expect(await connect(['224.0.0.1', '127.0.0.2'], port)).toBe('ECONNREFUSED');
});

const BOTH = ['127.0.0.1', '127.0.0.2', '::1', '::2'];
const orders: readonly [
  name: string,
  addresses: string[],
  ProtocolPreference,
  likely: 4 | 6 | undefined,
  want: string,
][] = [
  ['families alternate, the likely one first', BOTH, { fallback: true }, 6, '::1 127.0.0.1 ::2 127.0.0.2'],
  ['the preferred one first', BOTH, { preferred: 4, fallback: true }, 6, '127.0.0.1 ::1 127.0.0.2 ::2'],
  ['the preferred one alone', BOTH, { preferred: 6, fallback: false }, 4, '::1 ::2'],
  [
    'the other one where there is no preferred',
    ['127.0.0.1'],
    { preferred: 6, fallback: true },
    4,
    '127.0.0.1',
  ],
  ['nothing', ['127.0.0.1'], { preferred: 6, fallback: false }, 4, 'DNS: no IPv6 address for api.lan'],
];
test.each(orders)('order: %s', (_, addresses, preference, likely, want) => {
  const sort = () =>
    sortAddresses('api.lan', addresses.map(at), preference, likely)
      .map(({ address }) => address)
      .join(' ');
  if (want.startsWith('DNS')) expect(sort).toThrow(want);
  else expect(sort()).toBe(want);
});
