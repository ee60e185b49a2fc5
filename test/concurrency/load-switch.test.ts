import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LoadSwitch } from '../../src/concurrency/load-switch.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test.each<[name: string, countsBySecond: readonly number[], changes: readonly boolean[]]>([
  ['a few leave it off', [49, 49, 49], []],
  ['many within a second turn it on', [50], [true]],
  ['as long as they are many', [50, 60, 70, 80], [true]],
  ['and off once they are few', [50, 49], [true, false]],
  ['or none', [50, 0], [true, false]],
  ['and on again', [50, 0, 0, 50], [true, false, true]],
])('%s', (_, countsBySecond, changes) => {
  const seen: boolean[] = [];
  const load = new LoadSwitch(50, isOn => seen.push(isOn));
  for (const count of countsBySecond) {
    for (let i = 0; i < count; i++) load.note();
    vi.advanceTimersByTime(1000);
  }
  expect(seen).toEqual(changes);
});

test('many that come at once count each', () => {
  const seen: boolean[] = [];
  const load = new LoadSwitch(50, isOn => seen.push(isOn));
  load.note(49);
  load.note(0);
  expect(seen).toEqual([]);
  load.note();
  expect(seen).toEqual([true]);
  vi.advanceTimersByTime(2000);
  expect(seen).toEqual([true, false]);
});

test('nothing is timed while nothing comes', () => {
  const load = new LoadSwitch(50, () => {});
  load.note();
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
});
