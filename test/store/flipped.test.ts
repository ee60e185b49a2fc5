// What becomes of both files when the disk gives back another byte than was written, wherever it is: no wrong answer, as
// little lost as can be, and it is said.

import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import type { StoredHistoryEntry } from '../../src/store/alert-history.js';
import { Store } from '../../src/store/store.js';
import { SampleStore } from '../../src/tsdb/store.js';
import { makeFolder, removeFolder } from '../support/child.js';

const EVERY = 1777;
const INTERVAL = 15_000;
const MINUTE = 60_000;
const YEAR = 31_536_000_000;
const START = 1_700_000_000_000;
const SCANS = 250;
const SCRAPES = 260;

let folder: string;
let now = START;
let logged: string[] = [];
const clock = { now: () => now, elapsed: () => now };
const log = (_level: string, message: string, fields: Record<string, unknown>) =>
  logged.push(`${message} ${JSON.stringify(fields)}`);

beforeAll(() => {
  folder = makeFolder('flipped');
});
afterAll(() => removeFolder(folder));

const openStore = (file: string) => new Store({ file, retention: YEAR, log, clock });
const openSamples = (file: string) => new SampleStore({ file, retention: YEAR, log, clock });

const scanOf = (i: number) => ({
  at: START + i * MINUTE + 0.5,
  entry: JSON.stringify({ i, noise: Math.sin(i) }),
});
const episodeOf = (i: number): StoredHistoryEntry => ({
  id: `episode ${String(i).padStart(4, '0')}`,
  startsAt: START + i * MINUTE,
  endsAt: START + i * MINUTE + 500,
  severity: 'critical',
  service: `service${i}`,
  alertname: 'ServiceDown',
  body: { number: i, text: `what happened to service ${i}` },
});

function fillStore(file: string): void {
  const store = openStore(file);
  for (let i = 0; i < SCANS; i++) store.append(scanOf(i));
  for (let i = 0; i < 100; i++)
    store.states.upsert('silence', [[`key ${i}`, { i, comment: `silence ${i}` }]]);
  store.alertHistory.upsert(Array.from({ length: 200 }, (_, i) => episodeOf(i)));
  store.close();
}

const figureOf = (series: number, scrape: number) => Math.round(1000 * Math.sin(series + scrape / 7)) / 8;
const labelsOf = (series: number) =>
  Labels.sorted(['__name__', 'target'], ['response_time', `service ${series} of the cluster`]);

const flat = ({ names, values }: Labels) => names.flatMap((name, i) => [name, values[i] as string]);

/** Whose scrapes are stored, and of how many series. */
interface Scraped {
  /** Of a target; otherwise they are the monitor's own. */
  readonly stream?: string;
  readonly series: number;
}
const OWN: Scraped = { series: 8 };
/** So many that their labels share rows. */
const TARGET: Scraped = { stream: 'target', series: 80 };

function scrape(store: SampleStore, n: number, { stream, series }: Scraped): void {
  now = START + n * INTERVAL;
  const values = Array.from({ length: series }, (_, i) => figureOf(i, n));
  const layout = { series: Array.from({ length: series }, (_, i) => flat(labelsOf(i))) };
  const whole = { at: now, parts: [{ source: 'all', layout, values }], gone: [] };
  if (stream === undefined) store.append(whole);
  else store.appendStreams([{ stream, ...whole }]);
}

function fillSamples(file: string, scraped: Scraped): void {
  const store = openSamples(file);
  for (let n = 0; n < SCRAPES; n++) {
    scrape(store, n, scraped);
    if (n % 50 === 0) while (store.maintain(Number.POSITIVE_INFINITY));
  }
  store.close();
}

/** Every copy of a file with one byte flipped, as `[offset, path]`. */
function* flips(whole: string, name: string, step = EVERY): Generator<[number, string]> {
  const bytes = readFileSync(whole);
  for (let at = 0; at < bytes.length; at += step) {
    const path = join(folder, `${name}-${at}.db`);
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] as number) ^ 0xff;
    writeFileSync(path, flipped);
    logged = [];
    yield [at, path];
  }
}

/** What a store has, each thing as a text. */
function contentOf(store: Store): Set<string> {
  const texts = store.scans({ limit: 10_000 }).map(scan => JSON.stringify(scan));
  for (const entry of store.states.all('silence')) texts.push(JSON.stringify(entry));
  for (const each of store.alertHistory.select({ limit: 10_000 }).episodes) texts.push(JSON.stringify(each));
  return new Set(texts);
}

