// Figures of hours: asked for a few services at a time, once, and kept.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { factsOf } from '../../../src/analysis/facts.js';
import { HourlyFigures, type HourStore } from '../../../src/analysis/hours/hourly-figures.js';
import { quantileOf } from '../../../src/analysis/hours/sums.js';
import { quantileTime } from '../../../src/analysis/measures.js';
import { samplesChanged } from '../../../src/store/changed-samples.js';
import { Store } from '../../../src/store/store.js';
import { makeFolder, removeFolder } from '../../support/child.js';
import { ENGINES, type RunningEngine } from '../../support/engines.js';
import { DAY, HOUR, noise, openMetrics, SCRAPE, type ServiceTruth } from '../history.js';

const NOW = Date.UTC(2026, 9, 14, 12, 20);
const TO = NOW;
const FROM = Date.UTC(2026, 9, 13, 11);
const PERIOD = { from: FROM, to: TO };
const slow = noise(7, 0.3);
/** Each down for as many minutes as its number says. */
const TRUTH = Array.from({ length: 24 }, (_, n): ServiceTruth => {
  const down = Date.UTC(2026, 9, 13, 20, 7);
  return { id: `a.b-${n}`, time: () => 0.01 * (n + 1) * slow(), outages: [[down, down + n * SCRAPE]] };
});

type Engine = RunningEngine['engine'];
const clock = { now: () => NOW, elapsed: () => 0 };

/** An engine that counts what it is asked. */
function counting(engine: Engine): { readonly engine: Engine; readonly asked: string[] } {
  const asked: string[] = [];
  const note = <Answer>(query: string, answer: Answer): Answer => {
    asked.push(query);
    return answer;
  };
  const counted: Engine = Object.create(engine, {
    instant: { value: (...of: Parameters<Engine['instant']>) => note(of[0], engine.instant(...of)) },
    range: { value: (...of: Parameters<Engine['range']>) => note(of[0], engine.range(...of)) },
  });
  return { engine: counted, asked };
}

const folder = makeFolder('hours');
const start = (ENGINES[0] as (typeof ENGINES)[number])[1];
let full: RunningEngine;
/** Has the samples of the last hours alone. */
let short: RunningEngine;
let store: Store;
beforeAll(async () => {
  full = await start(openMetrics({ from: FROM - DAY, to: NOW, services: TRUTH }));
  short = await start(openMetrics({ from: NOW - 5 * HOUR, to: NOW, services: TRUTH }));
  store = new Store({ file: join(folder, 'monitor.db'), retention: 9e12, log: () => {} });
});
afterAll(async () => {
  store?.close();
  await full?.close();
  await short?.close();
  removeFolder(folder);
});

const factsBy = async (engine: Engine, kept?: HourStore, mostSamples?: number) => {
  const hourly = new HourlyFigures({
    ...{ engine, clock },
    ...(kept && { store: kept }),
    ...(mostSamples !== undefined && { mostSamples }),
  });
  return (await factsOf(hourly, PERIOD, TRUTH.length)).services;
};

