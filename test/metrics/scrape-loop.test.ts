// When the registry is scraped: changes during a scrape share the next one, the end of a scan is never delayed.

import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, test } from 'vitest';
import { Exposition } from '../../src/metrics/exposition.js';
import { Sampler } from '../../src/metrics/sampler.js';
import { ScrapeLoop } from '../../src/metrics/scrape-loop.js';
import type { Scrape } from '../../src/model/scrape.js';
import { systemClock } from '../../src/model/time.js';

/** How long it takes to store a scrape, in milliseconds. */
const WORK = 40;

let sampling: ScrapeLoop | undefined;

/** A scrape loop that records which scrapes were begun and stored. */
function make() {
  const events: string[] = [];
  const registry = new Registry();
  const sampler = new Sampler(registry, new Exposition(registry, []), { job: 'j', instance: 'i' });
  let count = 0;
  const keep = async () => {
    const number = ++count;
    events.push(`begun ${number}`);
    await sleep(WORK);
    events.push(`stored ${number}`);
  };
  sampling = new ScrapeLoop(sampler, keep, systemClock, 3_600_000);
  return { events, sampling };
}

afterEach(() => sampling?.close());

/** Turns of the event loop, not a time: the cooldown would take many more. */
async function aFewTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve));
}

test('changes while a scrape is stored share the next one', async () => {
  const { events, sampling } = make();
  await Promise.all([sampling.scrape(), sampling.scrape(), sampling.scrape(), sampling.scrape()]);
  expect(events).toEqual(['begun 1', 'stored 1', 'begun 2', 'stored 2']);
});

describe('the end of a scan', () => {
  test('is scraped without the cooldown', async () => {
    const { events, sampling } = make();
    await sampling.scrape();
    const change = sampling.scrape();
    const scan = sampling.scrape(() => events.push('taken'));
    await aFewTurns();
    expect(events).toEqual(['begun 1', 'stored 1', 'taken', 'begun 2']);
    await Promise.all([change, scan]);
    expect(events).toEqual(['begun 1', 'stored 1', 'taken', 'begun 2', 'stored 2']);
  });

  test('is scraped right after a scrape that is being stored', async () => {
    const { events, sampling } = make();
    const first = sampling.scrape();
    const scan = sampling.scrape(() => events.push('taken'));
    await first;
    await aFewTurns();
    expect(events).toEqual(['begun 1', 'stored 1', 'taken', 'begun 2']);
    await scan;
    expect(events).toEqual(['begun 1', 'stored 1', 'taken', 'begun 2', 'stored 2']);
  });
});

test('the first scan has a scrape of its own, from which the grid continues', async () => {
  const registry = new Registry();
  const sampler = new Sampler(registry, new Exposition(registry, []), { job: 'j', instance: 'i' });
  const kept: (boolean | undefined)[] = [];
  const keep = async (scrape: Scrape) => {
    kept.push(scrape.isInterim);
  };
  sampling = new ScrapeLoop(sampler, keep, systemClock, 3_600_000);
  await sampling.scrape();
  // The result of a check, the end of the first scan, another result, the end of another scan.
  await sampling.scrape();
  await sampling.scrape(() => {});
  await sampling.scrape();
  await sampling.scrape(() => {});
  expect(kept).toEqual([false, true, false, true, true]);
});

test('close() resolves a scrape that waits for the cooldown', async () => {
  const { events, sampling } = make();
  await sampling.scrape();
  const waiting = sampling.scrape();
  sampling.close();
  await waiting;
  expect(events).toEqual(['begun 1', 'stored 1']);
});
