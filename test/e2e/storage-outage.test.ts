// A disk that is full or mounted read-only while notifications are sent, and a restart in the middle of it: what was
// acknowledged stays in force, what was sent is not sent again, and all of it is written once it can be.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { freePort, makeFolder, removeFolder } from '../support/child.js';
import { type Endpoint, startEndpoint } from '../support/endpoint.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';

/** A file that could not be opened is tried again after half a minute. */
const PATIENCE = { timeout: 90_000, interval: 200 };
const TEST_PATIENCE = 240_000;
const CONFIG = {
  scan: { intervals: { critical: '1s', other: '1s' } },
  host: { enabled: false },
  services: { tools: { url: 'http://127.0.0.1:1/' } },
};

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
}

const canMount = () => {
  const place = makeFolder('mount');
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]).status === 0;
  if (isMounted) spawnSync('umount', [place]);
  removeFolder(place);
  return isMounted;
};

const seconds = (n: number) => new Date(Date.now() + n * 1000).toISOString();

/** A monitor whose storage is a small disk, and who is sent its alerts. A test's own: the tests run at once. */
class World implements AsyncDisposable {
  readonly folder: string;
  readonly data: string;
  readonly #port: number;
  readonly #ops: Endpoint;
  #monitor: RunningMonitor | undefined;

  private constructor(folder: string, port: number, ops: Endpoint) {
    this.folder = folder;
    this.data = join(folder, 'data');
    this.#port = port;
    this.#ops = ops;
  }

  /** Without a monitor yet. */
  static async open(): Promise<World> {
    const world = new World(makeFolder('outage'), await freePort(), await startEndpoint());
    mkdirSync(world.data);
    mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', world.data);
    writeFileSync(
      join(world.folder, 'alertmanager.yml'),
      `route:
  receiver: log
  routes:
    - { matchers: [team="ops"], receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - { name: log }
  - { name: ops, webhook_configs: [{ url: "${world.#ops.url}/" }] }
`,
    );
    return world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#monitor?.[Symbol.asyncDispose]();
    await this.#ops.close();
    spawnSync('umount', ['-l', this.data]);
    removeFolder(this.folder);
  }

  /** The one that was started last. */
  get monitor(): RunningMonitor {
    if (!this.#monitor) throw new Error('no monitor runs');
    return this.#monitor;
  }

  async start(): Promise<void> {
    const flags = [`--web.listen-address=127.0.0.1:${this.#port}`];
    this.#monitor = await startMonitor(CONFIG, { folder: this.folder, flags });
  }

  async stop(how: 'stop' | 'kill'): Promise<void> {
    await this.#monitor?.[how]();
    this.#monitor = undefined;
  }

  async #post(path: string, body: unknown): Promise<number> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await this.monitor.get(`/api/v2/${path}`, init)).status;
  }

  raise(alertname: string, endsAt = seconds(3600)): Promise<number> {
    return this.#post('alerts', [{ labels: { alertname, team: 'ops' }, endsAt }]);
  }

  silence(alertname: string): Promise<number> {
    return this.#post('silences', {
      matchers: [{ name: 'alertname', value: alertname, isRegex: false }],
      startsAt: seconds(0),
      endsAt: seconds(3600),
      createdBy: 'ann',
      comment: 'upgrade',
    });
  }

  async silenced(): Promise<(string | undefined)[]> {
    const silences = await this.monitor.json<{ matchers: { value: string }[] }[]>('/api/v2/silences');
    return silences.map(({ matchers }) => matchers[0]?.value).sort();
  }

  async active(): Promise<string[]> {
    return (await this.monitor.json<{ labels: { alertname: string; team?: string } }[]>('/api/v2/alerts'))
      .filter(({ labels }) => labels.team === 'ops')
      .map(({ labels }) => labels.alertname)
      .sort();
  }

  /** What was sent, in order: `Known firing`. */
  readonly sent = (): string[] =>
    this.#ops.requests.flatMap(({ body }) =>
      (JSON.parse(body) as { alerts: { status: string; labels: { alertname: string } }[] }).alerts.map(
        ({ status, labels }) => `${labels.alertname} ${status}`,
      ),
    );

  /** How many samples there are of the time before a moment; undefined without any. */
  async samplesBefore(at: number): Promise<number | undefined> {
    const query = encodeURIComponent(`count_over_time(langgraph_monitor_store_up[10m] @ ${at / 1000})`);
    const { data } = await this.monitor.json<{ data: { result: { value: [number, string] }[] } }>(
      `/api/v1/query?query=${query}`,
    );
    const [sample] = data.result;
    return sample && Number(sample.value[1]);
  }

  readonly storage = async () => (await this.monitor.json<{ store: string }>('/health')).store;
}

