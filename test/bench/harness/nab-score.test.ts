// The benchmark's score against figures of the benchmark's own arithmetic.

import { expect, test } from 'vitest';

interface Scored {
  readonly detections: readonly number[];
  readonly windows: readonly (readonly [number, number])[];
  readonly times: readonly number[];
}
const module = new URL('nab-score.mjs', import.meta.url).href;
const { nabScore } = (await import(/* @vite-ignore */ module)) as {
  nabScore: (series: readonly Scored[], profile?: string) => number;
};

const times = Array.from({ length: 100 }, (_, i) => 10 * i);
/** A second series with one window, found in its midst. */
const OTHER: Scored = { detections: [250], windows: [[200, 300]], times };

test.each<[name: string, detections: number[], windows: [number, number][], want: [number, number, number]]>([
  ['early', [600], [[600, 690]], [97.228387, 97.228387, 98.152258]],
  ['late', [685], [[600, 690]], [83.938058, 83.938058, 89.292039]],
  ['twice in it', [620, 650], [[600, 690]], [96.656058, 96.656058, 97.770705]],
  ['in the learning part', [50], [[600, 690]], [47.228387, 47.228387, 48.152258]],
  ['before', [300], [[600, 690]], [44.478387, 41.728387, 46.318925]],
  ['right behind', [610, 700], [[600, 690]], [96.26594, 95.52111, 97.510627]],
  ['far behind', [610, 990], [[600, 690]], [94.26077, 91.51077, 96.173846]],
  ['between two records', [605.5], [[600, 690]], [97.228387, 97.228387, 98.152258]],
  ['never', [], [[600, 690]], [47.228387, 47.228387, 48.152258]],
  [
    'two windows',
    [410, 630],
    [
      [400, 440],
      [600, 690],
    ],
    [97.006497, 97.006497, 98.004331],
  ],
  ['no window', [300], [], [88.956774, 83.456774, 92.63785]],
])('%s', (_, detections, windows, want) => {
  const series = [{ detections, windows, times }, OTHER];
  const got = ['standard', 'few false alarms', 'few missed'].map(profile => nabScore(series, profile));
  expect(got.map(each => Number(each.toFixed(6)))).toEqual(want);
});
