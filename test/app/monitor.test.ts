// A whole monitor in this process, with its checks in this thread, against small real servers.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../src/app/log.js';
import { type Monitor, startMonitor } from '../../src/app/monitor.js';
import type { CheckResult } from '../../src/model/result.js';
import { runInline } from '../../src/probes/inline.js';
import type { CheckRunnerEvents } from '../../src/probes/runner.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { listen, portOf, stop } from '../support/http.js';
import { QUERY_SETTINGS } from '../support/query-settings.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

let folder: string;
let file: string;
let logged: string;
let monitor: Monitor | undefined;
let servers: Server[];

beforeEach(() => {
  folder = makeFolder('app');
  file = join(folder, 'monitor.yml');
  logged = '';
  servers = [];
});
afterEach(async () => {
  await monitor?.close();
  monitor = undefined;
  await Promise.all(servers.map(stop));
  removeFolder(folder);
});

/** A server that answers with this status; `status` may be set, `asked` counts requests. */
async function answering(status = 200) {
  const service = { status, asked: 0, url: '' };
  const server = await listen((_, response) => {
    service.asked++;
    response.writeHead(service.status, { 'content-type': 'application/json' }).end('{"status":"ok"}');
  });
  servers.push(server);
  service.url = `http://127.0.0.1:${portOf(server)}/health`;
  return service;
}

function configure(services: Record<string, Record<string, unknown>>, more: object = {}): void {
  const scan = { intervals: { critical: '1s', other: '1s' } };
  writeFileSync(file, JSON.stringify({ node: 'here', scan, host: { enabled: false }, services, ...more }));
}

async function start(
  runChecks: (events: CheckRunnerEvents) => ReturnType<typeof runInline> = runInline,
): Promise<void> {
  monitor = await startMonitor({
    configFile: file,
    webConfigFile: undefined,
    listen: { host: '127.0.0.1', port: 0 },
    externalUrl: undefined,
    enableLifecycle: true,
    storagePath: join(folder, 'data'),
    retention: 86_400_000,
    ...QUERY_SETTINGS,
    version: '1.2.3',
    log: createLog('info', 'logfmt', { write: line => (logged += line) }),
    runChecks,
  });
}

const get = (path: string, init?: RequestInit) => fetch(`${monitor?.url}${path}`, init);
const text = async (path: string) => (await get(path)).text();
async function json(path: string) {
  // biome-ignore lint/suspicious/noExplicitAny: what a client without a schema sees
  return (await (await get(path)).json()) as any;
}

/** Waits until the monitor's answer satisfies the predicate. */
async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    await delay(20);
  }
}
const status = async (id: string) =>
  (await json('/cluster_health')).services[id]?.health.status as string | undefined;
const metric = async (line: string) =>
  (await text('/metrics')).split('\n').find(each => each.startsWith(line));

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
    expect(logged).toContain('msg="Alert firing"');
    expect(logged).toContain('msg="Alert resolved"');
  });

  test('is there again after a restart', async () => {
    configure({ a: { url: (await answering()).url } });
    await start();
    const { history } = await until(
      () => json('/history'),
      answer => answer.count > 0,
    );
    await monitor?.close();
    await start();
    const again = await json('/history?limit=10000');
    expect(again.history).toContainEqual(history[0]);
  });
});

