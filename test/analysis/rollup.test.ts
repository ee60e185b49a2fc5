// Days that are rolled up: a month's report and the calendar say the same when the samples are gone.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Analyst } from '../../src/analysis/analyst.js';
import { monthOf } from '../../src/analysis/asking.js';
import { uptimeCalendar } from '../../src/analysis/reports/uptime-calendar.js';
import { uptimeReport } from '../../src/analysis/reports/uptime-report.js';
import { RollupJob } from '../../src/analysis/rollup-job.js';
import type { Service } from '../../src/model/service.js';
import type { Millis } from '../../src/model/time.js';
import { QueryError } from '../../src/query/engine.js';
import { samplesChanged } from '../../src/store/changed-samples.js';
import { Store } from '../../src/store/store.js';
import { makeFolder, removeFolder } from '../support/child.js';
import { ENGINES, type RunningEngine } from '../support/engines.js';
import { DAY, HOUR, openMetrics, SCRAPE, type ServiceTruth, type Span } from './history.js';

/** Clocks change on the 25th in Europe and in November in America, so that with such a zone a day is longer. */
const at = (day: number, hour = 0): Millis => new Date(2026, 9, day, hour).getTime();
const NOW = at(28, 12);
/** The second goes on over midnight. */
const OUTAGES: readonly Span[] = [
  [at(21, 3), at(21, 4)],
  [at(24, 23), at(25, 1)],
];
const MAINTENANCE: Span = [at(26, 10), at(26, 12)];
const TRUTH: readonly ServiceTruth[] = [
  { id: 'steady', time: () => 0.2 },
  { id: 'failing', time: () => 0.2, outages: OUTAGES, maintenance: [MAINTENANCE] },
];
const TEXT = openMetrics({ from: at(20) + SCRAPE, to: NOW, services: TRUTH });
const SERVICES = TRUTH.map(
  ({ id }): Service => ({
    id,
    name: id.toUpperCase(),
    kind: 'http',
    critical: true,
    severity: 'critical',
    dependsOn: [],
  }),
);
const DATES = [20, 21, 22, 23, 24, 25, 26, 27].map(day => `2026-10-${day}`);
const OCTOBER = monthOf(2026, 10);

const [, start] = ENGINES[0] as (typeof ENGINES)[number];
const folder = makeFolder('rollup');
const file = join(folder, 'monitor.db');
const openStore = () => new Store({ file, retention: DAY, log: () => {} });
const clock = { now: () => NOW, elapsed: () => 0 };

let full: RunningEngine;
/** Has the samples of the last hours alone. */
let short: RunningEngine;
let store: Store;
beforeAll(async () => {
  full = await start(TEXT);
  short = await start(openMetrics({ from: at(27, 22), to: NOW, services: TRUTH }));
  store = openStore();
});
afterAll(async () => {
  store?.close();
  await full?.close();
  await short?.close();
  removeFolder(folder);
});

const jobOf = (engine: RunningEngine['engine'], log: unknown[] = []) =>
  new RollupJob({
    engine,
    store: store.days,
    retention: () => 10 * DAY,
    clock,
    log: (level, message) => log.push([level, message]),
  });
const analystOf = (engine: RunningEngine['engine']) =>
  new Analyst({ engine, services: () => SERVICES, rollups: store.days, clock });

