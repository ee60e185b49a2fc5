import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Pace } from '../../src/page/pace.js';

test('work begins at once, and what is asked for meanwhile is done once, with what is newest', async () => {
  let newest = 0;
  const done: number[] = [];
  const pace = new Pace(() => done.push(newest));
  pace.request();
  expect(done).toEqual([0]);
  for (newest = 1; newest < 100; newest++) pace.request();
  newest = 100;
  await expect.poll(() => done).toEqual([0, 100]);
});

test('work that is under way is not begun again before it is over', async () => {
  const ends: (() => void)[] = [];
  const pace = new Pace(() => new Promise<void>(resolve => ends.push(resolve)));
  pace.request();
  pace.request();
  await sleep(20);
  expect(ends.length).toBe(1);
  ends[0]?.();
  await expect.poll(() => ends.length).toBe(2);
  ends[1]?.();
  await sleep(20);
  expect(ends.length).toBe(2);
});
