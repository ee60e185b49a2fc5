// Scrapes of scrape targets beside the monitor's own: each target's are a stream of its own, series are one for all.

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { Database } from '../../src/store/sqlite.js';
import { ByteCache } from '../../src/tsdb/chunks/cache.js';
import { SampleFile } from '../../src/tsdb/file.js';
import { importOpenMetrics } from '../../src/tsdb/import/import.js';
import { SAMPLES_MIGRATIONS } from '../../src/tsdb/schema.js';
import type { SampleStore } from '../../src/tsdb/store.js';
import { flat, matchers, scrape, select, storeFixture } from './store-fixture.js';

const fixture = storeFixture();
const { open, whileBusy } = fixture;

const only = <T>([one]: T[]): T | undefined => one;
/** What a target shows at a time. */
const show = (store: SampleStore, stream: string, at: number, values: Record<string, number>) =>
  only(store.appendStreams([{ stream, ...scrape(at, values) }]));
const end = (store: SampleStore, stream: string, at: number) =>
  store.appendStreams([{ stream, at, parts: [], gone: [], ends: true }]);
/** The same with times of their own. */
const showTimed = (
  store: SampleStore,
  at: number,
  samples: readonly [string, number, number?][],
  tracksStaleness = false,
) =>
  only(
    store.appendStreams([
      {
        stream: 't',
        at,
        gone: [],
        parts: [
          {
            source: 's',
            layout: { series: samples.map(([text]) => flat(text)) },
            values: samples.map(([, value]) => value),
            timestamps: samples.map(([, , time]) => time ?? Number.NaN),
            ...(tracksStaleness ? { tracksStaleness } : {}),
          },
        ],
      },
    ]),
  );
const NONE = { appended: 0, outOfOrder: 0, duplicates: 0, outOfBounds: 0, unknown: 0 };

/** Before a restart and after it. */
function expectKept(store: SampleStore, want: readonly string[]): SampleStore {
  expect(select(store)).toEqual(want);
  store.close();
  const again = open();
  expect(select(again)).toEqual(want);
  return again;
}

describe('series of streams', () => {
  test.each<{ name: string; act: (store: SampleStore) => void; want: string[] }>([
    {
      name: 'have the times of their own scrapes, whatever order those come in',
      act: store => {
        show(store, 'a', 1000, { x: 1 });
        show(store, 'b', 500, { y: 2 });
        store.append(scrape(800, { z: 3 }));
        show(store, 'b', 900, { y: 4 });
        show(store, 'a', 1100, { x: 5 });
      },
      want: ['x: 1@1000 5@1100', 'y: 2@500 4@900', 'z: 3@800'],
    },
    {
      name: 'end when their stream does not show them any more, and go on without the others',
      act: store => {
        show(store, 'a', 1000, { x: 1, y: 1 });
        show(store, 'b', 1100, { z: 1 });
        show(store, 'a', 2000, { x: 2 });
      },
      want: ['x: 1@1000 2@2000', 'y: 1@1000 end@2000', 'z: 1@1100'],
    },
    {
      name: 'end with their source when a scrape fails',
      act: store => {
        show(store, 'a', 1000, { x: 1, y: 1 });
        store.appendStreams([{ stream: 'a', ...scrape(2000, { up: 0 }, 'report'), gone: ['s'] }]);
      },
      want: ['up: 0@2000', 'x: 1@1000 end@2000', 'y: 1@1000 end@2000'],
    },
    {
      name: 'end with their stream, but for those that another stream has gone on with',
      act: store => {
        show(store, 'a', 1000, { x: 1, y: 1 });
        show(store, 'b', 1500, { y: 2 });
        end(store, 'a', 2000);
        show(store, 'b', 2500, { y: 3 });
      },
      want: ['x: 1@1000 end@2000', 'y: 1@1000 2@1500 3@2500'],
    },
    {
      name: 'go on when they move to another stream and back',
      act: store => {
        for (let n = 1; n <= 10; n++) show(store, n % 2 ? 'a' : 'b', n * 1000, { x: n });
      },
      want: [`x: ${Array.from({ length: 10 }, (_, n) => `${n + 1}@${(n + 1) * 1000}`).join(' ')}`],
    },
    {
      name: 'of one name come from two streams: the first sample of a time is taken',
      act: store => {
        expect(show(store, 'a', 1000, { x: 1 })).toEqual({ ...NONE, appended: 1 });
        expect(show(store, 'b', 1000, { x: 2 })).toEqual({ ...NONE, duplicates: 1 });
        expect(show(store, 'c', 1000, { x: 1 })).toEqual(NONE);
        expect(show(store, 'd', 900, { x: 3, y: 4 })).toEqual({ ...NONE, appended: 1, outOfOrder: 1 });
        store.append(scrape(1000, { x: 5 }));
        expect(store.stats()).toMatchObject({ appended: 2, dropped: 4 });
      },
      want: ['x: 1@1000', 'y: 4@900'],
    },
    {
      name: 'have nothing of a source whose layout is not known',
      act: store => {
        const part = { source: 's', values: [1, 2] };
        const results = store.appendStreams([{ stream: 'a', at: 1000, parts: [part], gone: [] }]);
        expect(results).toEqual([{ ...NONE, unknown: 2 }]);
      },
      want: [],
    },
  ])('$name', ({ act, want }) => {
    const store = open();
    act(store);
    expectKept(store, want);
  });
});