test('monitor.db: every 1,777th byte flipped in turn', () => {
  const whole = join(folder, 'whole-monitor.db');
  fillStore(whole);
  now = START + SCANS * MINUTE;
  copyFileSync(whole, join(folder, 'reference.db'));
  const reference = openStore(join(folder, 'reference.db'));
  const before = contentOf(reference);
  reference.close();
  expect(before.size).toBe(SCANS + 100 + 200);
  const later = scanOf(SCANS + 1);
  const untold: number[] = [];
  const wrong: [number, string][] = [];
  let lost = 0;
  let flipped = 0;
  for (const [at, path] of flips(whole, 'monitor')) {
    flipped++;
    const store = openStore(path);
    const found = contentOf(store);
    for (const text of found) if (!before.has(text)) wrong.push([at, text]);
    lost += before.size - found.size;
    if (found.size < before.size && store.damage.at === undefined) untold.push(at);
    store.append(later);
    store.states.upsert('silence', [['new', 1]]);
    expect([at, store.problem, store.pending, store.scans({ limit: 1 })]).toEqual([
      at,
      undefined,
      0,
      [later],
    ]);
    expect(store.count).toBe(store.scans({ limit: 10_000 }).length);
    store.close();
    const again = openStore(path);
    const kept = contentOf(again);
    expect([at, again.damage.rows, kept.size]).toEqual([at, 0, found.size + 2]);
    again.close();
  }
  expect(wrong).toEqual([]);
  expect(untold).toEqual([]);
  expect(flipped).toBeGreaterThan(40);
  // A page's rows now and then; all of them only where the file's first page is hit.
  expect(lost / flipped).toBeLessThan(0.1 * before.size);
});

/** How many samples a store has, and those of them that never were. */
function samplesOf(store: SampleStore, { series }: Scraped): { count: number; wrong: string[] } {
  const matcher = { name: '__name__', op: '=' as const, value: 'response_time', matches: () => true };
  const names = new Map(Array.from({ length: series }, (_, i) => [labelsOf(i).key, i]));
  const wrong: string[] = [];
  let count = 0;
  for (const { labels, times, values } of store.select([matcher], 0, Number.MAX_SAFE_INTEGER)) {
    const series = names.get(labels.key) ?? Number.NaN;
    for (const [i, at] of times.entries()) {
      const right = Object.is(values[i], figureOf(series, (at - START) / INTERVAL));
      if (right) count++;
      else wrong.push(`${labels} ${values[i]} at ${at}`);
    }
  }
  return { count, wrong };
}

test.each([
  ["the monitor's own scrapes", EVERY, OWN],
  ['scrapes of a target', 4 * EVERY, TARGET],
])('samples.db with %s: every %ith byte flipped in turn', (_, step, scraped) => {
  const { series } = scraped;
  const whole = join(folder, `whole-samples-${series}.db`);
  fillSamples(whole, scraped);
  const untold: number[] = [];
  const wrong: [number, string[]][] = [];
  let lost = 0;
  let flipped = 0;
  for (const [at, path] of flips(whole, `samples-${series}`, step)) {
    flipped++;
    const store = openSamples(path);
    const found = samplesOf(store, scraped);
    if (found.wrong.length > 0) wrong.push([at, found.wrong]);
    lost += series * SCRAPES - found.count;
    for (let n = SCRAPES; n < SCRAPES + 3; n++) scrape(store, n, scraped);
    while (store.maintain(Number.POSITIVE_INFINITY));
    expect([at, store.stats()]).toMatchObject([at, { problem: undefined, pending: 0, series }]);
    const after = samplesOf(store, scraped);
    // Looking after itself a store may find again what an index had lost.
    expect([at, after.wrong]).toEqual([at, []]);
    expect(after.count).toBeGreaterThanOrEqual(found.count + 3 * series);
    if (after.count < series * (SCRAPES + 3) && store.stats().damage.at === undefined) untold.push(at);
    store.close();
    const said = logged.length;
    const again = openSamples(path);
    expect([at, samplesOf(again, scraped), logged.slice(said)]).toEqual([
      at,
      after,
      [expect.stringMatching(/^Samples opened/)],
    ]);
    again.close();
  }
  expect(wrong).toEqual([]);
  expect(untold).toEqual([]);
  expect(flipped).toBeGreaterThan(40);
  expect(lost / flipped).toBeLessThan(0.1 * series * SCRAPES);
});

