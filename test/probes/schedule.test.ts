import { describe, expect, test } from 'vitest';
import { Schedule, type Scheduled } from '../../src/probes/schedule.js';

const service = (id: string, critical = true, interval = 30_000): Scheduled => ({ id, critical, interval });

/** Runs a schedule by the clock: every check takes `takes` ms. Gives the starts as `[at, id]`. */
function play(
  schedule: Schedule,
  from: number,
  to: number,
  takes: (id: string) => number = () => 10,
): [number, string][] {
  const starts: [number, string][] = [];
  const ends: [number, string][] = [];
  for (let at = from; at <= to; at++) {
    for (const [when, id] of [...ends]) if (when === at) schedule.ended(id, at);
    schedule.wake(at);
    for (let id = schedule.next(); id !== undefined; id = schedule.next()) {
      starts.push([at, id]);
      ends.push([at + takes(id), id]);
    }
  }
  return starts;
}

const startsOf = (starts: [number, string][], id: string) =>
  starts.filter(([, who]) => who === id).map(([at]) => at);

describe('schedule', () => {
  test('starts critical services first and few of them together', () => {
    const schedule = new Schedule();
    schedule.set([service('other', false, 60_000), service('a'), service('b')], 0);
    expect(play(schedule, 0, 1000)).toEqual([
      [0, 'a'],
      [0, 'b'],
      [0, 'other'],
    ]);
  });

  test('keeps a regular slot, however long a check takes', () => {
    const schedule = new Schedule();
    schedule.set([service('a')], 0);
    expect(
      startsOf(
        play(schedule, 0, 100_000, () => 700),
        'a',
      ),
    ).toEqual([0, 30_000, 60_000, 90_000]);
  });

  test('skips slots that passed during a check, and never checks a service twice at once', () => {
    const schedule = new Schedule();
    schedule.set([service('a', true, 5000)], 0);
    expect(
      startsOf(
        play(schedule, 0, 45_000, () => 12_000),
        'a',
      ),
    ).toEqual([0, 15_000, 30_000, 45_000]);
  });

  test('spreads a thousand services over the interval', () => {
    const schedule = new Schedule();
    schedule.set(
      Array.from({ length: 1000 }, (_, i) => service(`s${i}`)),
      0,
    );
    const starts = play(schedule, 0, 29_999);
    const perSecond = new Map<number, number>();
    for (const [at] of starts)
      perSecond.set(Math.floor(at / 1000), (perSecond.get(Math.floor(at / 1000)) ?? 0) + 1);
    expect(starts).toHaveLength(1000);
    expect(Math.max(...perSecond.values())).toBeLessThan(60);
  });

  test.each([
    ['healthy', [30_000, 60_000, 90_000]],
    ['degraded', [15_000, 30_000, 45_000, 60_000, 75_000, 90_000]],
    ['unhealthy', Array.from({ length: 18 }, (_, i) => (i + 1) * 5000)],
  ] as const)('goes at the pace of a %s cluster', (status, want) => {
    const schedule = new Schedule();
    schedule.set([service('a')], 0);
    play(schedule, 0, 20);
    schedule.setStatus(status, 20);
    expect(startsOf(play(schedule, 21, 90_000), 'a')).toEqual(want);
  });

  test('spreads late services when the interval becomes shorter', () => {
    const schedule = new Schedule();
    schedule.set(
      Array.from({ length: 1000 }, (_, i) => service(`s${i}`)),
      0,
    );
    play(schedule, 0, 29_000);
    schedule.setStatus('unhealthy', 29_000);
    const starts = play(schedule, 29_001, 34_100).filter(([at]) => at < 34_000);
    const together = new Map<number, number>();
    for (const [at] of starts) together.set(at, (together.get(at) ?? 0) + 1);
    expect(new Set(starts.map(([, id]) => id)).size).toBe(1000);
    expect(Math.max(...together.values())).toBeLessThan(150);
  });

  test('returns to its slot when the cluster has recovered', () => {
    const schedule = new Schedule();
    schedule.set([service('a')], 0);
    play(schedule, 0, 20);
    schedule.setStatus('unhealthy', 20);
    expect(startsOf(play(schedule, 21, 11_000), 'a')).toEqual([5000, 10_000]);
    schedule.setStatus('healthy', 11_000);
    expect(startsOf(play(schedule, 11_001, 80_000), 'a')).toEqual([30_000, 60_000]);
  });

  test('a shorter interval checks at once the services whose slot has passed; that is no lag, and all keep their slots', () => {
    const schedule = new Schedule();
    schedule.set([service('a'), service('other', false, 60_000)], 0);
    play(schedule, 0, 20);
    schedule.setStatus('unhealthy', 21_000);
    schedule.wake(21_000);
    expect([schedule.next(), schedule.next()]).toEqual(['a', 'other']);
    expect(['a', 'other'].map(id => [schedule.lateness(id, 21_003), schedule.slotOf(id)])).toEqual([
      [3, 20_000],
      [3, 20_000],
    ]);
    expect(['a', 'other'].map(id => schedule.ended(id, 21_010))).toEqual([25_000, 30_000]);
    schedule.setStatus('healthy', 22_000);
    expect(play(schedule, 22_000, 61_000)).toEqual([
      [30_000, 'a'],
      [60_000, 'a'],
      [60_000, 'other'],
    ]);
  });

  test('the lag of slots that passed while the process was stopped is the whole stop', () => {
    const schedule = new Schedule();
    schedule.set([service('a')], 0);
    play(schedule, 0, 20);
    schedule.wake(95_000);
    expect(schedule.next()).toBe('a');
    expect([schedule.lateness('a', 95_000), schedule.slotOf('a'), schedule.ended('a', 95_010)]).toEqual([
      65_000, 90_000, 120_000,
    ]);
  });

  test('brings a confirmation forward and keeps the slot after it', () => {
    const schedule = new Schedule();
    schedule.set([service('a')], 0);
    schedule.wake(0);
    expect(schedule.next()).toBe('a');
    expect(schedule.ended('a', 100, 2000)).toBe(2100);
    schedule.wake(2100);
    expect(schedule.next()).toBe('a');
    expect(schedule.ended('a', 2200)).toBe(30_000);
  });

  test('a confirmation later than the slot is the slot', () => {
    const schedule = new Schedule();
    schedule.set([service('a', true, 1000)], 0);
    schedule.wake(0);
    schedule.next();
    expect(schedule.ended('a', 500, 2000)).toBe(1000);
  });

  test('hurries on demand, once, and shares a check under way', () => {
    const schedule = new Schedule();
    schedule.set([service('a'), service('b')], 0);
    play(schedule, 0, 100);
    schedule.hurry('a');
    schedule.hurry('a');
    schedule.hurry('unknown');
    expect(schedule.next()).toBe('a');
    schedule.hurry('a');
    expect(schedule.next()).toBeUndefined();
    expect(schedule.ended('a', 200)).toBe(30_000);
  });

  test('a reload keeps the slots of services that stay, starts new ones and drops removed ones', () => {
    const schedule = new Schedule();
    schedule.set([service('stays'), service('goes')], 0);
    play(schedule, 0, 100);
    schedule.set([service('stays'), service('new')], 10_000);
    expect(play(schedule, 10_000, 40_100)).toEqual([
      [10_000, 'new'],
      [30_000, 'stays'],
      [30_000, 'new'],
    ]);
  });

  test('a service removed while it waits in the queue is not started', () => {
    const schedule = new Schedule();
    schedule.set([service('a'), service('b')], 0);
    schedule.wake(100);
    schedule.set([service('b')], 100);
    expect([schedule.next(), schedule.next()]).toEqual(['b', undefined]);
  });
});
