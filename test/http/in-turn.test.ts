// Pipelined requests: one of a connection at a time, all of them answered; a client that never reads costs one answer.

import { createServer, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { inTurn } from '../../src/http/in-turn.js';
import { portOf, stop } from '../support/http.js';
import { untilClosed } from './wire.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(inTurn(listener));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => stop(server));
  return portOf(server);
}

function open(port: number) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  closing.push(() => socket.destroy());
  return socket;
}

const requests = (count: number, headers = '') =>
  Array.from({ length: count }, (_, i) => `GET /${i} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`).join('');
const LAST = 'GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

test('pipelined requests are answered in order, one at a time', async () => {
  let running = 0;
  let most = 0;
  const port = await serve((request, response) => {
    most = Math.max(most, ++running);
    setImmediate(() => {
      running--;
      response.end(`[${request.url}]`);
    });
  });
  const socket = open(port);
  socket.write(requests(500) + LAST);
  const urls = [...(await untilClosed(socket)).matchAll(/\[\/(\w+)\]/g)].map(match => match[1]);
  expect(urls).toEqual([...Array.from({ length: 500 }, (_, i) => String(i)), 'last']);
  expect(most).toBe(1);
});

test('a request with a body among them', async () => {
  const port = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.end(`[${request.url} ${body}]`);
  });
  const socket = open(port);
  const post = (i: number) => `POST /${i} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nbody${i}`;
  socket.write([0, 1, 2, 3].map(post).join('') + LAST);
  expect([...(await untilClosed(socket)).matchAll(/\[(.*?)\]/g)].map(match => match[1])).toEqual([
    ...[0, 1, 2, 3].map(i => `/${i} body${i}`),
    '/last ',
  ]);
});

test('a client that never reads costs one answer, and others are served', async () => {
  const large = Buffer.alloc(16 * 1024 * 1024, 'x');
  const made = new Map<string, number>();
  const port = await serve((request, response) => {
    const by = request.headers.by?.toString() ?? 'other';
    made.set(by, (made.get(by) ?? 0) + 1);
    response.end(by === 'other' ? 'served' : large);
  });
  const arrived = Promise.all(
    Array.from({ length: 10 }, async (_, i) => {
      const socket = open(port);
      socket.pause();
      socket.write(requests(200, `by: reader ${i}\r\n`));
      await expect.poll(() => made.get(`reader ${i}`)).toBe(1);
    }),
  );
  await arrived;
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  expect(await answer.text()).toBe('served');
  for (let i = 0; i < 10; i++) expect(made.get(`reader ${i}`)).toBe(1);
});

test('a connection closed in between leaves nothing running', async () => {
  let begun = 0;
  const port = await serve((_, response) => {
    if (++begun === 3) response.destroy();
    else response.end('x');
  });
  const socket = open(port);
  socket.write(requests(50));
  await untilClosed(socket);
  expect(begun).toBe(3);
});

test('only an answer that is not taken at once is timed', async () => {
  const timers: Record<string, number[]> = {};
  const port = await serve((request, response) => {
    const { socket, url = '' } = request;
    const set: number[] = [];
    timers[url] = set;
    const setTimeout = socket.setTimeout.bind(socket);
    socket.setTimeout = (time, ...more) => {
      set.push(time);
      return setTimeout(time, ...more);
    };
    response.end(url === '/large' ? Buffer.alloc(16 * 1024 * 1024, 'x') : 'x');
  });
  const socket = open(port).pause();
  socket.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n');
  await expect.poll(() => timers['/large']).toEqual([60_000]);
  await (await fetch(`http://127.0.0.1:${port}/small`)).text();
  // Node's own, of a connection that waits for its next request.
  await expect.poll(() => timers['/small']?.length).toBe(1);
  expect(timers['/small']?.[0]).toBeLessThan(10_000);
});

test('too many requests at once end the connection', async () => {
  const port = await serve(() => {});
  const socket = open(port);
  socket.write('GET / HTTP/1.1\r\nhost:\r\n\r\n'.repeat(20_000));
  await untilClosed(socket);
});
