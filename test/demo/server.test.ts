import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Fault, json } from '../../src/demo/fault.js';
import { listen, type SimulatedServer, startServer } from '../../src/demo/server.js';
import { ask, type Seen } from './client.js';

const WELL = { status: 'ok', padding: 'x'.repeat(200) };
const open: SimulatedServer[] = [];

async function start(port?: number): Promise<SimulatedServer> {
  const server = await startServer({
    port,
    answer: ({ path }) => (path === '/health' ? json(WELL) : undefined),
  });
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(server => server.close()));
});

interface Case {
  readonly name: string;
  readonly fault: Fault;
  readonly want: Partial<Seen>;
}

const cases: readonly Case[] = [
  {
    name: 'ok',
    fault: { kind: 'ok' },
    want: { outcome: 'answered', status: 200, body: JSON.stringify(WELL) },
  },
  {
    name: 'slow answers all the same',
    fault: { kind: 'slow', ms: 20 },
    want: { outcome: 'answered', status: 200 },
  },
  {
    name: 'slow outlives the client',
    fault: { kind: 'slow', ms: 60_000 },
    want: { outcome: 'timeout', body: '' },
  },
  {
    name: 'status with a body of its own making',
    fault: { kind: 'status', code: 503 },
    want: { outcome: 'answered', status: 503, body: '{"error":"Service Unavailable"}' },
  },
  {
    name: 'status with a given body',
    fault: { kind: 'status', code: 401, body: 'no' },
    want: { outcome: 'answered', status: 401, body: 'no' },
  },
  { name: 'hang', fault: { kind: 'hang' }, want: { outcome: 'timeout', status: undefined, body: '' } },
  {
    name: 'refused',
    fault: { kind: 'refused' },
    want: { outcome: 'ECONNREFUSED', status: undefined, body: '' },
  },
  { name: 'reset', fault: { kind: 'reset' }, want: { outcome: 'ECONNRESET' } },
  {
    name: 'not HTTP',
    fault: { kind: 'garbage', not: 'http' },
    want: { outcome: 'HPE_INVALID_CONSTANT', body: '' },
  },
  { name: 'truncated', fault: { kind: 'truncated' }, want: { outcome: 'ECONNRESET', status: 200 } },
];

/** Short where it is reached; a busy machine reaches no other. */
const timeoutFor = ({ outcome }: Partial<Seen>) => (outcome === 'timeout' ? 300 : 60_000);

