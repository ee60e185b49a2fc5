// A scrape is the same after its way between threads.

import { describe, expect, test } from 'vitest';
import type { Scrape, ScrapePart, StreamScrape } from '../../src/model/scrape.js';
import {
  buffersOf,
  packScrape,
  packStreams,
  unpackScrape,
  unpackStreams,
} from '../../src/query/scrape-codec.js';

const up = ['__name__', 'up', 'target', 'a'];

const CASES: { name: string; parts: ScrapePart[]; gone?: string[] }[] = [
  { name: 'nothing', parts: [] },
  { name: 'a part without a layout', parts: [{ source: 'a', values: [1, 2.5, -0] }] },
  { name: 'a layout', parts: [{ source: 'a', layout: { series: [up, ['__name__', 'x']] }, values: [1, 2] }] },
  { name: 'a layout of nothing', parts: [{ source: 'a', layout: { series: [] }, values: [] }] },
  { name: 'a series without labels', parts: [{ source: 'a', layout: { series: [[]] }, values: [1] }] },
  {
    name: 'parts with and without, and texts that recur',
    parts: [
      { source: 'a', layout: { series: [up, up] }, values: [1, 2] },
      { source: 'b', values: [3] },
      { source: 'c', layout: { series: [['a', 'up', 'up', '', 'é\0\u{1f600}', 'a']] }, values: [4] },
    ],
  },
  {
    name: 'more series than the row has room for at first',
    parts: [{ source: 'a', layout: { series: Array(5000).fill(up) }, values: Array(5000).fill(1) }],
  },
  {
    name: 'numbers that are none',
    parts: [
      {
        source: 'a',
        values: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
        keepsNaN: true,
      },
      { source: 'b', values: [Number.NaN] },
    ],
    gone: ['c', 'd'],
  },
  {
    name: 'parts with times of their own beside one without',
    parts: [
      { source: 'a', values: [1, 2], timestamps: [1_700_000_000_001, Number.NaN] },
      { source: 'b', values: [3] },
      { source: 'c', values: [4], keepsNaN: true, timestamps: [5], tracksStaleness: true },
    ],
  },
];

/** As it would be written down: a layout may be made when it is looked at. */
function written({ at, parts, gone }: Scrape) {
  return {
    at,
    gone,
    parts: parts.map(({ source, layout, values, keepsNaN, timestamps, tracksStaleness }) => ({
      source,
      keepsNaN,
      timestamps: timestamps && Array.from(timestamps),
      tracksStaleness,
      series: layout && [...layout.series],
      values: Array.from(values),
    })),
  };
}

describe('packed and unpacked', () => {
  test.each(CASES)('$name', async ({ parts, gone = [] }) => {
    const scrape: Scrape = { at: 1_700_000_000_123, parts, gone };
    const packed = await packScrape(scrape);
    const sent = structuredClone(packed, { transfer: buffersOf(packed) });
    expect(written(unpackScrape(sent))).toEqual(written(scrape));
  });
});

test.each<{ name: string; scrape: Scrape }>([
  { name: "the monitor's own", scrape: { at: 1, parts: [], gone: [] } },
])('packed and unpacked, $name is the same scrape', async ({ scrape }) => {
  expect(unpackScrape(await packScrape(scrape))).toEqual({ isInterim: false, ...scrape });
});

test('scrapes of several streams are the same after their way, and each has its own parts', async () => {
  const scrapes: StreamScrape[] = [
    ...CASES.map(({ name, parts, gone = [] }, i) => ({
      stream: name,
      at: 1_700_000_000_000 + i,
      parts,
      gone,
    })),
    { stream: 'over', at: 1, parts: [], gone: [], ends: true },
    { stream: 'last', at: 2, parts: [{ source: 'a', layout: { series: [up] }, values: [7] }], gone: ['b'] },
  ];
  const packed = await packStreams(scrapes);
  const sent = unpackStreams(structuredClone(packed, { transfer: buffersOf(packed) }));
  expect(sent.map(({ stream, ends }) => [stream, ends])).toEqual(
    scrapes.map(({ stream, ends }) => [stream, ends]),
  );
  expect(sent.map(written)).toEqual(scrapes.map(written));
});

test('a layout that is made when it is looked at is made once', async () => {
  let made = 0;
  const part = {
    source: 'a',
    values: [1],
    get layout() {
      made++;
      return { series: [up] };
    },
  };
  await packScrape({ at: 1, parts: [part], gone: [] });
  expect(made).toBe(1);
});

test('a text is sent once however often it is in a scrape', async () => {
  const parts = [{ source: 'a', layout: { series: [up, up, [...up, 'zone', 'up']] }, values: [1, 2, 3] }];
  expect((await packScrape({ at: 1, parts, gone: [] })).texts).toEqual([
    '__name__',
    'up',
    'target',
    'a',
    'zone',
  ]);
});

test('a scrape of very many series is packed by pieces', async () => {
  let turns = 0;
  const counting = setInterval(() => turns++);
  const series = {
    length: 100_000,
    *[Symbol.iterator]() {
      for (let i = 0; i < this.length; i++) yield ['__name__', 'x', 'server', `s${i}`];
    },
  };
  const parts = [{ source: 'a', layout: { series }, values: new Float64Array(series.length) }];
  const packed = await packScrape({ at: 1, parts, gone: [] });
  clearInterval(counting);
  expect(packed.texts).toHaveLength(3 + series.length);
  expect(turns).toBeGreaterThan(0);
});
