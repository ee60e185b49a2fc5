// The wall clock is set while alerts wait, fire, are muted and end: no message is lost or sent twice, and durations keep
// their length. Silences and time intervals follow the wall clock.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { json, OK } from '../../src/demo/fault.js';
import { type SimulatedServer, startServer } from '../../src/demo/server.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { HAS_WALL_CLOCK, WallClock } from '../support/wall-clock.js';

const PATIENCE = { timeout: 60_000, interval: 50 };
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The start of the clock: a Monday. */
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

interface Message {
  readonly alerts: readonly { readonly status: string; readonly labels: { readonly alertname: string } }[];
}

const iso = (at: number) => new Date(at).toISOString();

/** A monitor with a clock that is set, two services, and a receiver. Each test has its own: the tests run at once. */
class World implements AsyncDisposable {
  readonly clock: WallClock;
  readonly ops: Endpoint;
  readonly tools: SimulatedServer;
  readonly blip: SimulatedServer;
  readonly #monitor: RunningMonitor;
  readonly #folder: string;
  #beacons = 0;

  private constructor(folder: string, clock: WallClock, servers: Servers, monitor: RunningMonitor) {
    this.#folder = folder;
    this.clock = clock;
    [this.ops, this.tools, this.blip] = servers;
    this.#monitor = monitor;
  }

  static async start(): Promise<World> {
    const folder = makeFolder('clock-alerts');
    const clock = new WallClock(folder, Math.round((START - Date.now()) / SECOND));
    const serve = () => startServer({ answer: () => json({ status: 'healthy' }) });
    const servers: Servers = await Promise.all([startEndpoint(), serve(), serve()]);
    const [ops, tools, blip] = servers;
    writeFileSync(join(folder, 'test.rules.yml'), RULES);
    writeFileSync(join(folder, 'alertmanager.yml'), alertmanagerYml(ops.url));
    const service = ({ url }: SimulatedServer) => ({
      url: `${url}/health`,
      critical: true,
      timeout: '5s',
      confirm: { failures: 1, successes: 1 },
    });
    const monitor = await startMonitor(
      {
        scan: { intervals: { critical: '300ms', other: '300ms' } },
        query: { scrape_interval: '500ms' },
        host: { enabled: false },
        rule_files: ['test.rules.yml'],
        services: { tools: service(tools), blip: service(blip) },
      },
      { folder, env: clock.env },
    );
    return new World(folder, clock, servers, monitor);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#monitor[Symbol.asyncDispose]();
    await Promise.all([this.ops.close(), this.tools.close(), this.blip.close()]);
    removeFolder(this.#folder);
  }

  /** Sent alerts, one by one: `firing Down`. */
  sent(): string[] {
    return this.ops.requests
      .flatMap(({ body }) => (JSON.parse(body) as Message).alerts)
      .map(({ status, labels }) => `${status} ${labels.alertname}`);
  }

  /** Without beacons. */
  readonly notified = () => this.sent().filter(line => !line.includes('beacon'));

  async #post(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    expect((await this.#monitor.get(`/api/v2/${path}`, init)).status).toBe(200);
  }

  async fire(target: string, labels: Record<string, string> = {}): Promise<void> {
    const endsAt = iso(this.clock.now + 30 * DAY);
    await this.#post('alerts', [{ labels: { alertname: target, target, ...labels }, endsAt }]);
  }

  async end(target: string, labels: Record<string, string> = {}): Promise<void> {
    const endsAt = iso(this.clock.now);
    await this.#post('alerts', [{ labels: { alertname: target, target, ...labels }, endsAt }]);
  }

  async silence(target: string, from: number, to: number): Promise<void> {
    const matchers = [{ name: 'target', value: target, isRegex: false }];
    const [startsAt, endsAt] = [iso(this.clock.now + from), iso(this.clock.now + to)];
    await this.#post('silences', { matchers, startsAt, endsAt, createdBy: 'ann', comment: 'c' });
  }

  /** Every group that flushes in a second has done so more than once, and rules were evaluated. */
  async aWhile(): Promise<void> {
    const beacon = `beacon${this.#beacons++}`;
    await this.fire(beacon);
    await vi.waitFor(() => expect(this.sent().join()).toContain(beacon), PATIENCE);
    await delay(2500);
  }
}