/** Takes all the room there is. */
function fill(data: string): void {
  const block = Buffer.alloc(4096);
  try {
    for (let i = 0; i < 10_000; i++) writeFileSync(join(data, 'fill'), block, { flag: 'a' });
  } catch {
    return;
  }
  throw new Error('the disk is not small');
}

const OUTAGES: [name: string, begin: (data: string) => void, end: (data: string) => void, why: RegExp][] = [
  [
    'a full disk',
    fill,
    data => {
      rmSync(join(data, 'fill'));
      mount('-o', 'remount,size=32m', data);
    },
    /^(database or disk is full|disk I\/O error): make room on the disk of /,
  ],
  [
    'a read-only mount',
    data => mount('-o', 'remount,ro', data),
    data => mount('-o', 'remount,rw', data),
    /is on a file system mounted read-only; mount it for writing or name another --storage\.path$/,
  ],
];

describe.skipIf(!canMount()).concurrent.each(OUTAGES)('%s', (_, begin, end, why) => {
  test.each(['stop', 'kill'] as const)(
    'before a start, after a %s',
    async how => {
      await using world = await World.open();
      await world.start();
      expect(await world.silence('Muted')).toBe(200);
      expect([await world.raise('Known'), await world.raise('Muted')]).toEqual([200, 200]);
      await vi.waitFor(() => expect(world.sent()).toEqual(['Known firing']), PATIENCE);
      await vi.waitFor(
        async () => expect((await world.samplesBefore(Date.now())) ?? 0).toBeGreaterThan(0),
        PATIENCE,
      );
      const first = Date.now();
      const samples = (await world.samplesBefore(first)) ?? 0;
      await world.stop(how);

      begin(world.data);
      await world.start();
      await vi.waitFor(async () => expect(await world.storage()).toMatch(why), PATIENCE);
      // Samples of the earlier run are read from where nothing can be written.
      // What was shown is there; a scrape of that time may have been on its way to the disk.
      await vi.waitFor(
        async () => expect((await world.samplesBefore(first)) ?? 0).toBeGreaterThanOrEqual(samples),
        PATIENCE,
      );
      // Until the first of this run's samples are to be written, there is nothing wrong with them to say.
      await vi.waitFor(
        async () => expect((await world.monitor.json<{ samples: string }>('/health')).samples).toMatch(why),
        PATIENCE,
      );
      // Files of the earlier run that were opened and closed again leave some room, and what may be written then is acknowledged.
      await vi.waitFor(async () => {
        begin(world.data);
        expect(await world.storage()).toMatch(why);
      }, PATIENCE);
      expect(await world.monitor.metric('langgraph_monitor_store_up')).toBe(0);
      expect(await world.silenced()).toEqual(['Muted']);
      expect(await world.active()).toEqual(['Known', 'Muted']);
      // What cannot be written is not acknowledged, and in force all the same.
      // A file that was made shorter since may have left some room.
      const whileBroken = (act: () => Promise<number>) => {
        begin(world.data);
        return act();
      };
      expect(await whileBroken(() => world.raise('Fresh'))).toBe(500);
      expect(await whileBroken(() => world.silence('Later'))).toBe(500);
      await vi.waitFor(() => expect(world.sent()).toEqual(['Known firing', 'Fresh firing']), PATIENCE);
      expect(await whileBroken(() => world.raise('Known', seconds(0)))).toBe(500);
      await vi.waitFor(
        () => expect(world.sent()).toEqual(['Known firing', 'Fresh firing', 'Known resolved']),
        PATIENCE,
      );

      if (how === 'stop') return;
      end(world.data);
      await vi.waitFor(async () => expect(await world.storage()).toBe('ok'), PATIENCE);
      await vi.waitFor(
        async () => expect(await world.monitor.metric('langgraph_monitor_store_up')).toBe(1),
        PATIENCE,
      );
      await world.stop('kill');
      await world.start();
      expect(await world.silenced()).toEqual(['Later', 'Muted']);
      expect(await world.active()).toEqual(['Fresh', 'Muted']);
      // Its first message comes after all that the restart could send again.
      expect(await world.raise('Last')).toBe(200);
      await vi.waitFor(() => expect(world.sent()).toContain('Last firing'), PATIENCE);
      expect(world.sent()).toEqual(['Known firing', 'Fresh firing', 'Known resolved', 'Last firing']);
    },
    TEST_PATIENCE,
  );
});

