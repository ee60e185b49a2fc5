// The wall clock is set while alerts wait, fire, are muted and end: nothing is lost, nothing is sent twice, and nothing that
// waits by a duration waits longer or shorter than it. Silences and time intervals hold by the wall clock.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { HAS_WALL_CLOCK, WallClock } from '../support/wall-clock.js';

const PATIENCE = { timeout: 25_000, interval: 50 };
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What the clock shows at first: a Monday. */
const START = Date.UTC(2026, 4, 4, 11, 30);

const RULES = `
groups:
  # Reads what the group after it wrote the last time.
  - name: copies
    rules:
      - { alert: Risen, expr: 'ALERTS{alertname="Down", alertstate="firing"}', for: 1s }
  - name: services
    rules:
      - { record: 'langgraph:cluster_status', expr: 'vector(1)' }
      - { alert: Down, expr: 'langgraph_monitor_service_up{target="tools"} == 0' }
      - { alert: Waiting, expr: 'langgraph_monitor_service_up{target="tools"} == 0', for: 20m }
      - { alert: Kept, expr: 'langgraph_monitor_service_up{target="blip"} == 0', keep_firing_for: 20m }
`;
const alertmanagerYml = (url: string) => `
route:
  receiver: ops
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 1s
  routes:
    - { receiver: ops, matchers: [route="slow"], group_wait: 4s, group_interval: 4s }
    - { receiver: ops, matchers: [route="noon"], mute_time_intervals: [noon] }
receivers: [{ name: ops, webhook_configs: [{ url: "${url}/" }] }]
inhibit_rules: [{ source_matchers: [role="source"], target_matchers: [role="target"], equal: [pair] }]
time_intervals: [{ name: noon, time_intervals: [{ times: [{ start_time: "12:00", end_time: "13:00" }] }] }]
`;

let folder: string;
let clock: WallClock;
let ops: Endpoint;
let tools: SimulatedServer;
let blip: SimulatedServer;
let monitor: RunningMonitor;
let beacons: number;

beforeEach(async () => {
  folder = makeFolder('clock-alerts');
  beacons = 0;
  clock = new WallClock(folder, Math.round((START - Date.now()) / SECOND));
  ops = await startEndpoint();
  const serve = () => startServer({ answer: () => json({ status: 'healthy' }) });
  [tools, blip] = await Promise.all([serve(), serve()]);
  writeFileSync(join(folder, 'test.rules.yml'), RULES);
  writeFileSync(join(folder, 'alertmanager.yml'), alertmanagerYml(ops.url));
  const service = ({ url }: SimulatedServer) => ({
    url: `${url}/health`,
    critical: true,
    timeout: '2s',
    confirm: { failures: 1, successes: 1 },
  });
  monitor = await startMonitor(
    {
      scan: { intervals: { critical: '300ms', other: '300ms' } },
      query: { scrape_interval: '500ms' },
      host: { enabled: false },
      rule_files: ['test.rules.yml'],
      services: { tools: service(tools), blip: service(blip) },
    },
    { folder, env: clock.env },
  );
});
afterEach(async () => {
  await monitor[Symbol.asyncDispose]();
  await Promise.all([ops.close(), tools.close(), blip.close()]);
  removeFolder(folder);
});

interface Message {
  readonly alerts: readonly { readonly status: string; readonly labels: { readonly alertname: string } }[];
}

/** What was sent, alert by alert: `firing Down`. */
const sent = () =>
  ops.requests
    .flatMap(({ body }) => (JSON.parse(body) as Message).alerts)
    .map(({ status, labels }) => `${status} ${labels.alertname}`);
/** Without beacons. */
const told = () => sent().filter(line => !line.includes('beacon'));

