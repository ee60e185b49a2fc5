import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EAGER, type Looks, LooksByRequests, PATIENT } from '../../src/concurrency/optimizing.js';

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
