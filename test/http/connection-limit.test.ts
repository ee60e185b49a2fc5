import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { json } from '../../src/demo/fault.js';
import { startServer } from '../../src/demo/server.js';
import { connectionLimit } from '../../src/http/connection-limit.js';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { DIST, writeConfiguration } from '../support/monitor.js';

test.each([
  [Number.POSITIVE_INFINITY, 1024],
  [524_288, 1024],
  [1024, 480],
  [100, 18],
  [32, 8],
])('of %d open files %d are connections', (openFiles, want) => {
  expect(connectionLimit(openFiles)).toBe(want);
});

test.runIf(process.platform === 'linux')('clients that use up open files take no service down', async () => {
  const folder = makeFolder('open-files');
  const service = await startServer({ answer: () => json({ status: 'ok' }) });
  const configuration = {
    scan: { intervals: { critical: '100ms', other: '100ms' } },
    // Every fifth check makes a new connection.
    services: { tools: { url: service.url, critical: true } },
  };
  const port = await freePort();
  const monitor = [
    process.execPath,
    fileURLToPath(new URL('main.js', DIST)),
    `--config.file=${writeConfiguration(folder, configuration)}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--storage.path=${join(folder, 'data')}`,
  ];
  const child = spawn('sh', ['-c', 'ulimit -n 100; exec "$@"', 'sh', ...monitor], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const clients: Socket[] = [];
  let log = '';
  child.stderr.on('data', chunk => {
    log += chunk;
  });
  try {
    await expect.poll(() => log).toContain('msg="Service is up" target=tools');
    for (let i = 0; i < 150; i++) {
      const client = connect(port, '127.0.0.1').on('error', () => {});
      client.write('GET /events HTTP/1.1\r\nHost: monitor\r\n\r\n');
      clients.push(client);
    }
    const asked = service.requests;
    await expect.poll(() => service.requests).toBeGreaterThan(asked + 20);
    expect(log).toContain('open_files=100 connections=18');
    expect(log).not.toContain('Service is down');
    expect(log).not.toContain('EMFILE');
  } finally {
    for (const client of clients) client.destroy();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await service.close();
    removeFolder(folder);
  }
});
