// Chunks of streams share rows until they are merged: what is in them is read, merged, deleted and damaged as if each were alone.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { Database } from '../../../src/store/sqlite.js';
import { ByteCache } from '../../../src/tsdb/chunks/cache.js';
import { SampleFile } from '../../../src/tsdb/file.js';
import { importOpenMetrics } from '../../../src/tsdb/import/import.js';
import type { SampleStore } from '../../../src/tsdb/store.js';
import { FOREVER, flat, matchers, select, storeFixture } from '../store-fixture.js';

const DIST = fileURLToPath(new URL('../../../dist', import.meta.url));
const WRITER = fileURLToPath(new URL('../writer.mjs', import.meta.url));

const fixture = storeFixture();
const { open, whileBusy } = fixture;

const SERIES = 70;
const names = Array.from({ length: SERIES }, (_, i) => `m i=${i}`);
const layout = { series: names.map(flat) };

/** A counter, a level with decimals, a constant, and what has no short form; one of eight is not there now and then. */
function shownBy(series: number, n: number): number {
  if (series % 8 === 7 && n % 5 === 0) return Number.NaN;
  return [n * series, Math.round(Math.sin(n + series) * 1000) / 1000, series, Math.sin(n * series)][
    series % 4
  ] as number;
}

/** Scrapes of one target, a second apart. */
function show(store: SampleStore, from: number, to: number, isFirst = from === 1): void {
  for (let n = from; n <= to; n++) {
    const values = names.map((_, series) => shownBy(series, n));
    const part = { source: 's', values, ...(isFirst && n === from ? { layout } : {}) };
    const [result] = store.appendStreams([{ stream: 't', at: n * 1000, parts: [part], gone: [] }]);
    expect(result?.unknown).toBe(0);
  }
}

/** What is not as it was shown, of the samples from one scrape to another. */
function wrong(store: SampleStore, from: number, to: number): string[] {
  const found = store.select(matchers('__name__=m'), from * 1000, to * 1000);
  return names.flatMap((_, series) => {
    const own = found.find(({ labels }) => labels.get('i') === String(series));
    const want = Array.from({ length: to - from + 1 }, (_, i) => [
      (from + i) * 1000,
      shownBy(series, from + i),
    ]);
    const there = want.filter(([, value]) => !Number.isNaN(value));
    const has = [...(own?.times ?? [])].map((at, i) => [at, own?.values[i]]);
    return JSON.stringify(has) === JSON.stringify(there)
      ? []
      : [`series ${series}: ${has.length} of ${there.length}`];
  });
}

function query<T>(sql: string): T[] {
  const db = new Database(fixture.file);
  try {
    return db.prepare<[], T>(sql).all();
  } finally {
    db.close();
  }
}
const count = (table: string) => query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)[0]?.n;
const change = (sql: string) => {
  const db = new Database(fixture.file);
  db.exec(sql);
  db.close();
};

test('chunks of a target with the same times are in few rows, those of others in rows of their own', () => {
  const store = open();
  show(store, 1, 200);
  expect(wrong(store, 1, 200)).toEqual([]);
  expect(wrong(store, 30, 70)).toEqual([]);
  // Four blocks; one of eight series has other times.
  expect(store.stats().chunks).toBe(4 * SERIES);
  expect(count('bundles')).toBeLessThan(4 * 2 * 4);
  // The last of those has no neighbour.
  expect(count('chunks')).toBe(4);
  store.close();
  const again = open();
  expect(wrong(again, 1, 200)).toEqual([]);
  expect(again.stats().chunks).toBe(4 * SERIES);
  again.close();
  // A constant takes five bytes, a counter and a level a byte or two for each sample, what has no short form eight.
  const [{ bytes = 0 } = {}] = query<{ bytes: number }>('SELECT sum(length(samples)) AS bytes FROM bundles');
  expect(bytes / (192 * SERIES)).toBeLessThan(3.2);
});

