// Connections that are kept, die and are replaced.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { HttpClient } from '../../src/http-client/client.js';
import { explainError } from '../../src/http-client/errors.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';
const PARTIAL = 'HTTP/1.1 2';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** What comes of a request: an answer, or the end of the connection after the bytes that are given. */
type Turn = 'answer' | 'close' | 'reset' | 'partial' | 'hang';

interface Scripted {
  readonly caller: HttpClient;
  readonly url: URL;
  /** The connections requests came over, by the order in which they were made. */
  readonly requests: number[];
  readonly sockets: Socket[];
  readonly call: (signal?: AbortSignal) => Promise<number | string>;
}

/** A server whose connections do, request by request, what their script says; the last turn is repeated. */
async function scripted(...connections: readonly (readonly Turn[])[]): Promise<Scripted> {
  const requests: number[] = [];
  const sockets: Socket[] = [];
  const server: Server = createServer(socket => {
    const at = sockets.push(socket) - 1;
    const script = connections[Math.min(at, connections.length - 1)] as readonly Turn[];
    let turn = 0;
    socket.on('error', () => {});
    socket.on('data', () => {
      requests.push(at);
      const what = script[Math.min(turn++, script.length - 1)];
      if (what === 'answer') socket.write(OK);
      else if (what === 'close') socket.end();
      else if (what === 'reset') socket.resetAndDestroy();
      else if (what === 'partial') socket.end(PARTIAL);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const caller = new HttpClient(url, { follow_redirects: true });
  undo.push(
    () => new Promise(resolve => server.close(resolve)),
    () => sockets.forEach(socket => void socket.destroy()),
    () => caller.close(),
  );
  const call = async (signal = AbortSignal.timeout(20_000)) => {
    const request = { method: 'POST', url, body: '{}' } as const;
    const answer = caller.call(request, { signal, sink: () => () => {} });
    return answer.then(({ status }) => status, explainError);
  };
  return { caller, url, requests, sockets, call };
}

const WAS_RESET = 'connection reset before the answer was complete';
const REPEATED: readonly (readonly [
  string,
  (readonly Turn[])[],
  want: number | string,
  requests: number[],
])[] = [
  ['a kept connection that closes is replaced', [['answer', 'close'], ['answer']], 200, [0, 0, 1]],
  ['a kept connection that is reset is replaced', [['answer', 'reset'], ['answer']], 200, [0, 0, 1]],
  ['it is replaced once', [['answer', 'close'], ['close']], WAS_RESET, [0, 0, 1]],
  ['not when a byte of the answer came', [['answer', 'partial'], ['answer']], WAS_RESET, [0, 0]],
];

test.each(REPEATED)('%s', async (_, connections, want, requests) => {
  const server = await scripted(...connections);
  expect(await server.call()).toBe(200);
  expect(await server.call()).toBe(want);
  expect(server.requests).toEqual(requests);
});

test('a new connection that closes is not replaced', async () => {
  const server = await scripted(['close']);
  expect(await server.call()).toBe(WAS_RESET);
  expect(server.requests).toEqual([0]);
});

test('a connection that closed while it was idle is not used', async () => {
  const server = await scripted(['answer']);
  expect(await server.call()).toBe(200);
  const closed = new Promise(resolve => server.sockets[0]?.once('close', resolve));
  server.sockets[0]?.end();
  await closed;
  expect(await server.call()).toBe(200);
  expect(server.requests).toEqual([0, 1]);
});

test('a request does not wait for another one', async () => {
  const server = await scripted(['hang'], ['answer']);
  const ending = new AbortController();
  const first = server.call(ending.signal);
  await expect.poll(() => server.requests).toEqual([0]);
  expect(await server.call()).toBe(200);
  expect(await server.call()).toBe(200);
  ending.abort();
  expect(await first).toBe('the call was aborted');
  expect(server.requests).toEqual([0, 1, 1]);
});

test('a call that was aborted leaves no connection behind', async () => {
  const server = await scripted(['hang'], ['answer']);
  const ending = new AbortController();
  const call = server.call(ending.signal);
  await expect.poll(() => server.requests).toEqual([0]);
  const closed = new Promise(resolve => server.sockets[0]?.once('close', resolve));
  ending.abort();
  expect(await call).toBe('the call was aborted');
  await closed;
});

test('closing ends calls and connections', async () => {
  const server = await scripted(['answer'], ['hang']);
  expect(await server.call()).toBe(200);
  const [kept, call] = [server.call(), server.call()];
  expect(await kept).toBe(200);
  await expect.poll(() => server.requests).toEqual([0, 0, 1]);
  const closed = server.sockets.map(socket => new Promise(resolve => socket.once('close', resolve)));
  server.caller.close();
  expect(await call).toBe('closed');
  await Promise.all(closed);
  expect(await server.call()).toBe('closed');
});

test('what the sink throws ends the call and the connection', async () => {
  const server = await scripted(['answer']);
  const sink = () => () => {
    throw new Error('too much');
  };
  const call = server.caller.call(
    { method: 'GET', url: server.url },
    { signal: AbortSignal.timeout(20_000), sink },
  );
  expect(await call.then(() => 'taken', explainError)).toBe('too much');
  expect(await server.call()).toBe(200);
  expect(server.requests).toEqual([0, 1]);
});

test('a kept connection stays for a minute after it was made, and no longer', async () => {
  const server = await scripted(['answer']);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  undo.push(() => vi.useRealTimers());
  expect(await server.call()).toBe(200);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(await server.call()).toBe(200);
  expect(server.requests).toEqual([0, 0]);
  const closed = new Promise(resolve => server.sockets[0]?.once('close', resolve));
  await vi.advanceTimersByTimeAsync(1500);
  await closed;
});

test('an answer without a request is not taken for that of the next one', async () => {
  const server = await scripted(['answer']);
  expect(await server.call()).toBe(200);
  // From here on nothing is read before the call has begun.
  await new Promise(setImmediate);
  server.sockets[0]?.end('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
  for (const until = Date.now() + 50; Date.now() < until; );
  expect(await server.call()).toBe(200);
  expect(server.requests).toEqual([0, 1]);
});
