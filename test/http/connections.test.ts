// Who keeps a place on a server that takes few connections.

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Connections } from '../../src/http/connections.js';

const LIMIT = 8;
const PATIENCE = { timeout: 60_000, interval: 20 };

let server: ReturnType<typeof createServer>;
let port: number;
/** Requests that are not answered. */
let held: ServerResponse[];
let clients: Socket[];

beforeEach(async () => {
  held = [];
  clients = [];
  server = createServer((request, response) => {
    const onReady = connections.track(request);
    response.on('prefinish', onReady).on('close', onReady);
    if (request.url === '/hold') held.push(response);
    else if (request.url === '/large') response.end(Buffer.alloc(32 * 1024 * 1024));
    else request.resume().once('end', () => response.end('ok'));
  });
  const connections = new Connections(server, LIMIT);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  for (const client of clients) client.destroy();
  server.closeAllConnections();
  server.close();
});

/** Opens a connection from an address, and says something. */
async function open(localAddress: string, text = ''): Promise<Socket> {
  const client = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {});
  clients.push(client);
  await once(client, 'connect');
  client.write(text);
  return client;
}

const GET = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';
const HOLD = 'GET /hold HTTP/1.1\r\nhost: a\r\n\r\n';

/** What a client gets for a request. */
async function ask(localAddress: string): Promise<string> {
  const client = await open(localAddress, GET.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'));
  let text = '';
  client.on('data', chunk => {
    text += chunk;
  });
  await once(client, 'close');
  return text.split('\r\n')[0] as string;
}

const WAITING: [name: string, text: string][] = [
  ['say nothing', ''],
  ['never end their headers', 'GET / HTTP/1.1\r\nhost: a\r\nx'],
  ['never end their bodies', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n1'],
  ['take nothing of an answer', 'GET /large HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['have their answers and stay', GET],
];

test.each(WAITING)('clients that %s keep no one out', async (_, text) => {
  for (let i = 0; i < 3 * LIMIT; i++) (await open('127.0.0.1', text)).pause();
  expect(await ask('127.0.0.2')).toBe('HTTP/1.1 200 OK');
});

test.each(WAITING)('clients of many addresses that %s keep no one out', async (_, text) => {
  for (let i = 0; i < 3 * LIMIT; i++) (await open(`127.0.1.${i + 1}`, text)).pause();
  expect(await ask('127.0.0.2')).toBe('HTTP/1.1 200 OK');
});

test('what is being answered goes on while others come and say nothing', async () => {
  const busy = await open('127.0.0.2', HOLD);
  await expect.poll(() => held.length, PATIENCE).toBe(1);
  for (let i = 0; i < 3 * LIMIT; i++) await open('127.0.0.1');
  held[0]?.end('done');
  const [answer] = await once(busy, 'data');
  expect(String(answer)).toMatch(/done/);
});

test('one client with all connections being answered gives one to another client', async () => {
  for (let i = 0; i < LIMIT; i++) await open('127.0.0.1', HOLD);
  await expect.poll(() => held.length, PATIENCE).toBeGreaterThan(LIMIT - 2);
  expect(await ask('127.0.0.2')).toBe('HTTP/1.1 200 OK');
  expect(held.filter(response => !response.destroyed).length).toBeGreaterThan(LIMIT - 3);
});
