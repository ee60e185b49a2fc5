import { describe, expect, test } from 'vitest';
import { dailyPatternOf } from '../../../src/analysis/statistics/daily-pattern.js';
import { type Making, series } from './series.js';

const within = (hour: number, ...ranges: [number, number][]) =>
  ranges.some(([from, to]) => hour >= from && hour < to);

interface Case {
  readonly name: string;
  readonly rule: (day: number, hour: number) => number;
  readonly making?: Making;
  readonly peaks: readonly string[];
}

const CASES: readonly Case[] = [
  { name: 'one peak', rule: (_, hour) => (within(hour, [14, 16]) ? 2 : 1), peaks: ['14:00-16:00'] },
  {
    name: 'two peaks, by the clock',
    rule: (_, hour) => (within(hour, [15, 17]) ? 2.2 : within(hour, [9, 11]) ? 2 : 1),
    peaks: ['09:00-11:00', '15:00-17:00'],
  },
  {
    name: 'a peak around midnight',
    rule: (_, hour) => (within(hour, [22, 24], [0, 2]) ? 2 : 1),
    peaks: ['22:00-02:00'],
  },
  {
    name: 'a peak under growth',
    rule: (day, hour) => (1 + day / 10) * (within(hour, [14, 16]) ? 2 : 1),
    peaks: ['14:00-16:00'],
  },
  { name: 'a flat line', rule: () => 1, peaks: [] },
  { name: 'noise', rule: () => 1, making: { days: 7, noise: 0.3 }, peaks: [] },
  { name: 'too low a peak', rule: (_, hour) => (hour === 14 ? 1.1 : 1), peaks: [] },
  {
    name: 'a peak on one day alone',
    rule: (day, hour) => (day < 1 && within(hour, [14, 16]) ? 3 : 1),
    making: { days: 7, noise: 0.1 },
    peaks: [],
  },
  {
    name: 'two days',
    rule: (_, hour) => (within(hour, [14, 16]) ? 2 : 1),
    making: { days: 2 },
    peaks: [],
  },
];

describe('daily pattern', () => {
  test.each(CASES)('$name', ({ rule, making = { days: 7, noise: 0.05 }, peaks }) => {
    expect(dailyPatternOf(series(rule, making))?.peaks ?? []).toEqual(peaks);
  });

  test('its profile is in multiples of the day', () => {
    const pattern = dailyPatternOf(series((_, hour) => (hour === 3 ? 5 : 2), { days: 5 }));
    expect(pattern?.profile).toEqual(Array.from({ length: 24 }, (_, hour) => (hour === 3 ? 2.5 : 1)));
  });
});
