// Services that hang hold up none of the others, however many there are.

import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { makeFolder, removeFolder } from '../support/child.js';
import { portOf, stop } from '../support/http.js';
import { runToEnd, startMonitor, writeConfiguration } from '../support/monitor.js';
import { clusterHealth } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 200 };

test('with the defaults every healthy service is known while all that hang are still in their first check', async () => {
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/hangs')) response.end('{}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  // Those that hang are first: a queue would have them in every slot.
  const paths = Array.from({ length: 150 }, (_, i) => (i < 60 ? `hangs${i}` : `well${i}`));
  await using monitor = await startMonitor({
    services: Object.fromEntries(
      paths.map(id => [
        id,
        { url: `http://127.0.0.1:${portOf(server)}/${id}`, critical: true, timeout: '2m' },
      ]),
    ),
  });
  const statuses = async (prefix: string) => {
    const { services } = await clusterHealth(monitor);
    const found = Object.entries(services).filter(([id]) => id.startsWith(prefix));
    return [...new Set(found.map(([, service]) => service.health.status))];
  };
  await expect.poll(() => statuses('well'), PATIENCE).toEqual(['healthy']);
  expect(await statuses('hangs')).toEqual(['unknown']);
  expect(monitor.logged('Limit of concurrent checks')).toMatchObject([
    { by: 'auto', limit: '148', required: '150', services: '150' },
  ]);
  expect(await monitor.metric('langgraph_monitor_concurrent_checks_limit')).toBe(148);
  await stop(server);
});

test('a configured limit that is too low is named by check-config, in the log and in metrics', async () => {
  const services = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`s${i}`, { url: 'http://127.0.0.1:1/', critical: true }]),
  );
  const configuration = { scan: { max_concurrent_checks: 5 }, services };
  const folder = makeFolder('limit');
  const file = writeConfiguration(folder, configuration);
  const problem =
    'scan.max_concurrent_checks: 5 cannot keep the intervals while services hang: 20 checks may be under way at once; write 50, or auto';
  expect(await runToEnd(['check-config', file])).toMatchObject({
    code: 0,
    stderr: `warning: ${file}: ${problem}\n`,
  });
  removeFolder(folder);
  await using monitor = await startMonitor(configuration);
  expect(monitor.logged('Limit of concurrent checks is too low')).toMatchObject([
    { level: 'warn', err: problem },
  ]);
  expect(await monitor.metric('langgraph_monitor_concurrent_checks_required')).toBe(20);
  expect(await monitor.metric('langgraph_monitor_concurrent_checks_recommended')).toBe(50);
});
