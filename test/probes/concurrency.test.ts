import { describe, expect, test } from 'vitest';
import { concurrencyProblems, planConcurrency, planPool } from '../../src/probes/concurrency.js';

const checks = (count: number, more: { timeout?: number; interval?: number; isService?: boolean } = {}) =>
  Array.from({ length: count }, () => ({
    isService: true,
    timeout: 10_000,
    interval: 30_000,
    confirm: { every: 2000 },
    ...more,
  }));

describe('concurrent checks', () => {
  test.each([
    ['nothing to check', [], 'auto', { limit: 5, reserved: 0, required: 0 }],
    ['six services', checks(6), 'auto', { limit: 5, reserved: 0, required: 2 }],
    ['seven services', checks(7), 'auto', { limit: 6, reserved: 0, required: 3 }],
    ['a thousand services', checks(1000), 'auto', { limit: 834, reserved: 0, required: 334 }],
    ['short timeouts', checks(1000, { timeout: 500 }), 'auto', { limit: 200, reserved: 0, required: 17 }],
    [
      'timeouts longer than the interval',
      checks(30, { interval: 1000 }),
      'auto',
      { limit: 25, required: 30 },
    ],
    ["the node's own figures", checks(100, { isService: false }), 'auto', { limit: 5, required: 0 }],
    ['more than files may be open', checks(20_000), 'auto', { limit: 10_000, required: 6667 }],
    ['a limit that suffices', checks(15), 5, { limit: 5, isAuto: false, reserved: 0, required: 5 }],
    ['a limit that is too low', checks(1000), 5, { limit: 5, reserved: 3, required: 334, recommended: 834 }],
    ['a limit of one', checks(1000), 1, { limit: 1, reserved: 0 }],
  ] as const)('%s', (_, given, configured, want) => {
    expect(planConcurrency(given, configured)).toMatchObject(want);
  });

  test.each([
    [5, { connections: 50, perHost: 10 }],
    [20, { connections: 50, perHost: 40 }],
    [834, { connections: 1668, perHost: 1668 }],
  ])('the pool for %d checks at once', (limit, want) => {
    expect(planPool(limit)).toEqual(want);
  });

  test.each([
    ['auto', 1000, 'auto', 2000, []],
    ['a configured limit that suffices', 6, 5, 50, []],
    [
      'a configured limit that is too low',
      1000,
      5,
      50,
      [
        'scan.max_concurrent_checks: 5 cannot keep the intervals while services hang: 334 checks may be under way at once; write 834, or auto',
      ],
    ],
    [
      'a configured pool that is too small',
      1000,
      'auto',
      50,
      [
        'scan.pool.connections: 50 are too few while services hang: 334 checks may be under way at once; write 1668, or auto',
      ],
    ],
  ] as const)('what is said of %s', (_, count, configured, total, want) => {
    expect(concurrencyProblems(planConcurrency(checks(count), configured), { total })).toEqual(want);
  });
});
