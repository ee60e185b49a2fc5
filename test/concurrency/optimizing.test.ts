import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BudgetByRequests } from '../../src/concurrency/optimizing.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const PATIENT = 1_000_000;
const EAGER = 32 * 1024;

test.each<[name: string, requestsBySecond: readonly number[], budgets: readonly number[]]>([
  ['a few requests leave it patient', [49, 49, 49], [PATIENT]],
  ['many within a second make it eager', [50], [PATIENT, EAGER]],
  ['as long as they are many', [50, 60, 70, 80], [PATIENT, EAGER]],
  ['and patient once they are few', [50, 49], [PATIENT, EAGER, PATIENT]],
  ['or none', [50, 0], [PATIENT, EAGER, PATIENT]],
  ['and eager again', [50, 0, 0, 50], [PATIENT, EAGER, PATIENT, EAGER]],
])('%s', (_, requestsBySecond, budgets) => {
  const set: number[] = [];
  const budget = new BudgetByRequests(bytes => set.push(bytes));
  for (const requests of requestsBySecond) {
    for (let i = 0; i < requests; i++) budget.note();
    vi.advanceTimersByTime(1000);
  }
  expect(set).toEqual(budgets);
});

test('nothing is timed while no requests come', () => {
  const budget = new BudgetByRequests(() => {});
  budget.note();
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
});