test('they are merged when there are enough of them, and their rows go', () => {
  const store = open();
  show(store, 1, 8 * 48 + 2);
  expect(count('bundles')).toBeGreaterThan(20);
  whileBusy(store);
  expect([count('bundles'), count('chunks')]).toEqual([0, SERIES]);
  expect(wrong(store, 1, 8 * 48 + 2)).toEqual([]);
  show(store, 8 * 48 + 3, 500);
  store.close();
  expect(wrong(open(), 1, 500)).toEqual([]);
});

test('merging that is broken off after some series goes on with the others', () => {
  let elapsed = 0;
  const store = open({ clock: { now: () => fixture.now, elapsed: () => elapsed++ } });
  show(store, 1, 8 * 48 + 2);
  for (let turns = 0; count('bundles') !== 0; turns++) {
    store.maintain(elapsed + 3);
    expect(wrong(store, 1, 8 * 48 + 2)).toEqual([]);
    expect(turns).toBeLessThan(500);
  }
  expect(count('chunks')).toBe(SERIES);
});

describe('retention', () => {
  test('deletes bundles that are too old, and series without samples', () => {
    const store = open({ retention: 100_000 });
    show(store, 1, 150);
    store.appendStreams([{ stream: 't', at: 151_000, parts: [], gone: ['s'] }]);
    fixture.now = 180_000;
    whileBusy(store);
    expect(wrong(store, 100, 150)).toEqual([]);
    expect(store.stats().oldest).toBe(49_000);
    fixture.now = 400_000;
    store.appendStreams([{ stream: 't', at: 400_000, parts: [], gone: [], ends: true }]);
    whileBusy(store);
    fixture.now = 500_000;
    whileBusy(store);
    expect([store.stats().series, count('bundles')]).toEqual([0, 0]);
  });

  test('by size deletes the oldest', () => {
    const store = open();
    show(store, 1, 380);
    store.close();
    const before = count('bundles') as number;
    const { size } = statSync(fixture.file);
    const again = open({ maxBytes: size - 3 * 16_384 });
    whileBusy(again);
    expect(count('bundles')).toBeLessThan(before);
    expect(statSync(fixture.file).size).toBeLessThan(size);
    expect(wrong(again, 289, 380)).toEqual([]);
    expect(wrong(again, 1, 48)).not.toEqual([]);
  });
});

test('the clock is set back: what is later is forgotten, and the rest stays', () => {
  const store = open();
  show(store, 1, 200);
  store.append({ at: 200_000, parts: [], gone: [] });
  store.append({ at: 110_000, parts: [], gone: [] });
  expect(wrong(store, 1, 109)).toEqual([]);
  expect(store.select(matchers('__name__=m'), 110_000, FOREVER)).toEqual([]);
  show(store, 111, 300, true);
  expect(wrong(store, 111, 300)).toEqual([]);
  store.close();
  const again = open();
  expect([wrong(again, 1, 109), wrong(again, 111, 300)]).toEqual([[], []]);
});

test('imported samples between those of bundles become part of their series', async () => {
  const store = open();
  show(store, 1, 100);
  const text = join(fixture.folder, 'x.om');
  writeFileSync(text, 'm{i="4"} 7 10.5\nm{i="4"} 8 20.5\n# EOF\n');
  expect(await importOpenMetrics(text, fixture.file)).toMatchObject({ samples: 2, dropped: 0 });
  const [found] = store.select(matchers('i=4'), 10_000, 21_000);
  expect([...(found?.times ?? [])].slice(0, 3)).toEqual([10_000, 10_500, 11_000]);
  expect(found?.values[1]).toBe(7);
  expect(wrong(store, 1, 100)).toEqual(['series 4: 102 of 100']);
  whileBusy(store);
  store.close();
  expect(wrong(open(), 1, 100)).toEqual(['series 4: 102 of 100']);
});