describe('samples with times of their own', () => {
  const HOUR = 3_600_000;
  const at = 10 * HOUR;
  test.each<{ name: string; act: (store: SampleStore) => void; want: string[] }>([
    {
      name: 'are kept at them, beside samples of the scrape',
      act: store => {
        showTimed(store, at, [
          ['x', 1, at - 5000],
          ['y', 2],
        ]);
        showTimed(store, at + 10_000, [
          ['x', 3, at + 4000],
          ['y', 4, at + 9000],
        ]);
      },
      want: [`x: 1@${at - 5000} 3@${at + 4000}`, `y: 2@${at} 4@${at + 9000} end@${at + 10_000}`],
    },
    {
      name: 'do not end when they are not shown any more',
      act: store => {
        showTimed(store, at, [
          ['x', 1, at - 5000],
          ['y', 2],
        ]);
        showTimed(store, at + 10_000, []);
      },
      want: [`x: 1@${at - 5000}`, `y: 2@${at} end@${at + 10_000}`],
    },
    {
      name: 'end when their staleness is tracked',
      act: store => {
        showTimed(store, at, [['x', 1, at - 5000]], true);
        showTimed(store, at + 10_000, [['x', 1, at - 5000]], true);
        showTimed(store, at + 20_000, [], true);
      },
      want: [`x: 1@${at - 5000} end@${at + 20_000}`],
    },
    {
      name: 'are dropped when they are older than the newest, too old or too far ahead',
      act: store => {
        showTimed(store, at, [['x', 1, at - 5000]]);
        const next = at + 10_000;
        const result = showTimed(store, next, [
          ['x', 1, at - 6000],
          ['x', 2, at - 5000],
          ['x', 1, at - 5000],
          ['a', 1, next - HOUR],
          ['b', 1, next - HOUR - 1],
          ['c', 1, next + 600_000],
          ['d', 1, next + 600_001],
        ]);
        expect(result).toEqual({ appended: 2, outOfOrder: 1, duplicates: 1, outOfBounds: 2, unknown: 0 });
      },
      want: [`a: 1@${at + 10_000 - HOUR}`, `c: 1@${at + 610_000}`, `x: 1@${at - 5000}`],
    },
  ])('$name', ({ act, want }) => {
    const store = open();
    act(store);
    expectKept(store, want);
  });
});

test('what a stream that is over has left goes to chunks, and the file forgets the stream', () => {
  const store = open();
  for (let n = 1; n <= 30; n++) show(store, 'a', n * 1000, { x: n });
  show(store, 'b', 30_500, { y: 1 });
  end(store, 'a', 31_000);
  whileBusy(store);
  expect(store.stats().chunks).toBe(1);
  const want = [
    `x: ${Array.from({ length: 30 }, (_, n) => `${n + 1}@${(n + 1) * 1000}`).join(' ')} end@31000`,
    'y: 1@30500',
  ];
  expectKept(store, want);
  const file = new SampleFile(fixture.file, new ByteCache(1000));
  expect(file.streams.all().map(({ name }) => name)).toEqual(['b']);
  // What came after the first scrape that is needed goes when that one goes.
  expect([...file.log.all()].map(({ at }) => at)).toEqual([30_500, 31_000]);
  file.close();
});

