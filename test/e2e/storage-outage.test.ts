// A disk that is full or mounted read-only while notifications are sent, and a restart in the middle of it: what was
// acknowledged stays in force, what was sent is not sent again, and all of it is written once it can be.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

let folder: string;
let data: string;
let port: number;
let ops: Endpoint;
let monitor: RunningMonitor | undefined;

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

beforeEach(async () => {
  folder = makeFolder('outage');
  data = join(folder, 'data');
  mkdirSync(data);
  mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', data);
  port = await freePort();
  ops = await startEndpoint();
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route:
  receiver: log
  routes:
    - { matchers: [team="ops"], receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - { name: log }
  - { name: ops, webhook_configs: [{ url: "${ops.url}/" }] }
`,
  );
});
afterEach(async () => {
  await monitor?.[Symbol.asyncDispose]();
  monitor = undefined;
  await ops.close();
  spawnSync('umount', ['-l', data]);
  removeFolder(folder);
});

async function start(): Promise<RunningMonitor> {
  monitor = await startMonitor(CONFIG, { folder, flags: [`--web.listen-address=127.0.0.1:${port}`] });
  return monitor;
}

async function stop(how: 'stop' | 'kill'): Promise<void> {
  await monitor?.[how]();
  monitor = undefined;
}

/** Takes all the room there is. */
function fill(): void {
  const block = Buffer.alloc(4096);
  try {
    for (let i = 0; i < 10_000; i++) writeFileSync(join(data, 'fill'), block, { flag: 'a' });
  } catch {
    return;
  }
  throw new Error('the disk is not small');
}

const OUTAGES: [name: string, begin: () => void, end: () => void, why: RegExp][] = [
  [
    'a full disk',
    fill,
    () => {
      rmSync(join(data, 'fill'));
      mount('-o', 'remount,size=32m', data);
    },
    /^(database or disk is full|disk I\/O error): make room on the disk of /,
  ],
  [
    'a read-only mount',
    () => mount('-o', 'remount,ro', data),
    () => mount('-o', 'remount,rw', data),
    /is on a file system mounted read-only; mount it for writing or name another --storage\.path$/,
  ],
];

const seconds = (n: number) => new Date(Date.now() + n * 1000).toISOString();

async function post(path: string, body: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const response = await (monitor as RunningMonitor).get(`/api/v2/${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return response.status;
}

const raise = (alertname: string, endsAt = seconds(3600)) =>
  post('alerts', [{ labels: { alertname, team: 'ops' }, endsAt }]);
const silence = (alertname: string) =>
  post('silences', {
    matchers: [{ name: 'alertname', value: alertname, isRegex: false }],
    startsAt: seconds(0),
    endsAt: seconds(3600),
    createdBy: 'ann',
    comment: 'upgrade',
  });
const json = <T>(path: string) => (monitor as RunningMonitor).json<T>(path);
const silenced = async () =>
  (await json<{ matchers: { value: string }[] }[]>('/api/v2/silences'))
    .map(({ matchers }) => matchers[0]?.value)
    .sort();
const active = async () =>
  (await json<{ labels: { alertname: string; team?: string } }[]>('/api/v2/alerts'))
    .filter(({ labels }) => labels.team === 'ops')
    .map(({ labels }) => labels.alertname)
    .sort();
/** What was sent, in order: `Known firing`. */
const sent = () =>
  ops.requests.flatMap(({ body }) =>
    (JSON.parse(body) as { alerts: { status: string; labels: { alertname: string } }[] }).alerts.map(
      ({ status, labels }) => `${labels.alertname} ${status}`,
    ),
  );
/** How many samples there are of the time before a moment; undefined without any. */
const samplesBefore = async (at: number): Promise<number | undefined> => {
  const query = encodeURIComponent(`count_over_time(langgraph_monitor_store_up[10m] @ ${at / 1000})`);
  const { data } = await json<{ data: { result: { value: [number, string] }[] } }>(
    `/api/v1/query?query=${query}`,
  );
  const [sample] = data.result;
  return sample && Number(sample.value[1]);
};
const storage = async () => (await json<{ store: string }>('/health')).store;

describe.skipIf(!canMount()).each(OUTAGES)('%s', (_, begin, end, why) => {
  test.each(['stop', 'kill'] as const)(
    'before a start, after a %s',
    async how => {
      await start();
      expect(await silence('Muted')).toBe(200);
      expect([await raise('Known'), await raise('Muted')]).toEqual([200, 200]);
      await expect.poll(sent, PATIENCE).toEqual(['Known firing']);
      await expect.poll(async () => (await samplesBefore(Date.now())) ?? 0, PATIENCE).toBeGreaterThan(0);
      const first = Date.now();
      const samples = (await samplesBefore(first)) ?? 0;
      await stop(how);

      begin();
      await start();
      expect(await storage()).toMatch(why);
      // Samples of the earlier run are read from where nothing can be written.
      // What was shown is there; a scrape of that time may have been on its way to the disk.
      await expect
        .poll(async () => (await samplesBefore(first)) ?? 0, PATIENCE)
        .toBeGreaterThanOrEqual(samples);
      // Until the first of this run's samples are to be written, there is nothing wrong with them to say.
      await expect
        .poll(async () => (await json<{ samples: string }>('/health')).samples, PATIENCE)
        .toMatch(why);
      expect(await monitor?.metric('langgraph_monitor_store_up')).toBe(0);
      expect(await silenced()).toEqual(['Muted']);
      expect(await active()).toEqual(['Known', 'Muted']);
      // What cannot be written is not acknowledged, and in force all the same.
      expect([await raise('Fresh'), await silence('Later')]).toEqual([500, 500]);
      await expect.poll(sent, PATIENCE).toEqual(['Known firing', 'Fresh firing']);
      expect(await raise('Known', seconds(0))).toBe(500);
      await expect.poll(sent, PATIENCE).toEqual(['Known firing', 'Fresh firing', 'Known resolved']);

      if (how === 'stop') return;
      end();
      await expect.poll(storage, PATIENCE).toBe('ok');
      await expect.poll(() => monitor?.metric('langgraph_monitor_store_up'), PATIENCE).toBe(1);
      await stop('kill');
      await start();
      expect(await silenced()).toEqual(['Later', 'Muted']);
      expect(await active()).toEqual(['Fresh', 'Muted']);
      // Its first message comes after all that the restart could send again.
      expect(await raise('Last')).toBe(200);
      await expect.poll(sent, PATIENCE).toContain('Last firing');
      expect(sent()).toEqual(['Known firing', 'Fresh firing', 'Known resolved', 'Last firing']);
    },
    TEST_PATIENCE,
  );
});

test.skipIf(!canMount())(
  'a read-only mount that becomes writable is locked: of two monitors one writes, the other says so and follows',
  async () => {
    mount('-o', 'remount,ro', data);
    await start();
    await using other = await startMonitor(CONFIG, { folder });
    const states = async () => [await storage(), (await other.json<{ store: string }>('/health')).store];
    const isReadOnly = /mounted read-only/;
    expect(await states()).toEqual([expect.stringMatching(isReadOnly), expect.stringMatching(isReadOnly)]);
    mount('-o', 'remount,rw', data);
    const inUse =
      /^--storage\.path: .* is in use by another langgraph-monitor( \(process \d+\))?; stop that one/;
    await expect
      .poll(async () => (await states()).sort(), PATIENCE)
      .toEqual([expect.stringMatching(inUse), 'ok']);
    const isFirst = (await storage()) === 'ok';
    const [writer, waiting] = isFirst
      ? [monitor as RunningMonitor, other]
      : [other, monitor as RunningMonitor];
    expect(await waiting.metric('langgraph_monitor_store_up')).toBe(0);
    expect(waiting.logged('Store opened')).toEqual([]);
    await writer.stop();
    await expect
      .poll(async () => (await waiting.json<{ store: string }>('/health')).store, PATIENCE)
      .toBe('ok');
    expect(waiting.logged('Storage folder is locked')).toHaveLength(1);
  },
  TEST_PATIENCE,
);

test.skipIf(!canMount())(
  'a disk that fills up while notifications are sent: each is sent once, and known after a kill when there was room',
  async () => {
    const [, begin, end, why] = OUTAGES[0] as (typeof OUTAGES)[number];
    await start();
    expect(await raise('Known')).toBe(200);
    await expect.poll(sent, PATIENCE).toEqual(['Known firing']);
    begin();
    const names = Array.from({ length: 40 }, (_, i) => `Fresh${String(i).padStart(2, '0')}`);
    const statuses: number[] = [];
    for (const name of names) statuses.push(await raise(name));
    // Some find room in a file that is there already.
    expect(statuses.at(-1)).toBe(500);
    const wanted = ['Known firing', ...names.map(name => `${name} firing`)];
    await expect.poll(() => sent().sort(), PATIENCE).toEqual(wanted.toSorted());
    expect(await storage()).toMatch(why);
    for (const name of names) await raise(name);
    end();
    await expect.poll(storage, PATIENCE).toBe('ok');
    await stop('kill');
    await start();
    expect(await active()).toEqual([...names, 'Known']);
    expect(await raise('Last')).toBe(200);
    await expect.poll(sent, PATIENCE).toContain('Last firing');
    expect(sent().sort()).toEqual([...wanted, 'Last firing'].sort());
  },
  TEST_PATIENCE,
);
