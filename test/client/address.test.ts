// The URL a client is configured with, and what becomes of it when something else is there.

import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { addressOf } from '../../src/client/address.js';
import { LangGraphMonitoring } from '../../src/client/monitoring.js';
import { listen, portOf, stop } from '../support/http.js';

const HEALTH = JSON.stringify({ overall_status: 'healthy', services: {}, alerts: [] });
const log = { warn() {}, error() {} };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serving(answer: Parameters<typeof listen>[0]): Promise<number> {
  const server = await listen(answer);
  closing.push(() => stop(server));
  return portOf(server);
}

test.each<[text: string, url: string, authorization?: string]>([
  ['http://127.0.0.1:8083', 'http://127.0.0.1:8083'],
  [' http://127.0.0.1:8083// ', 'http://127.0.0.1:8083'],
  ['HTTPS://Monitor.example.org/prefix/', 'https://monitor.example.org/prefix'],
  ['http://127.0.0.1:8083/?x=1#part', 'http://127.0.0.1:8083'],
  ['http://ada:p%40ss%3A@[::1]:8083', 'http://[::1]:8083', 'ada:p@ss:'],
  ['http://ada@127.0.0.1:8083', 'http://127.0.0.1:8083', 'ada:'],
  ['http://Zoë:100%@127.0.0.1:8083', 'http://127.0.0.1:8083', 'Zoë:100%'],
])('%j is %s', (text, url, credentials) => {
  const headers = credentials && { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  expect(addressOf(text)).toEqual({ url, headers: headers ?? {} });
});

test.each<[text: string, example: string]>([
  ['127.0.0.1:8083', 'http://127.0.0.1:8083'],
  ['localhost:8083', 'http://localhost:8083'],
  ['monitor.example.org', 'http://monitor.example.org'],
  ['ftp://monitor:21', 'http://monitor:21'],
  ['ada:secret@monitor:8083', 'http://monitor:8083'],
  ['ftp://ada:secret@monitor', 'http://monitor'],
  ['', 'http://127.0.0.1:8083'],
  ['/monitor', 'http://127.0.0.1:8083'],
  ['http://127.0.0.1:99999', 'http://127.0.0.1:8083'],
])('%j is no URL, and the answer says what is', async (url, example) => {
  const { error } = await new LangGraphMonitoring({ url, log }).checkClusterHealth();
  expect(error).toMatch(
    /^Failed to reach monitoring service: "[^"]*" is not the URL of a monitoring service; write /,
  );
  expect(error?.endsWith(`; write ${example}`)).toBe(true);
  expect(error).not.toContain('secret');
});

describe('credentials in the URL', () => {
  test('are sent, unless there is a header', async () => {
    const seen: (string | undefined)[] = [];
    const port = await serving((request, response) => {
      seen.push(request.headers.authorization);
      response.end(HEALTH);
    });
    const url = `http://ada:p%40ss@127.0.0.1:${port}`;
    expect((await new LangGraphMonitoring({ url, log }).checkClusterHealth()).overall_status).toBe('healthy');
    await new LangGraphMonitoring({ url, log, headers: { Authorization: 'Bearer t' } }).checkClusterHealth();
    expect(seen).toEqual(['Basic YWRhOnBAc3M=', 'Bearer t']);
  });

  test('are in no error', async () => {
    const port = await serving((_, response) => response.end('<html>'));
    const { error } = await new LangGraphMonitoring({
      url: `http://ada:p%40ss@127.0.0.1:${port}`,
      log,
    }).checkClusterHealth();
    expect(error).toBe(
      `http://127.0.0.1:${port} does not answer as the monitoring service does: it is not JSON; check the URL`,
    );
  });
});

test('a page to sign in on is named', async () => {
  const port = await serving((request, response) => {
    if (request.url?.startsWith('/login')) response.end('<html>');
    else response.writeHead(302, { location: '/login?next=secret' }).end();
  });
  const url = `http://127.0.0.1:${port}`;
  expect(await new LangGraphMonitoring({ url, log }).checkClusterHealth()).toEqual({
    error: `${url} redirects to ${url}/login, which does not answer as the monitoring service does: it is not JSON; check the URL`,
  });
});

test('what an error answer says is one line of bounded length', async () => {
  const port = await serving((_, response) =>
    response.writeHead(500).end(JSON.stringify({ error: `first\n  second ${'x'.repeat(10_000)}` })),
  );
  const { error } = await new LangGraphMonitoring({
    url: `http://127.0.0.1:${port}`,
    log,
  }).checkClusterHealth();
  expect(error).toMatch(/^Monitoring service returned 500: first second x+\.\.\.$/);
  expect(error?.length).toBeLessThan(600);
});

describe('TLS in plain words', () => {
  test('a port without it', async () => {
    const port = await serving((_, response) => response.end(HEALTH));
    const { error } = await new LangGraphMonitoring({
      url: `https://127.0.0.1:${port}`,
      log,
    }).checkClusterHealth();
    expect(error).toBe(
      `Failed to reach monitoring service: there is no TLS at https://127.0.0.1:${port}; write http://127.0.0.1:${port}`,
    );
  });

  test('a handshake that the other side ends with an alert', async () => {
    // A TLS record of type alert: fatal, handshake failure.
    const server = createTcpServer(socket =>
      socket.once('data', () => socket.end(Buffer.from('15030300020228', 'hex'))),
    );
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { error } = await new LangGraphMonitoring({
      url: `https://127.0.0.1:${port}`,
      log,
    }).checkClusterHealth();
    expect(error).toMatch(/^Failed to reach monitoring service: TLS: .*alert handshake failure$/);
  });
});

test.each([Number.POSITIVE_INFINITY, 3e9, Number.NaN])(
  'a timeout of %d leaves time for an answer',
  async timeout => {
    const port = await serving((_, response) => setTimeout(() => response.end(HEALTH), 50));
    const client = new LangGraphMonitoring({ url: `http://127.0.0.1:${port}`, log, timeout });
    expect((await client.checkClusterHealth()).overall_status).toBe('healthy');
  },
);

test.each([Number.POSITIVE_INFINITY, Number.NaN])('an age of %d asks for no check', async fresh => {
  const asked: (string | undefined)[] = [];
  const port = await serving((request, response) => {
    asked.push(request.url);
    response.end(HEALTH);
  });
  await new LangGraphMonitoring({ url: `http://127.0.0.1:${port}`, log }).checkClusterHealth({ fresh });
  expect(asked).toEqual(['/cluster_health']);
});
