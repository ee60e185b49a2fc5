import { describe, expect, test } from 'vitest';

/** The bench is JavaScript. */
const load = (name: string) => import(/* @vite-ignore */ new URL(name, import.meta.url).href);
const { markdown } = (await load('table.mjs')) as { markdown: (lines: object[], before?: object) => string };
const { Bench } = await load('bench.mjs');
const { inTurns } = await load('turns.mjs');

const line = (ours: number | number[], peer: number | number[], reach: object) => ({
  what: 'a query',
  of: 'clients',
  unit: 'ms',
  ours: { who: 'ours', value: ours },
  peers: [{ who: 'peer', value: peer }],
  reach,
});
const earlier = (ours: number, peer: number) => ({
  commit: 'c',
  date: 'd',
  lines: [{ what: 'a query', unit: 'ms', ours, peers: { peer } }],
});
const cells = (table: string) =>
  table
    .split('\n')[2]
    ?.split('|')
    .map(cell => cell.trim())
    .slice(1, -1);
const atMost = (share: number) => ({ atMostOf: { who: 'peer', share } });

describe('the table', () => {
  test('shows the median and the spread of rounds, and judges the median', () => {
    expect(cells(markdown([line([3, 1, 9, 2, 4], [2, 2.5, 3, 3, 8], atMost(1))]))).toEqual([
      'a query',
      'clients',
      '3 ms [1 to 9]',
      'at most 1 of peer',
      'yes',
      'peer 3 ms [2 to 8] (1x)',
    ]);
    expect(cells(markdown([line([4, 3.5, 3.1], 3, atMost(1))]))?.slice(2)).toEqual([
      '3.5 ms [3.1 to 4]',
      'at most 1 of peer',
      'no',
      'peer 3 ms (1.2x)',
    ]);
  });

  test.each([
    [
      'slower by more than noise',
      3,
      3,
      { atMost: 5 },
      earlier(2, 3),
      'yes; worse than before (0.67x of peer)',
    ],
    ['as fast, on a slower machine', 6, 9, { atMost: 5 }, earlier(2, 3), 'no'],
    ['within noise', 2.1, 3, { atMost: 5 }, earlier(2, 3), 'yes'],
    [
      'fewer, of what should be many',
      2,
      3,
      { atLeast: 1 },
      earlier(3, 3),
      'yes; worse than before (1x of peer)',
    ],
    ['more, of what should be many', 4, 3, { atLeast: 1 }, earlier(3, 3), 'yes'],
    ['with nothing to compare', 3, 3, { atMost: 5 }, { ...earlier(2, 3), lines: [] }, 'yes'],
  ])('%s', (_, ours, peer, reach, old, want) => {
    expect(cells(markdown([line(ours, peer, reach)], old))?.[4]).toBe(want);
  });
});

test('turns measure each contestant in each round, and one that fails is named as failed', async () => {
  const bench = new Bench({ quick: true, long: false });
  try {
    const order: string[] = [];
    const contestant = (who: string, fails = false) => ({
      who,
      value: 1,
      measure: async (value: number) => {
        order.push(who);
        if (fails && order.length > 4) throw new Error('gone');
        return value + order.length;
      },
    });
    const outcomes = await inTurns(
      bench,
      2,
      [contestant('a'), { who: 'b', missing: 'not installed' }, contestant('c', true)],
      { warmUps: 1 },
    );
    expect(order).toEqual(['a', 'c', 'a', 'c', 'a', 'c']);
    expect(outcomes).toEqual([
      { who: 'a', value: [4, 6] },
      { who: 'b', missing: 'not installed' },
      { who: 'c', missing: 'failed' },
    ]);
  } finally {
    bench.close();
  }
});
