// `kill -9` while a report is sent to the second of two receivers: after the restart the one that has it gets it no second
// time, and the other gets it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { answers, type Behaviour, startEndpoint } from '../support/endpoint.js';
import { type RunningMonitor, startMonitor, writeConfiguration } from '../support/monitor.js';

const PATIENCE = { timeout: 60_000, interval: 50 };

/** Due once, at a moment; seconds come first. */
function cronAt(at: Date): string {
  const fields = [
    at.getUTCSeconds(),
    at.getUTCMinutes(),
    at.getUTCHours(),
    at.getUTCDate(),
    at.getUTCMonth() + 1,
  ];
  return `${fields.join(' ')} *`;
}

test.concurrent.for<[name: string, kills: (kill: () => void) => Behaviour]>([
  ['before the receiver answers', kill => () => kill()],
  [
    'when the receiver has answered',
    kill => response => {
      // At once: a moment later the answer may have been noted, and then there is nothing to send again.
      response.end('ok');
      kill();
    },
  ],
])('killed %s', async ([, kills], { expect }) => {
  const folder = makeFolder('killed-report');
  const [first, second] = [await startEndpoint(), await startEndpoint()];
  let monitor: RunningMonitor | undefined;
  const port = await freePort();
  const config = {
    scan: { intervals: { critical: '1s', other: '1s' } },
    host: { enabled: false },
    services: { tools: { url: 'http://127.0.0.1:1/', critical: false } },
  };
  /** Due in some seconds: when the monitor that runs has read it, on a busy machine too. */
  const reports = () => [
    {
      ...{ name: 'daily', schedule: cronAt(new Date(Date.now() + 8000)), time_zone: 'UTC' },
      ...{ period: 'day', receivers: ['first', 'second'] },
    },
  ];
  const slack = (name: string, url: string) =>
    `  - { name: ${name}, slack_configs: [{ api_url: "${url}/", channel: "#ops" }] }\n`;
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route: { receiver: log }\nreceivers:\n  - { name: log }\n${slack('first', first.url)}${slack('second', second.url)}`,
  );
  const flags = [`--web.listen-address=127.0.0.1:${port}`, '--web.enable-lifecycle'];
  const start = (more: object) => startMonitor({ ...config, ...more }, { folder, flags });
  try {
    const running = await start({});
    monitor = running;
    second.behaviour = kills(() => process.kill(running.pid, 'SIGKILL'));
    const due = { reports: reports() };
    writeConfiguration(folder, { ...config, ...due });
    expect((await running.get('/-/reload', { method: 'POST' })).status).toBe(200);
    await expect.poll(() => second.requests.length, PATIENCE).toBe(1);
    await running.stop('SIGKILL');
    expect(first.requests).toHaveLength(1);
    second.behaviour = answers(200, 'ok');
    monitor = await start(due);
    // The first one may have been lost with the process: rather twice than never.
    await expect.poll(() => second.requests.length, PATIENCE).toBe(2);
    expect(first.requests).toHaveLength(1);
    expect(second.requests[1]?.body).toContain('Daily report');
  } finally {
    await monitor?.[Symbol.asyncDispose]();
    await Promise.all([first.close(), second.close()]);
    removeFolder(folder);
  }
});
