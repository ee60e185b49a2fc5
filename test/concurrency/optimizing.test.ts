import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  EAGER,
  type HeapMode,
  HeapsByLoad,
  type Looks,
  LooksByRequests,
  PATIENT,
} from '../../src/concurrency/optimizing.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test.each<[name: string, requestsBySecond: readonly number[], looks: readonly Looks[]]>([
  ['a few requests leave it patient', [49, 49, 49], [PATIENT]],
  ['many within a second make it eager', [50], [PATIENT, EAGER]],
  ['as long as they are many', [50, 60, 70, 80], [PATIENT, EAGER]],
  ['and patient once they are few', [50, 49], [PATIENT, EAGER, PATIENT]],
  ['or none', [50, 0], [PATIENT, EAGER, PATIENT]],
  ['and eager again', [50, 0, 0, 50], [PATIENT, EAGER, PATIENT, EAGER]],
])('%s', (_, requestsBySecond, wanted) => {
  const set: Looks[] = [];
  const looks = new LooksByRequests(each => set.push(each));
  for (const requests of requestsBySecond) {
    for (let i = 0; i < requests; i++) looks.note();
    vi.advanceTimersByTime(1000);
  }
  expect(set).toEqual(wanted);
});

test('what is as much work as many requests counts as many', () => {
  const set: Looks[] = [];
  const looks = new LooksByRequests(each => set.push(each));
  looks.note(49);
  expect(set).toEqual([PATIENT]);
  looks.note();
  expect(set).toEqual([PATIENT, EAGER]);
});

test('nothing is timed while no requests come', () => {
  const looks = new LooksByRequests(() => {});
  looks.note();
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
});

test.each<
  [name: string, seconds: readonly (readonly [checks: number, alerts: number])[], modes: readonly HeapMode[]]
>([
  ['a few checks leave heaps small', [[199, 0]], []],
  [
    'very many let the young generation grow',
    [
      [200, 0],
      [0, 0],
    ],
    ['young', 'small'],
  ],
  [
    'a storm lets all of it grow',
    [
      [0, 500],
      [0, 0],
    ],
    ['large', 'small'],
  ],
  [
    'also while checks are made, which go on',
    [
      [200, 0],
      [200, 500],
      [200, 0],
      [0, 0],
    ],
    ['young', 'large', 'young', 'small'],
  ],
  [
    'and checks that end in a storm change nothing',
    [
      [200, 500],
      [0, 500],
      [0, 0],
    ],
    ['young', 'large', 'large', 'small'],
  ],
])('%s', (_, seconds, wanted) => {
  const set: HeapMode[] = [];
  const heaps = new HeapsByLoad(mode => set.push(mode));
  for (const [checks, alerts] of seconds) {
    for (let i = 0; i < checks; i++) heaps.noteCheck();
    if (alerts > 0) heaps.noteAlerts(alerts);
    vi.advanceTimersByTime(1000);
  }
  expect(set).toEqual(wanted);
});
