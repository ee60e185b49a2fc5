import { describe, expect, test } from 'vitest';
import { stepOf } from '../../../src/analysis/statistics/step.js';
import { trendOf } from '../../../src/analysis/statistics/trend.js';
import { HOUR, type Making, START, series } from './series.js';

const office = (hour: number) => (hour >= 9 && hour < 17 ? 3 : 1);

interface TrendCase {
  readonly name: string;
  readonly rule: (day: number, hour: number) => number;
  readonly making: Making;
  /** Change a day; undefined: none that chance would not make. */
  readonly slope: number | undefined;
}

const TRENDS: readonly TrendCase[] = [
  { name: 'nothing but noise', rule: () => 10, making: { days: 7, noise: 1 }, slope: undefined },
  { name: 'a line', rule: day => 10 + 0.5 * day, making: { days: 7, noise: 1 }, slope: 0.5 },
  { name: 'a falling line', rule: day => 10 - 0.5 * day, making: { days: 7, noise: 1 }, slope: -0.5 },
  {
    name: 'a line among outliers',
    rule: day => 10 + 0.5 * day,
    making: { days: 14, noise: 1, wild: 0.1 },
    slope: 0.5,
  },
  {
    name: 'a line with gaps',
    rule: day => 10 + 0.5 * day,
    making: { days: 14, noise: 1, missing: 0.3 },
    slope: 0.5,
  },
  {
    name: 'a daily pattern',
    rule: (_, hour) => office(hour),
    making: { days: 6.5, noise: 0.2 },
    slope: undefined,
  },
  {
    name: 'a line under a daily pattern that begins low and ends high',
    rule: (day, hour) => 5 + office(hour) + 0.1 * day,
    making: { days: 6.5, noise: 0.2 },
    slope: 0.1,
  },
  {
    name: 'a weekly pattern of which there are five, the last of them cut off',
    rule: day => (day % 7 >= 5 ? 1 : 5),
    making: { days: 33, noise: 0.2, seed: 2 },
    slope: undefined,
  },
];

describe('trend', () => {
  test.each(TRENDS)('$name', ({ rule, making, slope }) => {
    const trend = trendOf(series(rule, making));
    if (slope === undefined) expect(trend?.p).toBeGreaterThan(0.05);
    else {
      expect(trend?.p).toBeLessThan(0.01);
      expect(trend?.slope).toBeCloseTo(slope, 1);
      expect(trend?.low).toBeLessThanOrEqual(slope);
      expect(trend?.high).toBeGreaterThanOrEqual(slope);
    }
  });

  test.each([
    ['a week of noise', () => 10, 7],
    ['five weekends', (day: number) => (day % 7 >= 5 ? 1 : 5), 33],
  ] as const)('%s seems to have one in about twenty cases', (_, rule, days) => {
    const found = Array.from({ length: 200 }, (_, seed) => trendOf(series(rule, { days, noise: 0.5, seed })));
    const rate = found.filter(trend => (trend?.p ?? 1) < 0.05).length / found.length;
    expect(rate).toBeLessThan(0.1);
  });

  test('values that wander find one seldom, too', () => {
    let alarms = 0;
    for (let seed = 0; seed < 200; seed++) {
      const points = series(() => 0, { days: 7, noise: 1, seed });
      const values: number[] = [];
      points.values.forEach((shock, i) => {
        values.push(0.8 * (values[i - 1] ?? 0) + shock);
      });
      if ((trendOf({ at: points.at, values })?.p ?? 1) < 0.05) alarms++;
    }
    expect(alarms / 200).toBeLessThan(0.15);
  });

  test.each([
    ['seven hours', series(() => 1, { days: 7 / 24 })],
    ['nothing', { at: [], values: [] }],
  ])('%s tell none', (_, points) => {
    expect(trendOf(points)).toBeUndefined();
  });

  test('values that are all the same have no slope', () => {
    expect(trendOf(series(() => 7, { days: 7 }))).toMatchObject({
      slope: 0,
      p: expect.closeTo(1),
      from: 7,
      to: 7,
    });
  });
});

describe('step', () => {
  const at = (day: number) => START + day * 24 * HOUR;

  test.each([
    { name: 'up', before: 1, since: 2, day: 4 },
    { name: 'down', before: 5, since: 3, day: 2 },
    { name: 'late', before: 1, since: 2, day: 6 },
  ])('$name', ({ before, since, day }) => {
    const step = stepOf(series(now => (now < day ? before : since), { days: 7, noise: 0.2 }));
    expect(Math.abs((step?.at ?? 0) - at(day))).toBeLessThanOrEqual(2 * HOUR);
    expect(step?.from).toBeCloseTo(before, 1);
    expect(step?.to).toBeCloseTo(since, 1);
  });

  test('is found under a daily pattern', () => {
    const points = series((day, hour) => office(hour) + (day < 5 ? 0 : 2), { days: 10, noise: 0.2 });
    expect(Math.abs((stepOf(points)?.at ?? 0) - at(5))).toBeLessThanOrEqual(3 * HOUR);
  });

  test.each([
    ['noise', series(() => 10, { days: 7, noise: 1 })],
    ['a line', series(day => 10 + day, { days: 7, noise: 0.5 })],
    ['a daily pattern', series((_, hour) => office(hour), { days: 7, noise: 0.2 })],
    ['an odd afternoon', series(day => (day > 6.7 ? 3 : 1), { days: 7, noise: 0.1 })],
    ['a few hours', series(day => (day < 0.4 ? 1 : 2), { days: 0.8, noise: 0.1 })],
  ])('%s is none', (_, points) => {
    expect(stepOf(points)).toBeUndefined();
  });
});