describe('figures of hours', () => {
  test('are the same by few services at a time, and as they should be', async () => {
    const { engine, asked } = counting(full.engine);
    const few = await factsBy(engine, undefined, 20_000);
    expect(asked.filter(query => query.includes('a\\\\.b-3|'))).not.toEqual([]);
    // Of one hour all fit in.
    const named = asked.flatMap(
      query => /\{target=~"([^"]*)".*\[1h/.exec(query)?.[1]?.split('|').length ?? [],
    );
    expect(Math.max(...named)).toBeLessThan(TRUTH.length);
    expect(few).toEqual(await factsBy(full.engine));
    for (const [n, { id }] of TRUTH.entries()) {
      const of = few.get(id);
      expect(Math.abs((of?.downSeconds ?? -1) - n * 60)).toBeLessThanOrEqual(1);
      expect(of?.outages).toHaveLength(n === 0 ? 0 : 1);
      const checks = (TO - FROM) / SCRAPE;
      expect(Math.abs((of?.checks ?? 0) - checks)).toBeLessThanOrEqual(1);
      expect(Math.abs((of?.failed ?? 0) - n)).toBeLessThanOrEqual(1);
      expect((of?.meanTime ?? 0) / (0.01 * (n + 1))).toBeCloseTo(1, 1);
    }
  });

  test('give the quantiles that PromQL gives for the whole period', async () => {
    const facts = await factsBy(full.engine);
    const { samples } = await full.engine.instant(quantileTime(0.9)(`${(TO - FROM) / 1000}s`), TO);
    expect(samples).toHaveLength(TRUTH.length);
    for (const { labels, value } of samples) {
      const found = quantileOf(0.9, facts.get(labels.get('target'))?.buckets ?? new Map());
      expect(Math.abs(found / value - 1)).toBeLessThan(0.03);
    }
  });

  test('are asked for once: after a restart for the hours that are not final alone', async () => {
    const first = await factsBy(full.engine, store.hours);
    const { engine, asked } = counting(full.engine);
    expect(await factsBy(engine, store.hours)).toEqual(first);
    // The hour before 12:00 may get more samples for ten minutes, which are over; that since 12:00 goes on.
    expect(asked.filter(query => /\[1h\]/.test(query) && !query.includes('offset'))).toEqual([]);
    expect(asked.filter(query => /\[20m\]/.test(query)).length).toBeGreaterThan(10);
  });

  test('are asked for again, of a day whose row an import has deleted', async () => {
    const { engine, asked } = counting(full.engine);
    const hourly = new HourlyFigures({ engine, clock, store: store.hours });
    const first = await factsOf(hourly, PERIOD, TRUTH.length);
    samplesChanged(join(folder, 'monitor.db'), NOW - 6 * HOUR, NOW - 6 * HOUR);
    asked.length = 0;
    expect(await factsOf(hourly, PERIOD, TRUTH.length)).toEqual(first);
    expect(asked.filter(query => /\[1h\]/.test(query)).length).toBeGreaterThan(10);
    asked.length = 0;
    expect(await factsOf(hourly, PERIOD, TRUTH.length)).toEqual(first);
    expect(asked.filter(query => /\[1h\]/.test(query) && !query.includes('offset'))).toEqual([]);
  });

  test('are asked for again where no service was seen, as an import may bring them', async () => {
    const rows = new Map<number, Uint8Array>();
    const kept = {
      upsert: (at: number, row: Uint8Array) => rows.set(at, row).size > 0,
      get: (at: number) => rows.get(at),
      has: (at: number) => rows.has(at),
    };
    const before = await factsBy(short.engine, kept);
    expect(before.get('a.b-5')?.coverage).toBeLessThan(0.25);
    expect((await factsBy(full.engine, kept)).get('a.b-5')).toMatchObject({
      // But for the part of an hour in which those of the other began.
      coverage: expect.closeTo(1 - 20 / ((TO - FROM) / 60_000), 2),
    });
  });

  test.each<[string, (row: Uint8Array) => Uint8Array]>([
    ['damaged', row => row.map(byte => byte ^ 1)],
    ['cut off', row => row.subarray(0, 40)],
    ['empty', () => new Uint8Array()],
  ])('are asked for again when what was kept is %s', async (_, spoil) => {
    const rows = new Map<number, Uint8Array>();
    const put = (at: number, row: Uint8Array) => rows.set(at, row).size > 0;
    const has = (at: number) => rows.has(at);
    const first = await factsBy(full.engine, { upsert: put, has, get: at => rows.get(at) });
    expect(rows.size).toBe(2);
    const get = (at: number) => spoil(rows.get(at) ?? new Uint8Array());
    expect(await factsBy(full.engine, { upsert: put, has, get })).toEqual(first);
  });
});
