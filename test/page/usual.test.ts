// The band of usual response times, of what the rules recorded.

import { expect, test } from 'vitest';
import { usualBand } from '../../src/page/views/service/usual.js';

const SPAN = { from: 0, to: 30, step: 10 };
type Points = [at: number, value: string][];
const series = (part: string, values: Points) => ({ metric: { part }, value: [0, ''] as const, values });

test.each<[name: string, recorded: Record<string, Points>, low: unknown[], high: unknown[]]>([
  ['nothing is recorded yet', {}, [null, null, null, null], [null, null, null, null]],
  [
    'a day is known: twice the deviation around its mean, not below 0',
    {
      mean: [
        [0, '1'],
        [10, '1'],
        [20, '1'],
      ],
      deviation: [
        [0, '0.25'],
        [10, '1'],
        [20, '0'],
      ],
    },
    [0.5, 0, 1, null],
    [1.5, 3, 1, null],
  ],
  [
    'the band the rules judge by, from when there is one',
    {
      ...{
        mean: [
          [0, '1'],
          [10, '1'],
        ],
        deviation: [
          [0, '0.25'],
          [10, '0.25'],
        ],
      },
      ...{
        upper: [
          [10, '2'],
          [20, '4'],
        ],
        lower: [
          [10, '0.75'],
          [20, '-1'],
        ],
      },
    },
    [0.5, 0.75, 0, null],
    [1.5, 2, 4, null],
  ],
])('%s', (_, recorded, low, high) => {
  const [band] = usualBand(
    SPAN,
    Object.entries(recorded).map(([part, values]) => series(part, values)),
  );
  expect([band?.low, band?.values]).toEqual([low, high]);
});