function post(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return monitor.get(`/api/v2/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

const iso = (at: number) => new Date(at).toISOString();

async function fire(target: string, labels: Record<string, string> = {}): Promise<void> {
  const alert = { labels: { alertname: target, target, ...labels }, endsAt: iso(clock.now + 30 * DAY) };
  expect((await post('alerts', [alert])).status).toBe(200);
}

async function end(target: string, labels: Record<string, string> = {}): Promise<void> {
  const alert = { labels: { alertname: target, target, ...labels }, endsAt: iso(clock.now) };
  expect((await post('alerts', [alert])).status).toBe(200);
}

async function silence(target: string, from: number, to: number): Promise<void> {
  const matchers = [{ name: 'target', value: target, isRegex: false }];
  const [startsAt, endsAt] = [iso(clock.now + from), iso(clock.now + to)];
  const response = await post('silences', { matchers, startsAt, endsAt, createdBy: 'ann', comment: 'c' });
  expect(response.status).toBe(200);
}

/** Every group that flushes in a second has done so more than once, and rules were evaluated. */
async function aWhile(): Promise<void> {
  const beacon = `beacon${beacons++}`;
  await fire(beacon);
  await expect.poll(() => sent().join(), PATIENCE).toContain(beacon);
  await delay(2500);
}

const HOURS: readonly (readonly [string, number])[] = [
  ['forward by an hour, and back', HOUR],
  ['back by an hour, and forward', -HOUR],
];
const DAYS: readonly (readonly [string, number])[] = [
  ['forward by three days, and back', 3 * DAY],
  ['back by three days, and forward', -3 * DAY],
];

describe.skipIf(!HAS_WALL_CLOCK)('the clock is set', { timeout: 120_000 }, () => {
  test.each([...HOURS, ...DAYS])('%s: what fires goes on, what is over stays over', async (_, by) => {
    await tools.setFault({ kind: 'refused' });
    await blip.setFault({ kind: 'refused' });
    await fire('Source', { role: 'source', pair: 'p' });
    await fire('Ended');
    const begun = ['firing Down', 'firing Ended', 'firing Kept', 'firing Risen', 'firing Source'];
    await expect.poll(() => told().sort(), PATIENCE).toEqual(begun);
    await blip.setFault(OK);
    await fire('Target', { role: 'target', pair: 'p' });
    await end('Ended');
    await expect.poll(told, PATIENCE).toContain('resolved Ended');
    await aWhile();
    const before = told();

    clock.move(by / SECOND);
    await aWhile();
    expect(told()).toEqual(before);

    // All that fired can still end, and what it muted shows.
    await tools.setFault(OK);
    await end('Source', { role: 'source', pair: 'p' });
    const after = ['firing Target', 'resolved Down', 'resolved Risen', 'resolved Source'];
    await expect.poll(() => told().slice(before.length).sort(), PATIENCE).toEqual(after);
    clock.move(-by / SECOND);
    await aWhile();
    expect(told().slice(before.length).sort()).toEqual(after);
  });

  test.each(HOURS)('%s: what waits by a duration waits for it', async (_, by) => {
    await fire('Slow', { route: 'slow' });
    clock.move(by / SECOND);
    await expect.poll(told, PATIENCE).toEqual(['firing Slow']);
    await end('Slow', { route: 'slow' });
    // Its group has its turn in some seconds: the end has not been sent yet.
    clock.move(-by / SECOND);
    await expect.poll(told, PATIENCE).toEqual(['firing Slow', 'resolved Slow']);
    await aWhile();
    expect(told()).toEqual(['firing Slow', 'resolved Slow']);
  });

  test('silences and time intervals hold by the wall clock', async () => {
    await silence('Active', 0, 2 * HOUR);
    await silence('Pending', 30 * MINUTE, 90 * MINUTE);
    await fire('Active');
    await fire('Noon', { route: 'noon' });
    await expect.poll(told, PATIENCE).toEqual(['firing Noon']);
    await aWhile();

    // 12:30: one silence lasts, the other has begun, and so has noon.
    clock.move(HOUR / SECOND);
    await fire('Pending');
    await fire('Noon2', { route: 'noon' });
    await aWhile();
    expect(told()).toEqual(['firing Noon']);

    // 11:30 again: it has not begun, and noon has not.
    clock.move(-HOUR / SECOND);
    await expect.poll(() => told().slice(1).sort(), PATIENCE).toEqual(['firing Noon2', 'firing Pending']);

    // 14:30: the silences are over. What was sent is not sent again.
    clock.move((3 * HOUR) / SECOND);
    await expect.poll(() => told().slice(3), PATIENCE).toEqual(['firing Active']);

    // 11:30: what is silenced again was sent, and its end is, too.
    clock.move((-3 * HOUR) / SECOND);
    await aWhile();
    await end('Active');
    await expect.poll(() => told().slice(4), PATIENCE).toEqual(['resolved Active']);
  });
});