describe('damage', () => {
  test.each([
    ['of its samples', "samples = CAST(substr(samples, 1, 90) || x'ff' || substr(samples, 92) AS BLOB)"],
    ['of its checksum', 'checksum = checksum + 1'],
  ])('of a bundle, %s, costs what is in it', (_, set) => {
    const store = open();
    show(store, 1, 120);
    store.close();
    change(`UPDATE bundles SET ${set} WHERE id = (SELECT min(id) FROM bundles)`);
    const [lost] = query<{ mask: number }>('SELECT mask FROM bundles ORDER BY id LIMIT 1');
    const again = open();
    expect(wrong(again, 49, 120)).toEqual([]);
    const hit = wrong(again, 1, 120);
    expect(hit).toHaveLength(lost?.mask.toString(2).replaceAll('0', '').length as number);
    expect(again.stats().damage.rows).toBe(1);
    show(again, 121, 130, true);
    whileBusy(again);
    again.close();
    const next = open();
    expect(wrong(next, 1, 120)).toEqual(hit);
    expect([wrong(next, 49, 130), next.stats().damage.rows]).toEqual([[], 0]);
  });

  test('of the index is found when the store looks after itself, and nothing is lost', () => {
    const store = open();
    show(store, 1, 120);
    store.close();
    const [root] = query<{ rootpage: number }>(
      "SELECT rootpage FROM sqlite_schema WHERE name = 'bundles_base'",
    );
    const bytes = readFileSync(fixture.file);
    // The number of entries of a page of an index stands behind its type and the first free place. Source: SQLite, "Database File Format".
    const at = ((root?.rootpage as number) - 1) * 16_384 + 3;
    bytes.writeUInt16BE(bytes.readUInt16BE(at) - 1, at);
    writeFileSync(fixture.file, bytes);
    const again = open();
    whileBusy(again);
    expect(wrong(again, 1, 120)).toEqual([]);
    expect(again.stats().damage.at).toBeDefined();
  });

  test('of a file that is only read leaves the bundle where it is', () => {
    const store = open();
    show(store, 1, 120);
    store.close();
    change('UPDATE bundles SET checksum = checksum + 1 WHERE id = 1');
    const before = count('bundles');
    const again = open({ obstacle: () => 'the folder is read-only' });
    expect(wrong(again, 49, 120)).toEqual([]);
    expect(wrong(again, 1, 120)).not.toEqual([]);
    expect([again.stats().damage.rows, count('bundles')]).toEqual([1, before]);
  });
});

test('scrapes of a target survive a kill of the process at any point', async () => {
  let first = 1;
  for (const length of [30, 150, 800]) {
    const child = spawn(process.execPath, [WRITER, DIST, fixture.file, String(first), 'target'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const text of child.stdout) {
      said += text;
      if (said.split('\n').length > length) child.kill('SIGKILL');
    }
    if (child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const last = Number(said.split('\n').at(-2));
    const store = open();
    for (const { times, values } of store.select(matchers('__name__=n'), 0, FOREVER)) {
      // Samples may have been written whose line was not.
      expect(times.length).toBeGreaterThanOrEqual(last);
      expect([...times]).toEqual(Array.from(times, (_, i) => (i + 1) * 1000));
      expect([...values]).toEqual(Array.from(times, (_, i) => i + 1));
      first = times.length + 1;
    }
    expect(store.stats()).toMatchObject({ series: 40, errors: 0 });
    store.close();
  }
  expect(first).toBeGreaterThan(800);
});

test('a chunk of a bundle can be taken into another file', () => {
  const store = open();
  show(store, 1, 60);
  store.close();
  const file = new SampleFile(fixture.file, new ByteCache(100_000));
  const other = new SampleFile(':memory:', new ByteCache(100_000));
  const [{ id } = { id: 0 }] = [...file.series.all()];
  const [row] = file.chunks.within(id, 0, FOREVER);
  if (!row) throw new Error('no chunk');
  expect(file.chunks.sizeOf(row)).toBeGreaterThan(0);
  other.chunks.adopt(1, file.chunks, row);
  const [adopted] = other.chunks.within(1, 0, FOREVER);
  expect(other.chunks.read(adopted as typeof row)).toEqual(file.chunks.read(row));
  for (const each of [file, other]) each.close();
});

test('a query for all series says when they ended, too', () => {
  const store = open();
  show(store, 1, 60);
  store.appendStreams([{ stream: 't', at: 61_000, parts: [], gone: ['s'] }]);
  expect(select(store, 'i=2', 59_000)).toEqual(['m{i="2"}: 2@59000 2@60000 end@61000']);
});
