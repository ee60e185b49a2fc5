// Targets that come, go and change: which scrapes the store is sent.

import { afterEach, expect, test } from 'vitest';
import type { AppendResult, Scrape } from '../../src/model/scrape.js';
import { systemClock } from '../../src/model/time.js';
import { ScrapePools } from '../../src/scrape/scrape-pools.js';
import { streamOf } from '../../src/scrape/stream.js';
import type { ScrapePool, ScrapeTarget } from '../../src/scrape/target.js';
import type { LastScrape } from '../../src/scrape/target-loop.js';
import { listen, portOf, stop } from '../support/http.js';
import { options } from './options.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const STORED: AppendResult = { appended: 1, outOfOrder: 0, duplicates: 0, outOfBounds: 0, unknown: 0 };

/** Pools whose scrapes the test takes one after the other. */
function poolsOf(append: (scrape: Scrape) => Promise<AppendResult | undefined> = async () => STORED) {
  const waiting: ((scrape: Scrape) => void)[] = [];
  const taken: Scrape[] = [];
  const reports: [string, LastScrape][] = [];
  const pools = new ScrapePools(
    {
      append: scrape => {
        const waits = waiting.shift();
        if (waits) waits(scrape);
        else taken.push(scrape);
        return append(scrape);
      },
      onScraped: (stream, last) => reports.push([stream, last]),
    },
    systemClock,
    'seed',
  );
  undo.push(() => pools.close());
  const next = () => {
    const known = taken.shift();
    return known ? Promise.resolve(known) : new Promise<Scrape>(resolve => waiting.push(resolve));
  };
  return { pools, next, taken, reports };
}

/** A server that counts. */
async function target(
  labels: Record<string, string> = {},
  interval = 50,
): Promise<ScrapeTarget & { asked: number[] }> {
  const asked: number[] = [];
  const server = await listen((_, response) => {
    asked.push(performance.now());
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`a ${asked.length}\n`);
  });
  undo.push(() => stop(server));
  const url = `http://127.0.0.1:${portOf(server)}/metrics`;
  return { labels: { job: 'j', ...labels }, discoveredLabels: {}, url, interval, timeout: 10_000, asked };
}

const pool = (targets: readonly ScrapeTarget[], replaced: Partial<ScrapePool> = {}): ScrapePool => ({
  name: 'p',
  options: options(),
  targets,
  ...replaced,
});

const layouts = ({ parts }: Scrape) => parts.map(({ layout }) => layout?.series.length ?? 0);
const up = ({ parts }: Scrape) => parts.find(({ source }) => source === 'report')?.values[0];

test('a target is scraped again and again, its layout sent once', async () => {
  const one = await target();
  const { pools, next, reports } = poolsOf();
  pools.update([pool([one])]);
  const scrapes = [await next(), await next(), await next()];
  expect(scrapes.map(layouts)).toEqual([
    [1, 5],
    [0, 0],
    [0, 0],
  ]);
  expect(scrapes.map(scrape => scrape.parts[0]?.values[0])).toEqual([1, 2, 3]);
  const distances = scrapes.slice(1).map((scrape, i) => scrape.at - (scrapes[i] as Scrape).at);
  expect(distances.every(each => each > 0)).toBe(true);
  expect(reports[0]).toEqual([
    streamOf('p', one),
    { at: scrapes[0]?.at, duration: expect.any(Number), error: '' },
  ]);
});

test('the next scrape waits until the store has taken the last', async () => {
  const one = await target();
  let release = () => {};
  const { pools, next } = poolsOf(() => new Promise(resolve => (release = () => resolve(STORED))));
  pools.update([pool([one])]);
  await next();
  await new Promise(resolve => setTimeout(resolve, 200));
  expect(one.asked.length).toBe(1);
  release();
  await next();
  expect(one.asked.length).toBe(2);
});

test.each<[string, AppendResult | undefined]>([
  ['that was lost', undefined],
  ['whose layout is not known', { ...STORED, unknown: 1 }],
])('a scrape %s is followed by a whole one', async (_, result) => {
  const { pools, next } = poolsOf(async () => result);
  pools.update([pool([await target()])]);
  expect([layouts(await next()), layouts(await next())]).toEqual([
    [1, 5],
    [1, 5],
  ]);
});

test('a store that was started again gets whole scrapes', async () => {
  const { pools, next } = poolsOf();
  pools.update([pool([await target()])]);
  await next();
  pools.forgetLayouts();
  expect(layouts(await next())).toEqual([1, 5]);
});

test('an update that changes nothing disturbs nothing', async () => {
  const one = await target();
  const { pools, next } = poolsOf();
  pools.update([pool([one])]);
  await next();
  pools.update([pool([{ ...one, discoveredLabels: { other: 'x' } }], { options: { ...options() } })]);
  expect(layouts(await next())).toEqual([0, 0]);
});

test('other options begin from nothing, in the same stream', async () => {
  const one = await target();
  const { pools, next } = poolsOf();
  pools.update([pool([one])]);
  const before = await next();
  pools.update([pool([one], { options: options({ honorLabels: true }) })]);
  const after = await next();
  expect([after.stream === before.stream, layouts(after)]).toEqual([true, [1, 5]]);
});

test('a pool with a problem is not asked', async () => {
  const one = await target();
  const { pools, next, reports } = poolsOf();
  pools.update([pool([one], { problem: 'target_limit exceeded' })]);
  expect(up(await next())).toBe(0);
  await next();
  expect([one.asked.length, reports[0]?.[1].error]).toEqual([0, 'target_limit exceeded']);
  pools.update([pool([one])]);
  let scrape = await next();
  while (up(scrape) === 0) scrape = await next();
  expect(one.asked.length).toBe(1);
});

test('the series of a target that is gone end at its next scrape', async () => {
  const [one, two] = [await target({ n: '1' }), await target({ n: '2' })];
  const { pools, next } = poolsOf();
  pools.update([pool([one, two])]);
  const stream = streamOf('p', one);
  let last = 0;
  while (last === 0) {
    const scrape = await next();
    if (scrape.stream === stream) last = scrape.at;
  }
  pools.update([pool([two])]);
  let ended = await next();
  while (!ended.ends) {
    if (ended.stream === stream) last = ended.at;
    ended = await next();
  }
  expect(ended).toEqual({ stream, at: expect.any(Number), parts: [], gone: [], ends: true });
  expect(ended.at).toBeGreaterThan(last);
});

test('a target that comes back soon has not ended', async () => {
  const one = await target({}, 200);
  const { pools, next } = poolsOf();
  pools.update([pool([one])]);
  await next();
  pools.update([]);
  pools.update([pool([one])]);
  const scrapes = [await next(), await next(), await next(), await next()];
  expect(scrapes.map(({ ends }) => ends)).toEqual([undefined, undefined, undefined, undefined]);
});

test('what was never scraped does not end', async () => {
  const { pools, taken } = poolsOf();
  pools.update([pool([await target({}, 100_000_000)])]);
  pools.update([]);
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(taken).toEqual([]);
});

test('nothing is sent once it is closed', async () => {
  const { pools, next, taken } = poolsOf();
  pools.update([pool([await target()])]);
  await next();
  pools.close();
  taken.length = 0;
  await new Promise(resolve => setTimeout(resolve, 200));
  expect(taken).toEqual([]);
});
