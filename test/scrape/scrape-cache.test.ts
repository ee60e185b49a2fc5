// What pages of one target become, one after the other: which parts the store is sent, and which counts are reported.

import { expect, test } from 'vitest';
import { DEFAULT_RELABEL_CONFIG } from '../../src/relabel/config.js';
import { SampleLabels } from '../../src/scrape/sample-labels.js';
import { ScrapeCache } from '../../src/scrape/scrape-cache.js';
import type { ScrapeOptions } from '../../src/scrape/target.js';
import { options } from './options.js';
import { page } from './pages.js';

/** A cache, and its pages as lines: series of the layout if there is one, values, then counts. */
function cacheOf(replaced: Partial<ScrapeOptions> = {}) {
  const with_ = options(replaced);
  const cache = new ScrapeCache(new SampleLabels({}, with_), with_);
  const read = async (text: string) => {
    const { counts, part, problem, gone } = await cache.read(page(text));
    const series = part?.layout ? [...part.layout.series].map(flat => flat.slice(1).join(' ')) : undefined;
    return {
      ...(series ? { series } : {}),
      ...(part ? { values: [...Array.from(part.values)] } : {}),
      ...(part?.keepsNaN ? { keepsNaN: true } : {}),
      ...(part?.timestamps ? { times: [...Array.from(part.timestamps)] } : {}),
      ...(part?.tracksStaleness ? { tracksStaleness: true } : {}),
      counts: [counts.scraped, counts.kept, counts.added],
      ...(problem === undefined ? {} : { problem }),
      ...(gone.length > 0 ? { gone } : {}),
    };
  };
  return { cache, read };
}

const PROBLEM = 'expected a valid start token, got "<" ("INVALID") while parsing: "<"';

test('the layout is sent once', async () => {
  const { read } = cacheOf();
  expect(await read('a 1\nb 2\n')).toEqual({ series: ['a', 'b'], values: [1, 2], counts: [2, 2, 2] });
  expect(await read('a 3\nb 4\n')).toEqual({ values: [3, 4], counts: [2, 2, 0] });
  expect(await read('b 5\na 6\n')).toEqual({ values: [6, 5], counts: [2, 2, 0] });
});

test('a series that is not there is NaN, until it is there again', async () => {
  const { read } = cacheOf();
  await read('a 1\nb 2\n');
  expect(await read('b 3\n')).toEqual({ values: [Number.NaN, 3], counts: [1, 1, 0] });
  // The page before did not have it.
  expect(await read('a 4\nb 5\n')).toEqual({ series: ['a', 'b'], values: [4, 5], counts: [2, 2, 1] });
});

test('a value may be NaN, but then no series may be missing', async () => {
  const { read } = cacheOf();
  expect(await read('a NaN\nb 2\n')).toEqual({
    series: ['a', 'b'],
    values: [Number.NaN, 2],
    keepsNaN: true,
    counts: [2, 2, 2],
  });
  expect(await read('a NaN\n')).toEqual({
    series: ['a'],
    values: [Number.NaN],
    keepsNaN: true,
    counts: [1, 1, 0],
  });
  expect(await read('a 1\n')).toEqual({ values: [1], counts: [1, 1, 0] });
});

test('of two samples of one series the first counts', async () => {
  const { read } = cacheOf();
  expect(await read('a{b="1"} 1\na{b="1",} 2\na{b="1"} 3\n')).toEqual({
    series: ['a b 1'],
    values: [1],
    counts: [3, 3, 1],
  });
  expect(await read('a{b="1",} 4\na{b="1"} 5\n')).toEqual({ values: [4], counts: [2, 2, 0] });
});

test('samples have times of their own', async () => {
  const { read } = cacheOf();
  expect(await read('a 1 1000\nb 2\n')).toEqual({
    series: ['a', 'b'],
    values: [1, 2],
    times: [1000, Number.NaN],
    counts: [2, 2, 2],
  });
  expect(await read('a 1\nb 2\n')).toEqual({ values: [1, 2], counts: [2, 2, 0] });
});

