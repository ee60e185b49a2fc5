// A storage folder that cannot be written, and a disk that is full for a while: one clear line, the rest continues, and
// everything is written once that is possible.

import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeSmall, type SmallDisk } from '../store/small-disk.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { type RunningMonitor, startMonitor } from '../support/monitor.js';
import { wholeHistory } from './cluster-health.js';

/** A file that could not be opened is retried after half a minute. */
const PATIENCE = { timeout: 90_000, interval: 200 };
const UNPRIVILEGED = 65_534;
const CONFIG = {
  scan: { intervals: { critical: '500ms', other: '500ms' } },
  query: { scrape_interval: '1s' },
  services: { tools: { url: 'http://127.0.0.1:1/', confirm: { failures: 1, successes: 1 } } },
};
const isRoot = process.getuid?.() === 0;

let folder: string;
let data: string;

beforeEach(() => {
  folder = makeFolder('storage');
  chmodSync(folder, 0o755);
  data = join(folder, 'data');
  mkdirSync(data);
  chmodSync(data, 0o755);
});
afterEach(() => removeFolder(folder));

const health = (monitor: RunningMonitor) => monitor.json<{ store: string; samples: string }>('/health');
const errors = (monitor: RunningMonitor) =>
  monitor.log
    .filter(({ level, msg }) => level === 'error' || /not locked/.test(msg ?? ''))
    .map(({ msg }) => msg);

describe.skipIf(!isRoot)('a folder of another user', () => {
  test('is named with its owner, the monitor runs, and writes once it may', async () => {
    await using monitor = await startMonitor(CONFIG, { folder, user: UNPRIVILEGED });
    await expect.poll(async () => (await wholeHistory(monitor)).count, PATIENCE).toBeGreaterThan(2);
    const why = `unable to open database file: ${data} belongs to user 0 (mode 0755) and may not be written by this process (user ${UNPRIVILEGED}); change its owner or mode, or name another --storage.path`;
    await expect.poll(() => health(monitor), PATIENCE).toMatchObject({ store: why, samples: why });
    expect(await monitor.metric('langgraph_monitor_store_up')).toBe(0);
    expect(errors(monitor).sort()).toEqual([
      'Samples cannot be written; they are kept in memory meanwhile',
      'Storage folder is not locked; nothing is written to it',
      'The store cannot be written; scans are kept in memory meanwhile',
    ]);
    chownSync(data, UNPRIVILEGED, UNPRIVILEGED);
    await expect.poll(() => health(monitor), PATIENCE).toMatchObject({ store: 'ok', samples: 'ok' });
    await expect.poll(() => monitor.metric('langgraph_monitor_store_up'), PATIENCE).toBe(1);
    await monitor.kill();
    await using again = await startMonitor(CONFIG, { folder, user: UNPRIVILEGED });
    expect((await wholeHistory(again)).count).toBeGreaterThan(2);
  }, 240_000);

  test('whose lock file only is another user’s is used, with a warning', async () => {
    chownSync(data, UNPRIVILEGED, UNPRIVILEGED);
    writeFileSync(join(data, 'lock'), '');
    await using monitor = await startMonitor(CONFIG, { folder, user: UNPRIVILEGED });
    expect(await health(monitor)).toMatchObject({ store: 'ok' });
    expect(errors(monitor)).toEqual([
      'Storage folder is not locked; another monitor that uses it would not be noticed',
    ]);
    expect(monitor.log.find(({ msg }) => /not locked/.test(msg ?? ''))?.err).toContain(
      `${join(data, 'lock')} belongs to user 0 (mode 0644) and may not be written by this process`,
    );
  });
});

describe.skipIf(!isRoot)('a full disk', () => {
  let disk: SmallDisk;
  beforeEach(() => {
    disk = makeSmall(data);
  });
  afterEach(() => disk.close());

  /** Fills the disk. */
  function fill(): void {
    const block = Buffer.alloc(4096);
    try {
      for (let i = 0; i < 10_000; i++) writeFileSync(join(data, 'fill'), block, { flag: 'a' });
    } catch {
      return;
    }
    throw new Error('the disk is not small');
  }

  async function silence(monitor: RunningMonitor, i: number): Promise<[status: number, text: string]> {
    const response = await monitor.get('/api/v2/silences', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [{ name: 'target', value: `s${i}`, isRegex: false }],
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        createdBy: 'me',
        comment: 'x'.repeat(20_000),
      }),
    });
    return [response.status, await response.text()];
  }
  const silenced = async (monitor: RunningMonitor) =>
    (await monitor.json<{ matchers: { value: string }[] }[]>('/api/v2/silences'))
      .map(({ matchers }) => matchers[0]?.value)
      .sort();

  test('loses no silence: one that is not on disk is an error, and is written when there is room', async () => {
    let monitor = await startMonitor(CONFIG, { folder });
    try {
      expect(await health(monitor)).toMatchObject({ store: 'ok' });
      fill();
      const wanted: string[] = [];
      let refused = '';
      // Some fit into free pages of the file.
      for (let i = 0; i < 200 && refused === ''; i++) {
        const [status, text] = await silence(monitor, i);
        wanted.push(`s${i}`);
        if (status !== 200) refused = `${status} ${text}`;
      }
      expect(refused).toMatch(/^500 .*is in force but not on disk: a restart forgets it/);
      expect(await silenced(monitor)).toEqual(wanted.sort());
      // What is smaller than a silence may find room still.
      await vi.waitFor(async () => {
        fill();
        expect((await health(monitor)).store).toBe(
          `database or disk is full: make room on the disk of ${data}; writing is tried again by itself`,
        );
        expect(await monitor.metric('langgraph_monitor_store_up')).toBe(0);
      }, PATIENCE);
      expect((await monitor.get('/-/reload', { method: 'POST' })).status).toBe(403);
      expect((await monitor.get('/cluster_health?max_age=0')).status).toBe(200);

      rmSync(join(data, 'fill'));
      disk.grow();
      await expect.poll(async () => (await health(monitor)).store, PATIENCE).toBe('ok');
      await monitor.kill();
      monitor = await startMonitor(CONFIG, { folder });
      expect(await silenced(monitor)).toEqual(wanted.sort());
    } finally {
      await monitor[Symbol.asyncDispose]();
    }
  }, 240_000);

  test('does not prevent the start of the monitor', async () => {
    fill();
    await using monitor = await startMonitor(CONFIG, { folder });
    await expect.poll(async () => (await wholeHistory(monitor)).count, PATIENCE).toBeGreaterThan(1);
    const store = async () => (await health(monitor)).store;
    await expect.poll(store, PATIENCE).toMatch(/^database or disk is full: make room on the disk of /);
    rmSync(join(data, 'fill'));
    disk.grow();
    await expect.poll(() => health(monitor), PATIENCE).toMatchObject({ store: 'ok', samples: 'ok' });
    await monitor.kill();
  }, 240_000);
});
