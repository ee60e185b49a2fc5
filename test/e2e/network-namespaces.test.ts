// Two monitors in network namespaces of their own, the Redis of their lease, the services and the receiver in a third: lines between
// them are cut, and what the receiver gets is counted.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, onTestFailed, test, vi } from 'vitest';
import { type Child, makeFolder, removeFolder } from '../support/child.js';
import { DIST, writeConfiguration } from '../support/monitor.js';
import { Namespaces, type NetworkCable, namespacesObstacle } from '../support/namespaces.js';
import type { ClusterHealth } from './cluster-health.js';

const PATIENCE = { timeout: 60_000, interval: 100 };
const HUB = fileURLToPath(new URL('../support/hub.mjs', import.meta.url));
const SERVICES = ['s0', 's1', 's2', 's3'] as const;
type Name = 'a' | 'b';

interface Lease {
  readonly state: string;
  readonly holder: string | null;
  readonly is_sending: boolean;
  readonly status: string;
}

/** Cables of a monitor. */
interface Lines {
  readonly redis: NetworkCable;
  /** To the services and the receiver. */
  readonly services: NetworkCable;
}

class World {
  readonly #folder = makeFolder('namespaces');
  readonly #network = new Namespaces<Name | 'hub'>(['a', 'b', 'hub']);
  readonly #children: Child[] = [];
  readonly peers = this.#network.connect('a', 'b');
  readonly lines: Readonly<Record<Name, Lines>> = { a: this.#connect('a'), b: this.#connect('b') };
  readonly monitors = {} as Record<Name, Child>;
  #hub!: Child;

  static async open(): Promise<World> {
    const world = new World();
    world.#hub = world.#start('hub', process.execPath, [HUB]);
    const binds = [world.lines.a.redis.far, world.lines.b.redis.far];
    world.#start('hub', 'redis-server', ['--bind', ...binds, '--protected-mode', 'no', '--save', '']);
    await world.#hub.until(async () => (await world.#network.get('hub', 'http://127.0.0.1:9000/')) === '{}');
    for (const name of ['a', 'b'] as const) world.#startMonitor(name);
    return world;
  }

  #connect(name: Name): Lines {
    return { redis: this.#network.connect(name, 'hub'), services: this.#network.connect(name, 'hub') };
  }

  #start(name: Name | 'hub', command: string, args: readonly string[]): Child {
    const child = this.#network.start(name, command, args);
    this.#children.push(child);
    return child;
  }

  #startMonitor(name: Name): void {
    const { redis, services } = this.lines[name];
    const hub = `http://${services.far}:9000`;
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'alertmanager.yml'),
      `route: { receiver: ops, group_by: [alertname, target], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: ops, webhook_configs: [{ url: "${hub}/notify" }] }]
`,
    );
    const service = (id: string) => ({
      url: `${hub}/service/${id}`,
      critical: true,
      timeout: '3s',
      confirm: { failures: 2, successes: 1, every: '200ms' },
    });
    const file = writeConfiguration(folder, {
      scan: { intervals: { critical: '500ms', other: '500ms' } },
      query: { scrape_interval: '500ms' },
      host: { enabled: false },
      ha: {
        replica: name,
        peers: [`http://${name === 'a' ? this.peers.far : this.peers.near}:8083`],
        lease: { redis: { host: `${redis.far}:6379` } },
      },
      services: Object.fromEntries(SERVICES.map(id => [id, service(id)])),
    });
    const main = fileURLToPath(new URL('main.js', DIST));
    this.monitors[name] = this.#start(name, process.execPath, [
      ...[main, `--config.file=${file}`],
      ...['--web.listen-address=0.0.0.0:8083', `--storage.path=${join(folder, 'data')}`],
    ]);
  }

  async json<T>(name: Name, path: string): Promise<T> {
    return JSON.parse(await this.#network.get(name, `http://127.0.0.1:8083${path}`)) as T;
  }

  async lease(name: Name): Promise<Lease> {
    return (await this.json<{ ha: { lease: Lease } }>(name, '/health')).ha.lease;
  }

  async isPeerSeen(name: Name): Promise<boolean> {
    const { ha } = await this.json<{ ha: { peers: { status: string }[] } }>(name, '/health');
    return ha.peers[0]?.status === 'ok';
  }

  /** A service fails from now on, or answers. */
  async set(id: string, isUp: boolean): Promise<void> {
    await this.#network.get('hub', `http://127.0.0.1:9000/set/${id}/${isUp ? 200 : 500}`);
  }

  /** What the receiver got about a service that is down, in order. */
  about(id: string): string[] {
    return this.#hub.output
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as { status: string; labels: Record<string, string> })
      .filter(({ labels }) => labels.alertname === 'ServiceDown' && labels.target === id)
      .map(({ status }) => status);
  }

  /** One of both holds the lease, the other one waits for it, and nothing is wrong. */
  async settled(): Promise<[holder: Name, standby: Name]> {
    return await vi.waitFor(async () => {
      const [a, b] = [await this.lease('a'), await this.lease('b')];
      expect([a.state, b.state].sort()).toEqual(['held', 'standby']);
      expect([a.status, b.status]).toEqual(['ok', 'ok']);
      for (const name of ['a', 'b'] as const) expect(await this.isPeerSeen(name)).toBe(true);
      return a.state === 'held' ? ['a', 'b'] : ['b', 'a'];
    }, PATIENCE);
  }

  /** Both monitors show an alert about a service. */
  async known(id: string): Promise<void> {
    await vi.waitFor(async () => {
      for (const name of ['a', 'b'] as const) {
        const { alerts } = await this.json<ClusterHealth>(name, '/cluster_health');
        expect(alerts.some(line => line.startsWith(`CRITICAL: ${id} `))).toBe(true);
      }
    }, PATIENCE);
  }

  logs(): string {
    return this.#children.map(({ output }) => output).join('\n---\n');
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map(child => child.kill()));
    this.#network.close();
    removeFolder(this.#folder);
  }
}

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