describe('a fault as a client sees it', () => {
  test.each(cases)('$name', async ({ fault, want }) => {
    const server = await start();
    await server.setFault(fault);
    expect(await ask(`${server.url}/health`, { timeout: timeoutFor(want) })).toMatchObject(want);
  });

  test.each(cases.filter(({ fault }) => fault.kind !== 'refused'))(
    '$name, on a connection kept from before',
    async ({ fault, want }) => {
      const server = await start();
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        expect((await ask(`${server.url}/health`, { agent })).outcome).toBe('answered');
        await server.setFault(fault);
        expect(await ask(`${server.url}/health`, { agent, timeout: timeoutFor(want) })).toMatchObject(want);
        expect(server.connections).toBe(1);
      } finally {
        agent.destroy();
      }
    },
  );

  test.each(cases)('$name, and well again on the same port', async ({ fault }) => {
    const server = await start();
    const { port } = server;
    await server.setFault(fault);
    await server.setFault({ kind: 'ok' });
    expect(server.port).toBe(port);
    expect(await ask(`${server.url}/health`)).toMatchObject({ outcome: 'answered', status: 200 });
  });

  test('refused closes the connections kept from before', async () => {
    const server = await start();
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /health HTTP/1.1\r\nhost: test\r\n\r\n');
    await once(socket, 'data');
    const closed = once(socket, 'close');
    await server.setFault({ kind: 'refused' });
    await closed;
    expect((await ask(`${server.url}/health`)).outcome).toBe('ECONNREFUSED');
  });

  test('truncated stops in the middle of the announced body', async () => {
    const server = await start();
    await server.setFault({ kind: 'truncated' });
    const seen = await ask(`${server.url}/health`);
    const { length } = JSON.stringify(WELL);
    expect(seen.headers?.['content-length']).toBe(String(length));
    expect(seen.body).toHaveLength(Math.floor(length / 2));
  });

  test('not JSON says JSON and is not', async () => {
    const server = await start();
    await server.setFault({ kind: 'garbage', not: 'json' });
    const seen = await ask(`${server.url}/health`);
    expect(seen).toMatchObject({ outcome: 'answered', status: 200 });
    expect(seen.headers?.['content-type']).toContain('application/json');
    expect(() => JSON.parse(seen.body)).toThrow(SyntaxError);
  });

  test.each([
    { bytes: 14, chunked: false },
    { bytes: 65_536 + 14, chunked: false },
    { bytes: 3_000_001, chunked: false },
    { bytes: 200_000, chunked: true },
  ])('big: valid JSON of $bytes bytes, chunked $chunked', async ({ bytes, chunked }) => {
    const server = await start();
    await server.setFault({ kind: 'big', bytes, chunked });
    const seen = await ask(`${server.url}/health`);
    expect(seen.body).toHaveLength(bytes);
    expect(JSON.parse(seen.body)).toHaveProperty('padding');
    expect(seen.headers?.['content-length']).toBe(chunked ? undefined : String(bytes));
  });

  test.each<{ name: string; fault: Fault }>([
    { name: 'an informational status', fault: { kind: 'status', code: 100 } },
    { name: 'a status that is none', fault: { kind: 'status', code: 6.5 } },
    { name: 'a body smaller than its frame', fault: { kind: 'big', bytes: 13 } },
    { name: 'a negative wait', fault: { kind: 'slow', ms: -1 } },
  ])('$name is no fault', async ({ fault }) => {
    const server = await start();
    await expect(server.setFault(fault)).rejects.toThrow(RangeError);
    expect(server.fault).toEqual({ kind: 'ok' });
  });
});

describe('a simulated server', () => {
  test('counts requests and connections, also those without an answer', async () => {
    const server = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await ask(`${server.url}/health`, { agent });
    await ask(`${server.url}/nothing`, { agent });
    await server.setFault({ kind: 'hang' });
    await ask(`${server.url}/health`, { agent, timeout: 50 });
    agent.destroy();
    await expect.poll(() => server.requests).toBe(3);
    expect(server.connections).toBe(1);
  });

  test('answers 404 where it has nothing', async () => {
    const server = await start();
    expect(await ask(`${server.url}/nothing`)).toMatchObject({ outcome: 'answered', status: 404 });
  });

  test('refused drops a request that waits', async () => {
    const server = await start();
    await server.setFault({ kind: 'hang' });
    const waiting = ask(`${server.url}/health`);
    await expect.poll(() => server.requests).toBe(1);
    await server.setFault({ kind: 'refused' });
    expect((await waiting).outcome).toBe('ECONNRESET');
  });

  test('faults set at once take their turns', async () => {
    const server = await start();
    await Promise.all([
      server.setFault({ kind: 'refused' }),
      server.setFault({ kind: 'ok' }),
      server.setFault({ kind: 'refused' }),
      server.setFault({ kind: 'status', code: 500 }),
    ]);
    expect((await ask(`${server.url}/health`)).status).toBe(500);
  });

  test('a taken port is named', async () => {
    const { port } = await start();
    await expect(start(port)).rejects.toThrow(`127.0.0.1:${port} is in use`);
  });

  test('closing twice frees the port once', async () => {
    const server = await start();
    await Promise.all([server.close(), server.close()]);
    const other = createServer();
    expect(await listen(other, server.port)).toBe(server.port);
    await new Promise(resolve => other.close(resolve));
  });
});