describe('a reload', () => {
  const reload = () => get('/-/reload', { method: 'POST' });

  test('adds, changes and removes services; services that stay keep their state', async () => {
    const [a, b, c] = [await answering(), await answering(), await answering()];
    configure({ a: { url: a.url }, b: { url: b.url } });
    await start();
    await until(
      () => text('/metrics'),
      all => /probe_success\{target="b"\} 1/.test(all) && /probe_success\{target="a"\} 1/.test(all),
    );
    const since = (await json('/cluster_health')).services.a.health.since;
    const probes = Number(
      (await metric('langgraph_monitor_response_time_seconds_count{target="a"}'))?.split(' ')[1],
    );
    expect(probes).toBeGreaterThan(0);

    configure({ c: { url: c.url }, a: { url: a.url, name: 'Alpha', critical: true } });
    expect((await reload()).status).toBe(200);
    const health = await json('/cluster_health');
    expect(Object.keys(health.services)).toEqual(['c', 'a']);
    expect(health.services.a).toMatchObject({
      name: 'Alpha',
      critical: true,
      health: { status: 'healthy', since },
    });
    expect(health.services.c.health.status).toBe('unknown');
    const page = await text('/metrics');
    expect(page).not.toContain('target="b"');
    expect(page).toContain(
      'langgraph_monitor_service_info{target="a",name="Alpha",kind="http",critical="true",severity="critical"} 1',
    );
    expect(page.match(/^langgraph_monitor_service_info\{target="a"/gm)).toHaveLength(1);
    const counted = /^langgraph_monitor_response_time_seconds_count\{target="a"\} (\d+)/m.exec(page)?.[1];
    expect(Number(counted)).toBeGreaterThanOrEqual(probes);
    await until(
      () => status('c'),
      now => now === 'healthy',
    );
    const { asked } = b;
    await until(
      async () => a.asked,
      now => now > probes + 2,
    );
    expect(b.asked).toBe(asked);
  });

  test('applies another account for text messages, or none', async () => {
    const [a, one, other] = [await answering(), await answering(), await answering(400)];
    const services = { a: { url: a.url } };
    const account = { account_sid: 'AC1', auth_token: 't0ken', from: '+15550001111', to: ['+491701234567'] };
    const through = ({ url }: { url: string }) => ({
      alerting: { sms: { ...account, api_url: new URL(url).origin } },
    });
    const alerts = [{ status: 'firing', labels: { alertname: 'A' }, annotations: {} }];
    const notify = async (groupKey: string) => {
      const body = JSON.stringify({ version: '4', groupKey, status: 'firing', alerts });
      return (
        await get('/notify/sms', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      ).status;
    };
    configure(services);
    await start();
    expect(await notify('first')).toBe(404);
    for (const [config, want] of [
      [through(one), [200, 1, 0]],
      [through(other), [400, 1, 1]],
      [{}, [404, 1, 1]],
    ] as const) {
      configure(services, config);
      expect((await reload()).status).toBe(200);
      expect([await notify(JSON.stringify(config)), one.asked, other.asked]).toEqual(want);
    }
    expect(logged.match(/msg="Text message not sent".*/g)).toHaveLength(1);
    expect(logged).not.toContain('t0ken');
  });

  test('does not send a text message twice to a number that has got it', async () => {
    const texted: string[] = [];
    let isWell = false;
    const twilio = await listen(async (request, response) => {
      const to = new URLSearchParams(await textOf(request)).get('To') ?? '';
      texted.push(to);
      response.writeHead(isWell || to === '+1555' ? 201 : 503).end('{}');
    });
    servers.push(twilio);
    const account = { account_sid: 'AC1', auth_token: 't0ken', from: '+1000', to: ['+1555', '+1666'] };
    const sms = { ...account, api_url: `http://127.0.0.1:${portOf(twilio)}` };
    configure({ a: { url: (await answering()).url } }, { alerting: { sms } });
    await start();
    const alerts = [{ status: 'firing', labels: { alertname: 'A' }, annotations: {} }];
    const body = JSON.stringify({ version: '4', groupKey: 'g', status: 'firing', alerts });
    const headers = { 'content-type': 'application/json' };
    const notify = async () => (await get('/notify/sms', { method: 'POST', headers, body })).status;
    expect([await notify(), texted.toSorted()]).toEqual([503, ['+1555', '+1666']]);
    isWell = true;
    expect((await reload()).status).toBe(200);
    expect([await notify(), texted.slice(2)]).toEqual([200, ['+1666']]);
  });

  test('applies another way of delivery, and says where alerts are then', async () => {
    const [a, elsewhere] = [await answering(), await answering()];
    const services = { a: { url: a.url } };
    const url = new URL(elsewhere.url).origin;
    configure(services);
    await start();
    const alertmanagers = async () => (await json('/api/v1/alertmanagers')).data.activeAlertmanagers;
    expect((await json('/api/v2/status')).cluster).toEqual({ peers: [], status: 'disabled' });
    expect(await alertmanagers()).toEqual([{ url: `${monitor?.url}/api/v2/alerts` }]);
    configure(services, { alerting: { alertmanagers: [url] } });
    expect((await reload()).status).toBe(200);
    expect(await json('/api/v2/alerts')).toContain(`ask ${url}`);
    expect(await alertmanagers()).toEqual([{ url: `${url}/api/v2/alerts` }]);
    configure(services, { query: { url } });
    expect((await reload()).status).toBe(200);
    expect(await json('/api/v2/silences')).toContain(`${url}/api/v1/alertmanagers says where`);
    expect(await alertmanagers()).toEqual([]);
    configure(services);
    expect((await reload()).status).toBe(200);
    expect(await json('/api/v2/silences')).toEqual([]);
  });

  test('logs invalid templates, as the start does', async () => {
    const a = await answering();
    const hook = (title: string) => ({ webhook_url: 'http://127.0.0.1:1/', title });
    const write = (...titles: string[]) =>
      writeFileSync(
        join(folder, 'alertmanager.yml'),
        JSON.stringify({
          route: { receiver: 'a' },
          receivers: [{ name: 'a', discord_configs: titles.map(hook) }],
        }),
      );
    const warned = () =>
      [
        ...logged.matchAll(
          /level=warn msg="Part of the alerting configuration will not work" err=".*(discord_configs.*)"/g,
        ),
      ].map(match => match[1]);
    configure({ a: { url: a.url } });
    write('{{ .Status', '{{ .Status }}');
    await start();
    expect(warned()).toEqual(['discord_configs[0].title: template: :1: unclosed action']);
    write('{{ .Status }}', '{{ end }}');
    expect((await reload()).status).toBe(200);
    expect(warned().slice(1)).toEqual(['discord_configs[1].title: template: :1: unexpected {{end}}']);
    write('{{ .Status }}');
    expect((await reload()).status).toBe(200);
    expect(warned()).toHaveLength(2);
  });

  test('of an invalid file keeps everything running and says so', async () => {
    const a = await answering();
    configure({ a: { url: a.url } });
    await start();
    await until(
      () => status('a'),
      now => now === 'healthy',
    );
    expect(await metric('langgraph_monitor_config_last_reload_successful')).toMatch(/ 1$/);
    writeFileSync(file, 'services: {a: {url: x}, b: {}}');
    const answer = await reload();
    expect(answer.status).toBe(500);
    expect(((await answer.json()) as { error: string }).error).toContain('services.a.url: not a URL');
    expect(await metric('langgraph_monitor_config_last_reload_successful')).toMatch(/ 0$/);
    expect(logged.match(/msg="Configuration not reloaded/g)).toHaveLength(2);
    expect(await status('a')).toBe('healthy');
    const { asked } = a;
    await until(
      async () => a.asked,
      now => now > asked,
    );
    configure({ a: { url: a.url } });
    expect((await reload()).status).toBe(200);
    expect(await metric('langgraph_monitor_config_last_reload_successful')).toMatch(/ 1$/);
    const { audit_trail: trail } = await json('/audit_trail');
    expect(trail).toMatchObject([
      { event: 'configuration reloaded', by: '127.0.0.1', details: { file } },
      { event: 'configuration reload failed', details: { error: expect.stringContaining('not a URL') } },
    ]);
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
  expect(logged).not.toContain('Monitoring interval');
  a.status = 503;
  const taken = await until(
    async () => (await json('/alert_history?alertname=ServiceDown')).alert_history[0]?.action_taken,
    now => /interval/.test(now ?? ''),
  );
  expect(taken).toMatch(/^Monitoring interval adapted to 0\.1\d* s \(unhealthy\)/);
  a.status = 200;
  await until(
    async () => logged,
    now => now.includes('Monitoring interval adapted to 1 s (healthy)'),
  );
}, 30_000);

test('when the checks thread dies no service is healthy until it is checked again', async () => {
  configure({ a: { url: 'http://127.0.0.1:1/', critical: true } });
  let events: CheckRunnerEvents | undefined;
  await start(given => {
    events = given;
    return { configure() {}, setStatus() {}, refresh() {}, close: async () => {} };
  });
  const seen: CheckResult = {
    ...{
      target: 'a',
      at: Date.now(),
      status: 'healthy',
      responseTime: 0.1,
      level: 'up',
      since: 0,
      consecutiveFailures: 0,
    },
    readings: { layout: { families: ['probe_success'], labels: [[]] }, values: [1] },
  };
  const overall = async () => (await json('/cluster_health')).overall_status as string;
  events?.onResult(seen);
  await until(overall, now => now === 'healthy');
  expect(await status('a')).toBe('healthy');
  expect(await metric('probe_success{')).toBe('probe_success{target="a"} 1');

  events?.onDown('out of memory');
  const health = await json('/cluster_health');
  expect(health).toMatchObject({
    overall_status: 'degraded',
    services: { a: { health: { status: 'unknown' } } },
    alerts: [],
  });
  expect(await metric('probe_success{')).toBeUndefined();
  expect(await metric('langgraph_monitor_service_up{')).toBeUndefined();
  expect(await metric('langgraph_monitor_service_status{target="a",status="unknown"}')).toMatch(/ 1$/);
  expect(await metric('langgraph_monitor_probe_worker_up')).toMatch(/ 0$/);
  expect(logged).toContain('out of memory');
  // A later evaluation of the rules has the same result.
  const evaluations = async () =>
    Number((await metric('langgraph_monitor_rule_evaluations_total'))?.split(' ')[1]);
  const before = await evaluations();
  await monitor?.reload();
  await until(evaluations, now => now > before);
  expect(await json('/cluster_health')).toMatchObject({ overall_status: 'degraded', alerts: [] });

  events?.onResult(seen);
  await until(overall, now => now === 'healthy');
  expect(await metric('probe_success{')).toBe('probe_success{target="a"} 1');
  expect(await metric('langgraph_monitor_probe_worker_up')).toMatch(/ 1$/);
});

test('an entry of the history shows the services as the rules saw them, not as they were after the evaluation', async () => {
  configure({ a: { url: 'http://127.0.0.1:1/', name: 'A', critical: true } });
  let events: CheckRunnerEvents | undefined;
  await start(given => {
    events = given;
    return { configure() {}, setStatus() {}, refresh() {}, close: async () => {} };
  });
  const seen = (more: Partial<CheckResult>): CheckResult => ({
    ...{ target: 'a', at: Date.now(), status: 'healthy', responseTime: 0.1, level: 'up', since: 0 },
    ...{ consecutiveFailures: 0, readings: { layout: { families: [], labels: [] }, values: [] } },
    ...more,
  });
  const down = seen({ status: 'error', error: 'Connection refused', level: 'down', consecutiveFailures: 2 });
  const scan = { startedAt: 0, endedAt: 1, work: 1, lag: 0, complete: true };
  const overall = async () => (await json('/cluster_health')).overall_status as string;
  const entries = async (count: number) => {
    const { history } = await until(
      () => json('/history'),
      answer => answer.count >= count,
    );
    // biome-ignore lint/suspicious/noExplicitAny: what a client without a schema sees
    return history.map((entry: any) => [entry.services.a.health.status, entry.overall_status, entry.alerts]);
  };
  // No scrape is under way when the next is requested.
  await until(
    () => metric('langgraph_monitor_rule_evaluations_total'),
    line => line !== undefined && !line.endsWith(' 0'),
  );
  events?.onResult(seen({}));
  await until(overall, now => now === 'healthy');

  // The registry is scraped meanwhile; the rules' result comes from another thread, which takes a turn of the event loop.
  const copied = async () => {
    for (let i = 0; i < 1000; i++) await Promise.resolve();
  };
  events?.onScan(scan);
  await copied();
  events?.onResult(down);
  const healthy = ['healthy', 'healthy', []];
  expect(await entries(1)).toEqual([healthy]);

  const unhealthy = ['error', 'unhealthy', ['CRITICAL: A is error - Connection refused']];
  await until(overall, now => now === 'unhealthy');
  events?.onScan(scan);
  await copied();
  events?.onResult(seen({}));
  expect(await entries(2)).toEqual([unhealthy, healthy]);

  // An entry that waits for its evaluation shows its own time, not that of the entry before.
  await until(overall, now => now === 'healthy');
  events?.onScan(scan);
  await copied();
  events?.onResult(down);
  events?.onScan(scan);
  await copied();
  expect(await entries(4)).toEqual([unhealthy, healthy, unhealthy, healthy]);
});

test('the removal of a service answers the requests that wait for its check', async () => {
  configure({ a: { url: 'http://127.0.0.1:1/' }, b: { url: 'http://127.0.0.1:1/' } });
  let asked: (() => void) | undefined;
  const hasAsked = new Promise<void>(resolve => {
    asked = resolve;
  });
  let events: CheckRunnerEvents | undefined;
  await start(given => {
    events = given;
    return { configure() {}, setStatus() {}, refresh: () => asked?.(), close: async () => {} };
  });
  const answer = json('/cluster_health?max_age=0');
  await hasAsked;
  configure({ b: { url: 'http://127.0.0.1:1/' } });
  await monitor?.reload();
  events?.onResult({
    ...{
      target: 'b',
      at: Date.now(),
      status: 'healthy',
      responseTime: 0.1,
      level: 'up',
      since: 0,
      consecutiveFailures: 0,
    },
    readings: { values: [] },
  });
  expect(Object.keys((await answer).services)).toEqual(['b']);
});

test('links in alerts lead to the monitor itself, or to the configured addresses', async () => {
  const a = { url: (await answering()).url };
  configure({ a });
  await start();
  const shown = async () => (await text('/metrics')).match(/^langgraph_monitor_links_info.*/gm);
  const links = (runbook: string, dashboards: string) => [
    `langgraph_monitor_links_info{runbook="${runbook}",dashboards="${dashboards}"} 1`,
  ];
  expect(await shown()).toEqual(links(`${monitor?.url}/runbook`, `${monitor?.url}/dashboards?uid=`));

  configure({ a }, { links: { grafana: 'https://grafana.test/sub/', runbook: 'https://wiki.test/alerts' } });
  await monitor?.reload();
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
      configFile: file,
      enableLifecycle: false,
      storagePath: join(folder, 'data'),
      retention: 1e9,
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
    `--config.file=${file}`,
    '--web.listen-address=127.0.0.1:0',
    `--storage.path=${folder}/data`,
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