test('lines are cut one after the other, and each message comes once', async ({ skip }) => {
  const obstacle = namespacesObstacle();
  if (obstacle !== undefined) skip(obstacle);
  world = await World.open();
  const all = world;
  // What each of them saw and sent, and when, tells which of the many steps went another way.
  onTestFailed(() => console.error(all.logs()));
  const got = (id: string, want: string[]) =>
    vi.waitFor(() => expect([id, ...all.about(id)]).toEqual([id, ...want]), PATIENCE);
  const [first, second] = await all.settled();

  // All lines are whole.
  await all.set('s0', false);
  await got('s0', ['firing']);
  await all.known('s0');
  await all.set('s0', true);
  await got('s0', ['firing', 'resolved']);

  // The line between the two monitors.
  all.peers.cut();
  await vi.waitFor(async () => {
    for (const name of ['a', 'b'] as const) expect(await all.isPeerSeen(name)).toBe(false);
  }, PATIENCE);
  await all.set('s1', false);
  await all.known('s1');
  await got('s1', ['firing']);
  expect((await all.lease(first)).state).toBe('held');
  all.peers.mend();
  await all.settled();

  // The line between the one that sends and Redis: the other one takes over, and this one, which its peer answers, is quiet.
  all.lines[first].redis.cut();
  await vi.waitFor(async () => {
    expect(await all.lease(second)).toMatchObject({ state: 'held', is_sending: true });
    expect(await all.lease(first)).toMatchObject({ state: 'unavailable', is_sending: false });
  }, PATIENCE);
  await all.set('s2', false);
  await all.known('s2');
  await got('s2', ['firing']);
  all.lines[first].redis.mend();
  expect(await all.settled()).toEqual([second, first]);

  // The lines between the one that sends and everything: it sees all services down and sends that, to no receiver.
  const lines = [all.peers, all.lines[second].redis, all.lines[second].services];
  for (const line of lines) line.cut();
  await vi.waitFor(async () => {
    expect(await all.lease(first)).toMatchObject({ state: 'held', is_sending: true });
    expect(await all.lease(second)).toMatchObject({ state: 'unavailable', is_sending: true });
  }, PATIENCE);
  await all.set('s3', false);
  await got('s3', ['firing']);
  for (const line of lines) line.mend();
  expect(await all.settled()).toEqual([first, second]);

  for (const id of ['s1', 's2', 's3']) {
    await all.set(id, true);
    await vi.waitFor(() => expect([id, all.about(id).at(-1)]).toEqual([id, 'resolved']), PATIENCE);
  }
  // What was sent before it was cut off is not repeated.
  await got('s1', ['firing', 'resolved']);
  await got('s2', ['firing', 'resolved']);
  // What it had under way meanwhile it may send when the line is whole again: twice rather than never, and with its end.
  const withoutRepeats = (id: string) => all.about(id).filter((status, i, of) => status !== of[i - 1]);
  await vi.waitFor(() => {
    expect(withoutRepeats('s3')).toEqual(['firing', 'resolved']);
    expect(withoutRepeats('s0').slice(-2)).toEqual(['firing', 'resolved']);
  }, PATIENCE);
  expect(all.about('s3').length).toBeLessThanOrEqual(4);
  expect(all.about('s0').length).toBeLessThanOrEqual(4);
});
