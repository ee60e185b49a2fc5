import { describe, expect, test } from 'vitest';
import { projectionOf, reachOf } from '../../../src/analysis/statistics/projection.js';
import { HOUR, START, series } from './series.js';

const DAY = 24 * HOUR;

describe('projection', () => {
  test('goes on as it went, hour by hour', () => {
    const rule = (day: number, hour: number) => 100 + 2 * day + (hour >= 9 && hour < 17 ? 50 : 0);
    const projection = projectionOf(series(rule, { days: 14, noise: 2 }));
    expect(projection?.slope).toBeCloseTo(2, 1);
    for (const [day, hour] of [
      [20, 3],
      [20, 12],
      [44, 12],
    ] as const) {
      const expected = projection?.at(new Date(START + day * DAY).setHours(hour));
      const truth = rule(day + hour / 24, hour);
      expect(Math.abs((expected?.value ?? 0) - truth)).toBeLessThan(5);
      expect(expected?.low).toBeLessThan(truth);
      expect(expected?.high).toBeGreaterThan(truth);
    }
    expect(projection?.backTestError).toBeLessThan(0.05);
    expect(projection?.backTestSpan).toBeLessThanOrEqual(7 * DAY);
  });

  test.each([
    // By hours of the day, and by hours of the week with three and with five values of each.
    14, 21, 35,
  ])('its bounds after %i days hold four fifths of what comes', days => {
    let [inside, all] = [0, 0];
    for (let seed = 0; seed < 30; seed++) {
      const points = series(day => 100 + day, { days: days + 7, noise: 5, seed });
      const known = { at: points.at.slice(0, days * 24), values: points.values.slice(0, days * 24) };
      const projection = projectionOf(known);
      for (let i = days * 24; i < points.at.length; i += 7) {
        const { low, high } = projection?.at(points.at[i] as number) ?? { low: 0, high: 0 };
        const value = points.values[i] as number;
        if (value >= low && value <= high) inside++;
        all++;
      }
    }
    expect(inside / all).toBeGreaterThan(0.74);
    expect(inside / all).toBeLessThan(0.9);
  });

  test('a back-test of four whole weeks knows weekends, too', () => {
    const isWeekend = (day: number) => Math.floor(day) % 7 >= 5;
    const points = series(day => (isWeekend(day) ? 40 : 100), { days: 28, noise: 2 });
    const projection = projectionOf(points);
    expect(projection?.backTestSpan).toBeGreaterThan(6.9 * DAY);
    expect(projection?.backTestError).toBeLessThan(0.05);
  });

  test('noise grows nothing', () => {
    const projection = projectionOf(series(() => 100, { days: 14, noise: 10 }));
    expect(projection?.slope).toBe(0);
  });

  test('less than three days project nothing', () => {
    expect(projectionOf(series(day => 100 + day, { days: 2.9 }))).toBeUndefined();
    expect(projectionOf({ at: [], values: [] })).toBeUndefined();
  });

  test('says when a limit is reached', () => {
    const points = series(day => 0.5 + 0.01 * day, { days: 14, noise: 0.001 });
    const projection = projectionOf(points);
    if (!projection) throw new Error('no projection');
    const { expected, earliest } = reachOf(projection, 0.9, START + 14 * DAY);
    expect(((expected ?? 0) - START) / DAY).toBeCloseTo(40, 0);
    expect(earliest).toBeLessThanOrEqual(expected as number);
    expect(reachOf(projection, 5, START + 14 * DAY)).toEqual({ expected: undefined, earliest: undefined });
  });
});
