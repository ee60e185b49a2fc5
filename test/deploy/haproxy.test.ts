import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../support/child.js';
import { ROOT, tool } from './tool.js';

describe('HAProxy accepts', () => {
  test.each(['deploy/haproxy.cfg', 'deploy/haproxy-public.cfg', 'deploy/compose/haproxy.cfg'])(
    '%s without a warning',
    path => {
      // Docker puts host.docker.internal into /etc/hosts of the container.
      const env = { ...process.env, JETSON_HOST: '127.0.0.1', LLAMA_HOST: '127.0.0.1' };
      const { status, stdout, stderr } = tool('haproxy', ['-c', '-f', path], { env });
      expect({ status, output: (stdout + stderr).trim() }).toEqual({
        status: 0,
        output: 'Configuration file is valid',
      });
    },
  );
});

describe('deploy/haproxy.cfg at work', () => {
  const asked: string[] = [];
  let monitor: Server;
  let haproxy: ChildProcess;
  let folder: string;
  let ports: Record<'monitoring' | 'health' | 'stats', number>;

  beforeAll(async () => {
    monitor = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end('{"overall_status":"healthy"}');
    });
    const monitorPort = await listen(monitor);
    const [monitoring, health, stats] = [await freePort(), await freePort(), await freePort()];
    ports = { monitoring, health, stats };
    folder = mkdtempSync(join(tmpdir(), 'langgraph-monitor-'));
    const config = readFileSync(join(ROOT, 'deploy/haproxy.cfg'), 'utf8')
      .replace(':9004"', `:${monitoring}"`)
      .replace(':8888"', `:${health}"`)
      .replace(':8404"', `:${stats}"`)
      .replace(':8083"', `:${monitorPort}"`);
    writeFileSync(join(folder, 'haproxy.cfg'), config);
    const env = { ...process.env, MONITORING_BIND: '127.0.0.1' };
    haproxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { env, stdio: 'ignore' });
    await answers(`http://127.0.0.1:${health}/health`);
  });

  afterAll(async () => {
    if (haproxy.exitCode === null) {
      haproxy.kill('SIGTERM');
      await once(haproxy, 'exit');
    }
    monitor.closeAllConnections();
    monitor.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['the health address answers by itself', 'health', '/health', 200, /200 OK/],
    ['the health address has nothing else', 'health', '/other', 404, /^$/],
    ['statistics come as CSV', 'stats', '/haproxy_stats;csv', 200, /^# pxname,svname,/],
    ['the statistics address has nothing else', 'stats', '/other', 404, /^$/],
    ['the front end passes on to the monitor', 'monitoring', '/cluster_health', 200, /overall_status/],
  ] as const)('%s', async (_, port, path, status, body) => {
    const response = await fetch(`http://127.0.0.1:${ports[port]}${path}`);
    expect({ status: response.status, body: await response.text() }).toEqual({
      status,
      body: expect.stringMatching(body),
    });
  });

  test('the monitor is checked at /health', async () => {
    await expect.poll(() => asked).toContain('GET /health');
  });
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function answers(url: string): Promise<void> {
  await vi.waitFor(async () => expect((await fetch(url)).status).toBe(200), {
    timeout: 60_000,
    interval: 50,
  });
}
