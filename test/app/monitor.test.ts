// A whole monitor in this process, with its checks in this thread, against small real servers.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/app/log.js';
import { startMonitor } from '../../src/app/monitor.js';
import { runInline } from '../../src/probes/inline.js';
import { QUERY_SETTINGS } from '../support/query-settings.js';
import { MonitorFixture, until } from './monitor-fixture.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const fixture = new MonitorFixture();
const { answering, configure, start, text, json, status, metric } = fixture;

describe('what is checked', () => {
  test('shows in /cluster_health, /metrics, /alerts and /history', async () => {
    const [good, bad] = [await answering(), await answering(503)];
    configure({
      good: { url: good.url, name: 'Good', critical: true },
      bad: { url: bad.url, name: 'Bad', critical: true, confirm: { failures: 2, every: '100ms' } },
    });
    await start();
    const health = await until(
      () => json('/cluster_health'),
      answer => answer.alerts.length > 0,
    );
    expect(health).toMatchObject({
      overall_status: 'unhealthy',
      services: {
        good: { name: 'Good', health: { status: 'healthy', status_code: 200, data: { status: 'ok' } } },
        bad: { name: 'Bad', health: { status: 'unhealthy', status_code: 503, error: 'HTTP 503' } },
      },
      alerts: ['CRITICAL: Bad is unhealthy - HTTP 503'],
    });
    expect((await json('/alerts')).alerts).toEqual(health.alerts);
    expect(await metric('probe_success{target="good"}')).toMatch(/ 1$/);
    expect(await metric('probe_success{target="bad"}')).toMatch(/ 0$/);
    expect(await metric('langgraph_monitor_service_up{target="bad"}')).toMatch(/ 0$/);
    expect(await metric('langgraph_monitor_service_status{target="bad",status="unhealthy"}')).toMatch(/ 1$/);
    const { history, count } = await until(
      () => json('/history'),
      answer => answer.history[0]?.alerts.length > 0,
    );
    expect(history[0]).toMatchObject({ overall_status: 'unhealthy', alerts: health.alerts });
    expect(count).toBe(history.length);
    bad.status = 200;
    await until(
      () => json('/cluster_health'),
      answer => answer.overall_status === 'healthy',
    );
    expect((await json('/alerts')).alerts).toEqual([]);
    expect(fixture.logged).toContain('msg="Alert firing"');
    expect(fixture.logged).toContain('msg="Alert resolved"');
  });

  test('is there again after a restart', async () => {
    configure({ a: { url: (await answering()).url } });
    await start();
    const { history } = await until(
      () => json('/history'),
      answer => answer.count > 0,
    );
    await fixture.monitor?.close();
    await start();
    const again = await json('/history?limit=10000');
    expect(again.history).toContainEqual(history[0]);
  });
});

test('a status that makes checks more frequent is logged, and an action taken', async () => {
  const a = await answering();
  const fast = { critical: true, confirm: { failures: 1, successes: 1, every: '100ms' } };
  configure({ a: { url: a.url, ...fast } });
  await start();
  await until(
    () => status('a'),
    now => now === 'healthy',
  );
  expect(fixture.logged).not.toContain('Monitoring interval');
  a.status = 503;
  const taken = await until(
    async () => (await json('/alert_history?alertname=ServiceDown')).alert_history[0]?.action_taken,
    now => /interval/.test(now ?? ''),
  );
  expect(taken).toMatch(/^Monitoring interval adapted to 0\.1\d* s \(unhealthy\)/);
  a.status = 200;
  await until(
    async () => fixture.logged,
    now => now.includes('Monitoring interval adapted to 1 s (healthy)'),
  );
});

test('links in alerts lead to the monitor itself, or to the configured addresses', async () => {
  const a = { url: (await answering()).url };
  configure({ a });
  await start();
  const shown = async () => (await text('/metrics')).match(/^langgraph_monitor_links_info.*/gm);
  const links = (runbook: string, dashboards: string) => [
    `langgraph_monitor_links_info{runbook="${runbook}",dashboards="${dashboards}"} 1`,
  ];
  expect(await shown()).toEqual(
    links(`${fixture.monitor?.url}/runbook`, `${fixture.monitor?.url}/dashboards?uid=`),
  );

  configure({ a }, { links: { grafana: 'https://grafana.test/sub/', runbook: 'https://wiki.test/alerts' } });
  await fixture.monitor?.reload();
  expect(await shown()).toEqual(links('https://wiki.test/alerts', 'https://grafana.test/sub/d/'));
});

test('an address in use is an error, and nothing is left open', async () => {
  const taken = await answering();
  configure({ a: { url: taken.url } });
  const port = Number(new URL(taken.url).port);
  const settings = { listen: { host: '127.0.0.1', port }, webConfigFile: undefined, externalUrl: undefined };
  const starting = startMonitor({
    ...{
      ...settings,
      configFile: fixture.file,
      enableLifecycle: false,
      storage: { path: join(fixture.folder, 'data'), retention: 1e9, maxBytes: 0 },
      ...QUERY_SETTINGS,
    },
    ...{ version: '1', log: createLog('error', 'json', { write: () => {} }), runChecks: runInline },
  });
  await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test.each(['SIGTERM', 'SIGINT'] as const)('the program ends by itself after %s, with 0', async signal => {
  configure({ a: { url: (await answering()).url } });
  const args = [
    MAIN,
    `--config.file=${fixture.file}`,
    '--web.listen-address=127.0.0.1:0',
    `--storage.path=${fixture.folder}/data`,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let printed = '';
  for await (const chunk of child.stderr) {
    if (!printed.includes('msg=Listening') && `${printed}${chunk}`.includes('msg=Listening'))
      child.kill(signal);
    printed += chunk;
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect([child.exitCode, child.signalCode]).toEqual([0, null]);
  expect(printed).toContain(`signal=${signal}`);
});