test.skipIf(!canMount()).concurrent(
  'a read-only mount that becomes writable is locked: of two monitors one writes, the other says so and follows',
  async () => {
    await using world = await World.open();
    mount('-o', 'remount,ro', world.data);
    await world.start();
    await using other = await startMonitor(CONFIG, { folder: world.folder });
    const states = async () => [
      await world.storage(),
      (await other.json<{ store: string }>('/health')).store,
    ];
    const isReadOnly = /mounted read-only/;
    expect(await states()).toEqual([expect.stringMatching(isReadOnly), expect.stringMatching(isReadOnly)]);
    mount('-o', 'remount,rw', world.data);
    const inUse =
      /^--storage\.path: .* is in use by another langgraph-monitor( \(process \d+\))?; stop that one/;
    await vi.waitFor(
      async () => expect((await states()).sort()).toEqual([expect.stringMatching(inUse), 'ok']),
      PATIENCE,
    );
    const isFirst = (await world.storage()) === 'ok';
    const [writer, waiting] = isFirst ? [world.monitor, other] : [other, world.monitor];
    expect(await waiting.metric('langgraph_monitor_store_up')).toBe(0);
    expect(waiting.logged('Store opened')).toEqual([]);
    await writer.stop();
    await vi.waitFor(
      async () => expect((await waiting.json<{ store: string }>('/health')).store).toBe('ok'),
      PATIENCE,
    );
    expect(waiting.logged('Storage folder is locked')).toHaveLength(1);
  },
  TEST_PATIENCE,
);

test.skipIf(!canMount()).concurrent(
  'a disk that fills up while notifications are sent: each is sent once, and known after a kill when there was room',
  async () => {
    await using world = await World.open();
    const [, begin, end, why] = OUTAGES[0] as (typeof OUTAGES)[number];
    await world.start();
    expect(await world.raise('Known')).toBe(200);
    await vi.waitFor(() => expect(world.sent()).toEqual(['Known firing']), PATIENCE);
    begin(world.data);
    const names = Array.from({ length: 40 }, (_, i) => `Fresh${String(i).padStart(2, '0')}`);
    const statuses: number[] = [];
    for (const name of names) statuses.push(await world.raise(name));
    // Some find room in a file that is there already.
    expect(statuses.at(-1)).toBe(500);
    const wanted = ['Known firing', ...names.map(name => `${name} firing`)];
    await vi.waitFor(() => expect(world.sent().sort()).toEqual(wanted.toSorted()), PATIENCE);
    await vi.waitFor(async () => {
      begin(world.data);
      expect(await world.storage()).toMatch(why);
    }, PATIENCE);
    for (const name of names) await world.raise(name);
    end(world.data);
    await vi.waitFor(async () => expect(await world.storage()).toBe('ok'), PATIENCE);
    await world.stop('kill');
    await world.start();
    expect(await world.active()).toEqual([...names, 'Known']);
    expect(await world.raise('Last')).toBe(200);
    await vi.waitFor(() => expect(world.sent()).toContain('Last firing'), PATIENCE);
    expect(world.sent().sort()).toEqual([...wanted, 'Last firing'].sort());
  },
  TEST_PATIENCE,
);
