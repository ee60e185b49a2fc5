// The time axis and the lines of charts.

import { describe, expect, test } from 'vitest';
import { combine, stack, describe as summarize, valuesOf } from '../../src/page/chart/lines.js';
import { momentsOf, parseRange, spanOf, withRange, zoomOf } from '../../src/page/chart/range.js';
import { covers } from '../../src/page/views/service/silence.js';
import { statesOf } from '../../src/page/views/service/states.js';
import { downtime, intervalOf, uptimeOf } from '../../src/page/views/service/uptime.js';

const series = (metric: Record<string, string>, ...values: [number, string][]) => ({
  metric,
  values,
  value: values[0] ?? ([0, '0'] as const),
});
const SPAN = { from: 100, to: 140, step: 10 };

describe('a range in the address', () => {
  test.each([
    ['', { name: '1h' }],
    ['?range=7d', { name: '7d' }],
    ['?range=2h', { name: '1h' }],
    ['?range=6h&from=100&to=400', { name: '6h', zoom: { from: 100, to: 400 } }],
    ['?from=100&to=159', { name: '1h' }],
    ['?from=400&to=100', { name: '1h' }],
    ['?from=-1&to=1e9', { name: '1h' }],
    ['?from=0&to=9999999999999', { name: '1h' }],
  ])('%s', (query, want) => expect(parseRange(query)).toEqual(want));

  test('keeps what else stands there', () => {
    expect(withRange('?range=6h&from=1&to=99&q=a+b', { name: '24h' })).toBe('?q=a+b&range=24h');
    expect(withRange('?range=6h', { name: '1h' })).toBe('');
    expect(withRange('', { name: '1h', zoom: { from: 1, to: 99 } })).toBe('?from=1&to=99');
  });

  test.each([
    [{ name: '1h' }, 15],
    [{ name: '6h' }, 90],
    [{ name: '24h' }, 300],
    [{ name: '7d' }, 2400],
    [{ name: '30d' }, 9000],
    [{ name: '1h', zoom: { from: 0, to: 400_000_000 } }, 1_333_334],
  ] as const)('%j has steps of %d s, and about 300 of them', (range, step) => {
    const span = spanOf(range, 1_700_000_000);
    expect(span.step).toBe(step);
    expect(momentsOf(span).length).toBeLessThanOrEqual(302);
    expect(momentsOf(span).at(-1)).toBe(span.to);
  });

  test('zooming takes two moments in any order, a minute at least', () => {
    expect([zoomOf(500.5, 100.2), zoomOf(100, 110)]).toEqual([
      { from: 100, to: 501 },
      { from: 75, to: 135 },
    ]);
  });
});

describe('lines', () => {
  test('values stand at their moments; what is missing or no number is null', () => {
    const answer = series({}, [100, '1'], [120, 'NaN'], [130, '2.5'], [999, '7']);
    expect(valuesOf(SPAN, answer)).toEqual([1, null, null, 2.5, null]);
    expect(valuesOf(SPAN, undefined)).toEqual([null, null, null, null, null]);
  });

  test('stacked ones stand on each other, over gaps of one of them', () => {
    expect(
      stack([
        [1, null, null],
        [2, 3, null],
      ]),
    ).toEqual([
      [1, null, null],
      [3, 3, null],
    ]);
  });

  test('two are combined where both are known', () => {
    expect(combine([1, null, 3], [1, 2, null], (a, b) => a + b)).toEqual([2, null, null]);
  });

  test('a summary says latest, lowest and highest', () => {
    const line = { name: 'median', color: '--fill', values: [2, null, 1, 3, null] };
    expect(summarize(line, value => `${value} s`)).toBe('median: latest 3 s, lowest 1 s, highest 3 s');
    expect(summarize({ ...line, values: [null] }, String)).toBe('median: not measured');
  });
});

describe('states of a service', () => {
  test('steps of one state are one stretch, the worst one counts, a gap is none', () => {
    const answer = [
      series({ status: 'healthy' }, [100, '1'], [110, '1'], [120, '1'], [140, '1']),
      series({ status: 'timeout' }, [120, '1']),
    ];
    expect(statesOf(SPAN, answer, true)).toEqual([
      { from: 90, to: 110, tone: 'healthy', text: 'Healthy' },
      { from: 110, to: 120, tone: 'timeout', text: 'Timeout' },
      { from: 130, to: 140, tone: 'healthy', text: 'Healthy' },
    ]);
  });

  test('of long steps the share of the time it was up counts', () => {
    const answer = [series({}, [100, '1'], [110, '0.96'], [120, '0.2'])];
    expect(statesOf(SPAN, answer, false).map(({ tone, text }) => [tone, text])).toEqual([
      ['healthy', 'Healthy'],
      ['degraded', '96.00 % up'],
      ['unhealthy', '20.00 % up'],
    ]);
  });

  test('a step that was mostly maintenance is maintenance, whatever the service was', () => {
    const answer = [
      series({ status: 'healthy' }, [100, '1'], [110, '1'], [140, '1']),
      series({ status: 'error' }, [120, '1']),
    ];
    const planned = series({}, [100, '0'], [110, '0.25'], [120, '1'], [130, '1'], [140, '0']);
    const found = statesOf(SPAN, answer, true, planned);
    expect(found.map(({ tone, text }) => [tone, text])).toEqual([
      ['healthy', 'Healthy'],
      ['healthy', 'Healthy, 25.00 % maintenance'],
      ['planned', 'Maintenance; error'],
      ['planned', 'Maintenance'],
      ['healthy', 'Healthy'],
    ]);
  });
});

test('how long a service was down follows from its samples', () => {
  const interval = intervalOf([series({}, [0, '1'], [15, '1'], [30, '0'], [90, '1'], [105, '1'])]);
  expect(interval).toBe(15);
  const answer = [series({ part: 'share' }, [0, '0.75']), series({ part: 'count' }, [0, '400'])];
  expect(downtime(uptimeOf(answer, interval))).toBe(1500);
  expect(downtime(uptimeOf(answer, undefined))).toBeUndefined();
  expect(downtime(uptimeOf([], interval))).toBeUndefined();
  const never = [series({ part: 'share' }, [0, '1']), series({ part: 'planned' }, [0, '0.25'])];
  expect([downtime(uptimeOf(never, undefined)), uptimeOf(never, undefined).planned]).toEqual([0, 0.25]);
  expect(intervalOf([series({}, [0, '1'])])).toBeUndefined();
});

test.each([
  ['the name', { value: 'tools', isRegex: false, isEqual: true }, true],
  ['another name', { value: 'llm', isRegex: false, isEqual: true }, false],
  ['all but another', { value: 'llm', isRegex: false, isEqual: false }, true],
  ['a choice', { value: 'llm|tools', isRegex: true, isEqual: true }, true],
  ['a choice in a group', { value: '(?:llm|tools)', isRegex: true, isEqual: true }, true],
  ['an expression that costs any time', { value: '(t+)+$', isRegex: true, isEqual: true }, false],
])('a silence of %s', (_, matcher, want) => {
  const silence = { matchers: [{ name: 'target', ...matcher }] } as never;
  expect(covers(silence, 'tools')).toBe(want);
  expect(covers({ matchers: [{ name: 'alertname', ...matcher }] } as never, 'tools')).toBe(false);
});