test('of several times of one series the last counts', async () => {
  const { read } = cacheOf();
  expect(await read('a 1 1000\na 2 3000\na 3 2000\n')).toMatchObject({ values: [2], times: [3000] });
});

test('times of their own are left out without honor_timestamps', async () => {
  const { read } = cacheOf({ honorTimestamps: false });
  expect(await read('a 1 1000\n')).toEqual({ series: ['a'], values: [1], counts: [1, 1, 1] });
});

test('track_timestamps_staleness is handed on', async () => {
  const { read } = cacheOf({ trackTimestampsStaleness: true });
  expect(await read('a 1 1000\n')).toMatchObject({ tracksStaleness: true });
});

test('a page with a mistake has no samples, and all series end', async () => {
  const { read } = cacheOf();
  await read('a 1\n');
  expect(await read('a 1\nb 2\n<html>')).toEqual({ counts: [2, 2, 1], problem: PROBLEM, gone: ['samples'] });
  // Series are added once, as Prometheus counts them.
  expect(await read('a 1\nb 2\n<html>')).toEqual({ counts: [2, 2, 0], problem: PROBLEM });
  expect(await read('a 1\nb 2\nc 3\n')).toEqual({
    series: ['a', 'b', 'c'],
    values: [1, 2, 3],
    counts: [3, 3, 1],
  });
});

test('a page without samples', async () => {
  const { read } = cacheOf();
  await read('a 1\n');
  expect(await read('# nothing\n')).toEqual({ counts: [0, 0, 0], gone: ['samples'] });
  expect(await read('# nothing\n')).toEqual({ counts: [0, 0, 0] });
  expect(await read('a 1\n')).toEqual({ series: ['a'], values: [1], counts: [1, 1, 1] });
});

test('dropped series', async () => {
  const drop = {
    ...DEFAULT_RELABEL_CONFIG,
    nameValidation: 'utf8',
    action: 'drop',
    sourceLabels: ['__name__'],
    regex: 'a',
  } as const;
  const { read } = cacheOf({ metricRelabelConfigs: [drop] });
  expect(await read('a 1\nb 2\n')).toEqual({ series: ['b'], values: [2], counts: [2, 1, 1] });
  expect(await read('b 3\na 1\n')).toEqual({ values: [3], counts: [2, 1, 0] });
  expect(await read('a 1\n')).toEqual({ counts: [1, 0, 0], gone: ['samples'] });
});

test('sample_limit refuses the page', async () => {
  const { read } = cacheOf({ limits: { ...options().limits, samples: 2 } });
  expect(await read('a 1\nb 2\nc 3\n')).toEqual({
    counts: [3, 3, 2],
    problem: 'sample limit exceeded',
    gone: ['samples'],
  });
  expect(await read('a 1\nb 2\n')).toEqual({ series: ['a', 'b'], values: [1, 2], counts: [2, 2, 0] });
});

test('a store that knows nothing any more gets the layout again', async () => {
  const { cache, read } = cacheOf();
  await read('# TYPE h histogram\nh_bucket{le="1"} 1\nb 2\n');
  cache.forgetLayout();
  expect(await read('# TYPE h histogram\nh_bucket{le="1"} 3\nb 4\n')).toEqual({
    series: ['h_bucket le 1.0', 'b'],
    values: [3, 4],
    counts: [2, 2, 0],
  });
});

test('a layout of which most series are missing is made without them', async () => {
  const { read } = cacheOf();
  await read(Array.from({ length: 300 }, (_, i) => `a${i} 1\n`).join(''));
  expect((await read('a0 1\na1 1\n')).series).toEqual(['a0', 'a1']);
});

test('a long page lets others have their turn', async () => {
  const { read } = cacheOf();
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await read(Array.from({ length: 50_000 }, (_, i) => `a{b="${i}"} 1\n`).join(''));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});
