import { expect, test } from 'vitest';
import { RunningTime, StandstillWatch } from '../../src/probes/standstill.js';

/** A clock that the test sets; timers are real, and none is due during a test. */
function timed(moments: readonly number[]): number {
  let now = 0;
  const time = new RunningTime({ elapsed: () => now });
  let last = 0;
  time.start();
  for (const moment of moments) {
    now = moment;
    last = time.stop();
  }
  return last;
}

test('what runs is timed, also when the thread is a little late', () => {
  expect([timed([5]), timed([999])]).toEqual([5, 999]);
});

test('a stretch in which the thread stood still is left out', () => {
  expect(timed([3_600_000])).toBe(0);
});

test('with what ran before and after it', async () => {
  const time = new RunningTime({ elapsed: () => performance.now() });
  const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
  time.start();
  await sleep(700);
  // As SIGSTOP.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
  await sleep(700);
  const passed = time.stop();
  expect(passed).toBeGreaterThanOrEqual(700);
  expect(passed).toBeLessThan(3000);
});

test('a watch notices a standstill, and one that begins behind it does not', () => {
  const before = new StandstillWatch();
  expect(before.stoodStill).toBe(false);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
  const behind = new StandstillWatch();
  expect([before.stoodStill, behind.stoodStill]).toEqual([true, false]);
  before.close();
  expect(behind.stoodStill).toBe(false);
  behind.close();
  // Nothing looks while there are no watches.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
  const later = new StandstillWatch();
  expect(later.stoodStill).toBe(false);
  later.close();
});