describe('a roll-up', () => {
  test('is made of each day that is over, the oldest first, once', async () => {
    const job = jobOf(full.engine);
    const made: string[] = [];
    for (let date = await job.step(); date !== undefined; date = await job.step()) made.push(date);
    job.close();
    // The first two have no samples; they are looked at and nothing is kept of them.
    expect(made).toEqual(['2026-10-18', '2026-10-19', ...DATES]);
    expect(store.days.dates('2026-01-01', '2026-12-31')).toEqual(DATES);
    const again = jobOf(full.engine);
    expect([await again.step(), await again.step(), await again.step()]).toEqual([
      '2026-10-18',
      '2026-10-19',
      undefined,
    ]);
    again.close();
  });

  test('survives a restart, and retention of samples and scans', async () => {
    store.close();
    store = openStore();
    await store.prune();
    expect(store.days.dates('2026-01-01', '2026-12-31')).toEqual(DATES);
  });

  test('stands in where samples are gone: the report of the month stays what it was', async () => {
    const before = (await analystOf(full.engine).report(uptimeReport, OCTOBER)).report;
    const after = (await analystOf(short.engine).report(uptimeReport, OCTOBER)).report;
    expect(before.services.failing?.rolled_up_days).toBe(0);
    // The 27th is there in part: what saw more of it counts.
    expect(after.services.failing?.rolled_up_days).toBe(8);
    for (const id of ['steady', 'failing']) {
      const [one, other] = [before.services[id], after.services[id]];
      expect(other?.outages).toEqual(one?.outages);
      for (const key of ['downtime', 'maintenance', 'mtbf'] as const)
        expect(Math.abs((other?.[key] ?? 0) - (one?.[key] ?? 0))).toBeLessThanOrEqual(120);
      expect(other?.uptime_ratio).toBeCloseTo(one?.uptime_ratio ?? -1, 3);
      expect(other?.coverage).toBeCloseTo(one?.coverage ?? -1, 3);
    }
    expect(after.services.failing).toMatchObject({ outage_count: 2, evidence: [] });
    const seconds = after.services.failing?.outages.map(outage => outage.seconds) ?? [];
    OUTAGES.forEach(([from, to], i) => {
      expect(Math.abs((seconds[i] as number) - (to - from) / 1000)).toBeLessThanOrEqual(120);
    });
    expect(after.cluster.outage_count).toBe(2);
  });

  test('is what the calendar is made of', async () => {
    const { report } = await analystOf(short.engine).report(uptimeCalendar(10), {
      name: 'today',
      period: () => ({ from: NOW - DAY, to: NOW }),
    });
    expect(report.dates).toEqual(['2026-10-19', ...DATES, '2026-10-28']);
    const { uptime, downtime, maintenance } = report.services.failing ?? {
      uptime: [],
      downtime: [],
      maintenance: [],
    };
    const hours = (at(26) - at(25)) / HOUR;
    const shares = [null, 1, 1 - 1 / 24, 1, 1, 1 - 1 / 24, 1 - 1 / hours, 1, 1, 1];
    expect(uptime).toHaveLength(shares.length);
    shares.forEach((share, i) => {
      if (share === null) expect(uptime[i]).toBeNull();
      else expect(uptime[i]).toBeCloseTo(share, 2);
    });
    expect(Math.abs((downtime[2] as number) - 3600)).toBeLessThanOrEqual(60);
    expect(Math.abs((maintenance[7] as number) - 7200)).toBeLessThanOrEqual(60);
  });

  test('is made again of days whose samples an import changed, and loses nothing where samples are gone', async () => {
    const daysOf = () =>
      [...store.days.between('2026-10-20', '2026-10-27')].map(([date, rollup]) => {
        const { steady, failing } = rollup as Record<
          string,
          { looked: number; down: number; outages: unknown[] }
        >;
        return { date, looked: steady?.looked, outages: failing?.outages.length, down: failing?.down };
      });
    const before = daysOf();
    samplesChanged(file, at(22, 3), at(22, 4));
    // Of the 27th the last hours are left.
    samplesChanged(file, at(25, 12), at(26, 12));
    const gone = jobOf(short.engine);
    const steps: (string | undefined)[] = [];
    for (let n = 0; n < 7; n++) steps.push(await gone.step());
    gone.close();
    expect(steps).toEqual(DATES.slice(1));
    expect(daysOf()).toEqual(before);
    expect(store.days.changed()).toEqual([]);
    // The import brought an outage, and a day on which nothing was known.
    const imported = await start(
      openMetrics({
        from: at(19) + SCRAPE,
        to: NOW,
        services: [
          TRUTH[0] as ServiceTruth,
          { id: 'failing', time: () => 0.2, outages: [[at(22, 3), at(22, 4)]] },
        ],
      }),
    );
    try {
      samplesChanged(file, at(20), at(22, 4));
      const job = jobOf(imported.engine);
      while (store.days.changed().length > 0) await job.step();
      job.close();
    } finally {
      await imported.close();
    }
    const after = daysOf();
    const day = (date: string) => after.find(each => each.date === date);
    expect(day('2026-10-21')).toMatchObject({ outages: 0, down: 0 });
    expect(day('2026-10-22')).toMatchObject({ outages: 1 });
    expect(Math.abs((day('2026-10-22')?.down ?? 0) - 3600)).toBeLessThanOrEqual(60);
    expect(store.days.dates('2026-10-01', '2026-10-19')).toEqual(['2026-10-19']);
    expect(after.slice(5)).toEqual(before.slice(5));
  });

  test('waits for an engine that does not answer', async () => {
    const refusing = {
      instant: () => Promise.reject(new QueryError('unavailable', 'no answer')),
      range: () => Promise.reject(new QueryError('unavailable', 'no answer')),
    };
    const log: unknown[] = [];
    const job = jobOf(refusing as never, log);
    expect(await job.step()).toBeUndefined();
    job.close();
    expect(log).toEqual([['warn', 'Daily roll-up failed; retrying']]);
  });

  test('says nothing of a question that ends because the monitor stops', async () => {
    let stop = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(new QueryError('unavailable', 'the monitor is stopping'));
    });
    const log: unknown[] = [];
    const job = jobOf({ instant: () => stopped, range: () => stopped } as never, log);
    const step = job.step();
    job.close();
    stop();
    expect(await step).toBeUndefined();
    expect(log).toEqual([]);
  });

  test('that cannot be made does not keep the others from being made, and is tried again', async () => {
    const made: string[] = [];
    const days = {
      upsert: (date: string) => made.push(date) > 0,
      between: () => new Map(),
      dates: () => made,
      changed: () => [],
      deleteChanged: () => {},
    };
    let isBroken = true;
    const broken: typeof full.engine = Object.create(full.engine, {
      instant: {
        value: (query: string, moment: Millis) =>
          isBroken && moment === at(22)
            ? Promise.reject(new QueryError('execution', 'damaged'))
            : full.engine.instant(query, moment),
      },
      range: { value: (...args: Parameters<typeof full.engine.range>) => full.engine.range(...args) },
    });
    const job = new RollupJob({
      ...{ engine: broken, store: days, retention: () => 8 * DAY, clock, log: () => {} },
    });
    const steps: (string | undefined)[] = [];
    for (let n = 0; n < 9; n++) steps.push(await job.step());
    isBroken = false;
    steps.push(await job.step());
    job.close();
    const [first, second, ...others] = DATES;
    expect(steps).toEqual([first, undefined, ...others, undefined, second]);
  });
});