test.each(['a', 'b'])(
  'a series of two streams of which %s is over and in chunks is read as a whole',
  over => {
    const store = open();
    for (let n = 1; n <= 6; n++) show(store, n % 2 ? 'a' : 'b', n * 1000, { x: n });
    show(store, 'a', 7000, { x: 7 });
    show(store, 'b', 8000, { x: 8 });
    end(store, over, 9000);
    whileBusy(store);
    const gone = over === 'b' ? ' end@9000' : '';
    for (let from = 1; from <= 8; from++) {
      const line = Array.from({ length: 9 - from }, (_, i) => `${from + i}@${(from + i) * 1000}`).join(' ');
      expect(select(store, 'x=', from * 1000)).toEqual([`x: ${line}${gone}`]);
    }
  },
);

test('what no scrape came for in an hour goes to chunks, and scrapes that come again go on', () => {
  const store = open();
  show(store, 'a', 1000, { x: 1 });
  whileBusy(store);
  expect(store.stats().chunks).toBe(0);
  fixture.now += 3_600_000;
  whileBusy(store);
  expect(store.stats().chunks).toBe(1);
  show(store, 'a', 2000, { x: 2 });
  show(store, 'a', 3000, {});
  expectKept(store, ['x: 1@1000 2@2000 end@3000']);
});

describe("the monitor's own scrape", () => {
  const own = (at: number, values: Record<string, number>) => scrape(at, values, 'own');

  test('stays open while scrapes of targets come, which are on disk before it', () => {
    const store = open();
    store.beginScrape(own(1000, { x: 1 }));
    show(store, 'a', 1100, { y: 1 });
    const killed = join(fixture.folder, 'killed.db');
    for (const suffix of ['', '-wal'])
      if (existsSync(fixture.file + suffix)) copyFileSync(fixture.file + suffix, killed + suffix);
    store.add('rule', [{ labels: Labels.of({ __name__: 'made' }), value: 2 }]);
    store.commit();
    expectKept(store, ['made: 2@1000', 'x: 1@1000', 'y: 1@1100']);
    expect(select(open({ file: killed }))).toEqual(['y: 1@1100']);
  });

  test('between two of the grid stays visible while scrapes of targets come', () => {
    const store = open();
    store.append(own(1000, { x: 1 }));
    store.showInterim(own(1200, { x: 2 }));
    show(store, 'a', 1300, { y: 1 });
    const latest = () => store.latest(matchers('__name__=~.+'), 0, 5000).map(({ values }) => values[0]);
    expect(latest()).toEqual([2, 1]);
    store.append(own(2000, { x: 3 }));
    expect(latest()).toEqual([3, 1]);
  });

  test.each(['before', 'after'])('ends series of the monitor and none of a target, %s a restart', when => {
    let store = open();
    store.append(own(1000, { 'x job=m': 1 }));
    show(store, 'a', 1500, { 'y job=m': 1 });
    if (when === 'after') {
      store.close();
      store = open();
    }
    store.beginScrape({ at: 2000, parts: [], gone: ['own'] });
    store.end(matchers('job=m'), 0);
    store.commit();
    expect(select(store)).toEqual(['x{job="m"}: 1@1000 end@2000', 'y{job="m"}: 1@1500']);
  });
});

describe('the clock is set', () => {
  const HOUR = 3_600_000;
  const own = (at: number, values: Record<string, number>) => scrape(at, values, 'own');

  test('back: what targets showed in the time to come is forgotten, and they go on', () => {
    const store = open();
    for (let n = 0; n < 300; n++) {
      store.append(own(HOUR + n * 1000, { x: n }));
      show(store, 'a', HOUR + n * 1000 + 500, { y: n });
    }
    whileBusy(store);
    const now = HOUR + 100_000;
    expect(show(store, 'a', now - 100, { y: -1 })).toEqual({ ...NONE, outOfOrder: 1 });
    store.append(own(now, { x: -2 }));
    show(store, 'a', now + 500, { y: -3 });
    const line = (shift: number) =>
      Array.from({ length: 100 }, (_, n) => `${n}@${HOUR + n * 1000 + shift}`).join(' ');
    expectKept(store, [`x: ${line(0)} -2@${now}`, `y: ${line(500)} -3@${now + 500}`]);
  });

  test('back: a scrape that was begun before and came after does not keep out what follows', () => {
    const store = open();
    store.append(own(2 * HOUR, { x: 1 }));
    store.append(own(HOUR, { x: 2 }));
    show(store, 'a', 2 * HOUR + 100, { y: 1 });
    show(store, 'a', HOUR + 900, { y: 2 });
    expectKept(store, [`x: 2@${HOUR}`, `y: 2@${HOUR + 900}`]);
  });

  test.each([
    ['back', HOUR],
    ['forward', 9 * HOUR],
  ])('%s: what targets showed last is carried over', (_, to) => {
    const store = open();
    store.append(own(5 * HOUR, { x: 1 }));
    show(store, 'a', 5 * HOUR + 100, { y: 2 });
    store.carryOver(to - 1, 300_000);
    expect(select(store, '__name__=~.+', to - 1, to)).toEqual([`x: 1@${to - 1}`, `y: 2@${to - 1}`]);
  });
});

