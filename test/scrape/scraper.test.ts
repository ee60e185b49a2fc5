// The thread that scrapes, with the engine that stores: what is scraped can be asked for, also after one of the two has died.

import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/model/time.js';
import { EmbeddedEngine } from '../../src/query/embedded.js';
import { Scraper } from '../../src/scrape/scraper.js';
import type { ScrapePool } from '../../src/scrape/target.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { listen, portOf, stop } from '../support/http.js';
import { DIST } from '../support/monitor.js';
import { options } from './options.js';

const PATIENCE = { timeout: 60_000, interval: 50 };

process.env.DIST = String(DIST);

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

const PAGE = '# HELP a Some text.\n# TYPE a gauge\na{b="1"} 1\na{b="2"} NaN\n';

/** Ends a thread. */
function kill(thread: 'scrapes' | 'queries'): void {
  const orders = new BroadcastChannel(thread);
  undo.push(() => orders.close());
  orders.postMessage('die');
}

/** A target, what scrapes it, and where its samples are. */
async function scraping(answer: () => { status?: number; body: string }) {
  const server = await listen((_, response) => {
    const { status = 200, body } = answer();
    response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
  });
  undo.push(() => stop(server));
  const folder = makeFolder('scraper');
  undo.push(() => removeFolder(folder));
  const logged: string[] = [];
  const engine = new EmbeddedEngine({
    file: `${folder}/samples.db`,
    retention: 86_400_000,
    maxBytes: 0,
    timeout: 60_000,
    limits: { maxSamples: 1e6, maxWaiting: 20, lookback: 300_000, defaultInterval: 60_000 },
    metadata: () => [],
    log: (level, message) => level === 'error' && logged.push(message),
    onRestart: () => scraper.reconnect(),
    threadFile: new URL('threads/mortal-queries.mjs', import.meta.url),
  });
  undo.push(() => engine.close());
  const scraper = new Scraper({
    connect: port => engine.connectStreams(port),
    log: (_, message, fields) => logged.push(`${message}: ${fields.err}`),
    threadFile: new URL('threads/mortal-scrapes.mjs', import.meta.url),
  });
  undo.push(() => scraper.close());
  const target = {
    labels: { instance: 'i', job: 'j' },
    discoveredLabels: { __address__: 'i' },
    url: `http://127.0.0.1:${portOf(server)}/metrics`,
    interval: 200,
    timeout: 10_000,
  };
  const pool: ScrapePool = { name: 'p', options: options(), targets: [target] };
  const query = async (text: string) =>
    (await engine.instant(text, systemClock.now())).samples
      .map(({ labels, value }) => `${labels} ${value}`)
      .sort();
  return { engine, scraper, pool, target, query, logged };
}

test('samples, statuses and metadata of a target', async () => {
  const { scraper, pool, target, query } = await scraping(() => ({ body: PAGE }));
  expect(scraper.targets()).toEqual([]);
  scraper.setPools([pool]);
  expect(scraper.targets()).toEqual([
    { ...target, pool: 'p', health: 'unknown', lastScrape: undefined, lastDuration: 0, lastError: '' },
  ]);
  await vi.waitFor(
    async () =>
      expect(await query('{job="j",__name__!="scrape_duration_seconds"}')).toEqual([
        'a{b="1", instance="i", job="j"} 1',
        'a{b="2", instance="i", job="j"} NaN',
        'scrape_samples_post_metric_relabeling{instance="i", job="j"} 2',
        'scrape_samples_scraped{instance="i", job="j"} 2',
        'scrape_series_added{instance="i", job="j"} 0',
        'up{instance="i", job="j"} 1',
      ]),
    PATIENCE,
  );
  await vi.waitFor(() => expect(scraper.targets()[0]?.health).toBe('up'), PATIENCE);
  expect(scraper.targets()[0]).toMatchObject({
    lastScrape: expect.any(Number),
    lastDuration: expect.any(Number),
  });
  expect(await scraper.metadata()).toEqual([
    { target, metric: 'a', type: 'gauge', help: 'Some text.', unit: '' },
  ]);
});

test('series end when a target fails, and when it is gone', async () => {
  let status = 200;
  const { scraper, pool, query } = await scraping(() => ({ status, body: PAGE }));
  scraper.setPools([pool]);
  await vi.waitFor(async () => expect(await query('a{b="1"}')).toHaveLength(1), PATIENCE);
  status = 503;
  await vi.waitFor(
    async () => expect(await query('up or a')).toEqual(['up{instance="i", job="j"} 0']),
    PATIENCE,
  );
  await vi.waitFor(
    () => expect(scraper.targets()[0]?.lastError).toBe('server returned HTTP status 503 Service Unavailable'),
    PATIENCE,
  );
  scraper.setPools([]);
  expect(scraper.targets()).toEqual([]);
  await vi.waitFor(async () => expect(await query('up')).toEqual([]), PATIENCE);
});

test('a query thread that died gets all series again', async () => {
  const { engine, scraper, pool, query, logged } = await scraping(() => ({ body: PAGE }));
  scraper.setPools([pool]);
  await vi.waitFor(async () => expect(await query('a{b="1"}')).toHaveLength(1), PATIENCE);
  kill('queries');
  await vi.waitFor(
    () => expect(logged).toEqual(['The thread that answers queries died; it is started again']),
    PATIENCE,
  );
  const at = systemClock.now();
  await vi.waitFor(async () => {
    const [sample] = (await engine.instant('timestamp(a{b="1"})', systemClock.now())).samples;
    expect(sample?.value ?? 0).toBeGreaterThan(at / 1000);
  }, PATIENCE);
});

test('a thread that died is started again, and scrapes', async () => {
  let body = PAGE;
  const { scraper, pool, query, logged } = await scraping(() => ({ body }));
  scraper.setPools([pool]);
  await vi.waitFor(async () => expect(await query('a{b="1"}')).toHaveLength(1), PATIENCE);
  kill('scrapes');
  await vi.waitFor(
    () => expect(logged).toEqual(['The thread that scrapes died; it is started again: out of order']),
    PATIENCE,
  );
  body = PAGE.replace('"1"} 1', '"1"} 2');
  await vi.waitFor(
    async () => expect(await query('a{b="1"}')).toEqual(['a{b="1", instance="i", job="j"} 2']),
    PATIENCE,
  );
});