type Servers = [Endpoint, SimulatedServer, SimulatedServer];

const HOURS: readonly (readonly [string, number])[] = [
  ['forward by an hour, and back', HOUR],
  ['back by an hour, and forward', -HOUR],
];
const DAYS: readonly (readonly [string, number])[] = [
  ['forward by three days, and back', 3 * DAY],
  ['back by three days, and forward', -3 * DAY],
];

describe.skipIf(!HAS_WALL_CLOCK)('the clock is set', { concurrent: true, timeout: 120_000 }, () => {
  test.each([...HOURS, ...DAYS])('%s: what fires goes on, what is over stays over', async (_, by) => {
    await using world = await World.start();
    await world.tools.setFault({ kind: 'refused' });
    await world.blip.setFault({ kind: 'refused' });
    await world.fire('Source', { role: 'source', pair: 'p' });
    await world.fire('Ended');
    const begun = ['firing Down', 'firing Ended', 'firing Kept', 'firing Risen', 'firing Source'];
    await vi.waitFor(() => expect(world.notified().sort()).toEqual(begun), PATIENCE);
    await world.blip.setFault(OK);
    await world.fire('Target', { role: 'target', pair: 'p' });
    await world.end('Ended');
    await vi.waitFor(() => expect(world.notified()).toContain('resolved Ended'), PATIENCE);
    await world.aWhile();
    const before = world.notified();

    world.clock.move(by / SECOND);
    await world.aWhile();
    expect(world.notified()).toEqual(before);

    // Alerts that fired can still end, and alerts they inhibited are sent.
    await world.tools.setFault(OK);
    await world.end('Source', { role: 'source', pair: 'p' });
    const after = ['firing Target', 'resolved Down', 'resolved Risen', 'resolved Source'];
    await vi.waitFor(() => expect(world.notified().slice(before.length).sort()).toEqual(after), PATIENCE);
    world.clock.move(-by / SECOND);
    await world.aWhile();
    expect(world.notified().slice(before.length).sort()).toEqual(after);
  });

  test.each(HOURS)('%s: what waits by a duration waits for it', async (_, by) => {
    await using world = await World.start();
    await world.fire('Slow', { route: 'slow' });
    world.clock.move(by / SECOND);
    await vi.waitFor(() => expect(world.notified()).toEqual(['firing Slow']), PATIENCE);
    await world.end('Slow', { route: 'slow' });
    // Its group is flushed in some seconds: the resolution was not sent yet.
    world.clock.move(-by / SECOND);
    await vi.waitFor(() => expect(world.notified()).toEqual(['firing Slow', 'resolved Slow']), PATIENCE);
    await world.aWhile();
    expect(world.notified()).toEqual(['firing Slow', 'resolved Slow']);
  });

  test('silences and time intervals follow the wall clock', async () => {
    await using world = await World.start();
    await world.silence('Active', 0, 2 * HOUR);
    await world.silence('Pending', 30 * MINUTE, 90 * MINUTE);
    await world.fire('Active');
    await world.fire('Noon', { route: 'noon' });
    await vi.waitFor(() => expect(world.notified()).toEqual(['firing Noon']), PATIENCE);
    await world.aWhile();

    // 12:30: one silence is still active, the other is active now, and so is the interval `noon`.
    world.clock.move(HOUR / SECOND);
    await world.fire('Pending');
    await world.fire('Noon2', { route: 'noon' });
    await world.aWhile();
    expect(world.notified()).toEqual(['firing Noon']);

    // 11:30 again: the other silence and the interval are not active.
    world.clock.move(-HOUR / SECOND);
    await vi.waitFor(
      () => expect(world.notified().slice(1).sort()).toEqual(['firing Noon2', 'firing Pending']),
      PATIENCE,
    );

    // 14:30: the silences have expired. Sent alerts are not sent again.
    world.clock.move((3 * HOUR) / SECOND);
    await vi.waitFor(() => expect(world.notified().slice(3)).toEqual(['firing Active']), PATIENCE);

    // 11:30: an alert that is silenced again was sent, so its resolution is sent, too.
    world.clock.move((-3 * HOUR) / SECOND);
    await world.aWhile();
    await world.end('Active');
    await vi.waitFor(() => expect(world.notified().slice(4)).toEqual(['resolved Active']), PATIENCE);
  });
});