describe('a file', () => {
  test('that cannot be opened: scrapes of targets wait in memory and are written later', () => {
    let obstacle: string | undefined = 'it is in use';
    const store = open({ obstacle: () => obstacle });
    for (let n = 1; n <= 50; n++) {
      show(store, 'a', n * 1000, { x: n });
      showTimed(store, n * 1000, [['t', n, n * 1000 - 5]]);
    }
    expect(store.stats()).toMatchObject({ pending: 100, problem: 'it is in use' });
    obstacle = undefined;
    fixture.now += 60_000;
    for (let n = 51; n <= 60; n++) show(store, 'a', n * 1000, { x: n });
    expect(store.stats()).toMatchObject({ pending: 0, problem: undefined });
    const line = (count: number, shift: number) =>
      Array.from({ length: count }, (_, n) => `${n + 1}@${(n + 1) * 1000 - shift}`).join(' ');
    expectKept(store, [`t: ${line(50, 5)}`, `x: ${line(60, 0)}`]);
  });

  test('in which a scrape of a target is damaged: the others are read', () => {
    const store = open();
    for (let n = 1; n <= 3; n++) show(store, 'a', n * 1000, { x: n });
    store.close();
    const db = new Database(fixture.file);
    db.prepare('UPDATE stream_log SET samples = zeroblob(length(samples)) WHERE at = 2000').run();
    db.close();
    const again = open();
    expect(select(again)).toEqual(['x: 1@1000 3@3000']);
    expect(again.stats().damage.rows).toBe(1);
  });

  test('that lost the names of streams: their scrapes are read, and the streams go on', () => {
    const store = open();
    for (let n = 1; n <= 3; n++) show(store, 'a', n * 1000, { x: n });
    store.close();
    const db = new Database(fixture.file);
    db.prepare('DELETE FROM streams').run();
    db.close();
    const again = open();
    show(again, 'a', 4000, { x: 4 });
    expectKept(again, ['x: 1@1000 2@2000 3@3000 4@4000']);
  });

  test.each([false, true])('of the version before streams is opened (for reading alone: %s)', isReadOnly => {
    mkdirSync(dirname(fixture.file), { recursive: true });
    const db = new Database(fixture.file);
    for (const step of SAMPLES_MIGRATIONS.slice(0, 2)) db.exec(step);
    db.pragma('user_version = 2');
    db.prepare('INSERT INTO series (labels) VALUES (?)').run('["__name__","x"]');
    db.close();
    if (isReadOnly) {
      const file = new SampleFile(fixture.file, new ByteCache(1000), undefined, true);
      expect([...file.series.all()].map(({ labels }) => `${labels}`)).toEqual(['x']);
      expect([[...file.log.all()], file.streams.all()]).toEqual([[], []]);
      file.close();
    } else {
      const store = open();
      show(store, 'a', 1000, { x: 1 });
      expectKept(store, ['x: 1@1000']);
    }
  });

  test('takes imported samples from before what a running monitor has of a target', async () => {
    const store = open();
    for (let n = 10; n <= 20; n++) show(store, 'a', n * 1000, { x: n });
    const text = join(fixture.folder, 'x.om');
    writeFileSync(text, `x 1 1\nx 2 9.5\nx 3 10.5\n# EOF\n`);
    expect(await importOpenMetrics(text, fixture.file)).toMatchObject({ samples: 3, dropped: 1 });
    const line = Array.from({ length: 11 }, (_, n) => `${n + 10}@${(n + 10) * 1000}`).join(' ');
    expectKept(store, [`x: 1@1000 2@9500 ${line}`]);
  });
});