/** Every copy of a killed store whose journal has a byte flipped or is cut off, `step` bytes apart. */
function* journals(
  whole: string,
  step = 60 * EVERY,
): Generator<[at: number, path: string, how: 'flipped' | 'cut']> {
  const journal = readFileSync(`${whole}-wal`);
  const path = join(folder, 'journal.db');
  for (const how of ['flipped', 'cut'] as const)
    for (let at = 0; at < journal.length; at += step) {
      copyFileSync(whole, path);
      rmSync(`${path}-shm`, { force: true });
      const bytes = Buffer.from(how === 'cut' ? journal.subarray(0, at) : journal);
      if (how === 'flipped') bytes[at] = (bytes[at] as number) ^ 0xff;
      writeFileSync(`${path}-wal`, bytes);
      logged = [];
      yield [at, path, how];
    }
}

test('the journal of samples.db flipped or cut: no wrong value, and what is lost is said where it can be known', {
  timeout: 90_000,
}, () => {
  const file = join(folder, 'running.db');
  const running = openSamples(file);
  // Most of it is in chunks, some in the journal, also from before the journal began again.
  for (let n = 0; n < 150; n++) scrape(running, n, OWN);
  const whole = join(folder, 'killed.db');
  for (const suffix of ['', '-wal']) copyFileSync(file + suffix, whole + suffix);
  running.close();
  const untold: number[] = [];
  for (const [at, path, how] of journals(whole)) {
    now = START + 150 * INTERVAL;
    const store = openSamples(path);
    const { count, wrong } = samplesOf(store, OWN);
    expect([at, how, wrong, store.stats().problem]).toEqual([at, how, [], undefined]);
    const isTold = store.stats().damage.at !== undefined;
    // The last commit may have been under way.
    if (how === 'flipped' && count < OWN.series * 149 && !isTold) untold.push(at);
    if (how === 'cut') expect([at, isTold]).toEqual([at, false]);
    if (isTold) expect(logged.join()).toContain('The journal is damaged');
    scrape(store, 151, OWN);
    expect([at, store.stats().pending]).toEqual([at, 0]);
    // Killed again: what is behind the damage is no second one.
    const again = join(folder, 'again.db');
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, again + suffix);
    rmSync(`${again}-shm`, { force: true });
    store.close();
    const next = openSamples(again);
    expect([at, next.stats().damage.at]).toEqual([at, undefined]);
    next.close();
  }
  expect(untold).toEqual([]);
});

test('the journal of monitor.db flipped or cut: nothing wrong, and what is lost is said where it can be known', {
  timeout: 90_000,
}, () => {
  const file = join(folder, 'running-monitor.db');
  now = START;
  const running = openStore(file);
  for (let i = 0; i < SCANS; i++) running.append(scanOf(i));
  // Each of them acknowledged, and in a commit of its own.
  for (let i = 0; i < 20; i++)
    running.states.upsert('silence', [[`key ${i}`, { i, comment: `silence ${i}` }]]);
  for (let i = 0; i < 20; i++) running.alertHistory.upsert([episodeOf(i)]);
  const before = contentOf(running);
  const whole = join(folder, 'killed-monitor.db');
  for (const suffix of ['', '-wal']) copyFileSync(file + suffix, whole + suffix);
  running.close();
  const untold: number[] = [];
  const wrong: [number, string][] = [];
  let tried = 0;
  for (const [at, path, how] of journals(whole)) {
    tried++;
    now = START + SCANS * MINUTE;
    const store = openStore(path);
    const found = contentOf(store);
    for (const text of found) if (!before.has(text)) wrong.push([at, text]);
    const isTold = store.damage.at !== undefined;
    if (how === 'flipped' && found.size < before.size - 1 && !isTold) untold.push(at);
    if (how === 'cut') expect([at, isTold]).toEqual([at, false]);
    const later = scanOf(SCANS + 1);
    store.append(later);
    store.states.upsert('silence', [['new', 1]]);
    expect([at, store.problem, store.scans({ limit: 1 })]).toEqual([at, undefined, [later]]);
    store.close();
    const next = openStore(path);
    expect([at, next.damage.at, contentOf(next).size]).toEqual([at, undefined, found.size + 2]);
    next.close();
  }
  expect([wrong, untold]).toEqual([[], []]);
  expect(tried).toBeGreaterThan(5);
});
