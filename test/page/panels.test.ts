// What the explorer's address says, in the words of Prometheus' expression browser.

import { describe, expect, test } from 'vitest';
import { seriesName } from '../../src/page/views/explore/labels.js';
import {
  NEW_PANEL,
  parseDuration,
  parseMoment,
  parsePanels,
  printDuration,
  printMoment,
  printPanels,
  stepOf,
} from '../../src/page/views/explore/panels.js';

describe('an address is read as Prometheus writes it', () => {
  test.each([
    ['nothing', '', [NEW_PANEL]],
    ['a link of a rule', 'g0.expr=up+%3D%3D+0&g0.tab=1', [{ ...NEW_PANEL, expression: 'up == 0' }]],
    [
      'a graph',
      'g0.expr=up&g0.tab=0&g0.range_input=1d12h&g0.step_input=30&g0.end_input=2024-01-15 10:30:00&g0.stacked=1',
      [{ expression: 'up', tab: 'graph', range: 129_600, end: 1_705_314_600, step: 30, isStacked: true }],
    ],
    [
      'Prometheus 3',
      'g0.expr=up&g0.tab=graph&g0.display_mode=stacked',
      [{ ...NEW_PANEL, expression: 'up', tab: 'graph', isStacked: true }],
    ],
    [
      'two',
      'g0.expr=a&g1.expr=b&g3.expr=c',
      [
        { ...NEW_PANEL, expression: 'a' },
        { ...NEW_PANEL, expression: 'b' },
      ],
    ],
    [
      'rubbish',
      'g0.expr=a&g0.tab=9&g0.range_input=1x&g0.step_input=-1&g0.end_input=soon',
      [{ ...NEW_PANEL, expression: 'a' }],
    ],
  ])('%s', (_, query, want) => {
    expect(parsePanels(query)).toEqual(want);
    expect(parsePanels(printPanels(parsePanels(query)))).toEqual(want);
  });

  test('at most sixteen', () => {
    const query = Array.from({ length: 99 }, (_, n) => `g${n}.expr=x`).join('&');
    expect(parsePanels(query)).toHaveLength(16);
  });

  test('nothing asked is nothing in the address', () => expect(printPanels([NEW_PANEL])).toBe(''));
});

test.each([
  ['15s', 15],
  ['1h', 3600],
  ['1d12h', 129_600],
  ['10d', 864_000],
  ['2w', 1_209_600],
  ['1y', 31_536_000],
])('a duration of %s', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
  expect(printDuration(seconds)).toBe(text);
});

test.each(['', '0s', '-1h', '1h1h', '12', 'h', '1.5h', '9999999999999999y'])('%j is no duration', text =>
  expect(parseDuration(text)).toBeUndefined(),
);

test('moments are those of UTC', () => {
  expect(parseMoment('2024-01-15 10:30')).toBe(1_705_314_600);
  expect(parseMoment('1705314600.5')).toBe(1_705_314_600.5);
  expect(parseMoment('2024-13-15 10:30')).toBeUndefined();
  expect(printMoment(1_705_314_600)).toBe('2024-01-15 10:30:00');
});

test.each([
  [60, 1],
  [3600, 15],
  [2_592_000, 10_368],
])('a graph over %i s has a point every %i s', (range, step) =>
  expect(stepOf({ ...NEW_PANEL, range })).toBe(step),
);

test.each([
  [{ __name__: 'up', job: 'a"b' }, 'up{job="a\\"b"}'],
  [{ __name__: 'up' }, 'up'],
  [{ job: 'x', 'a b': 'y' }, '{job="x", "a b"="y"}'],
  [{}, '{}'],
])('a series is printed as PromQL: %j', (labels, want) => expect(seriesName(labels)).toBe(want));
