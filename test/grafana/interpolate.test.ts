import { describe, expect, test } from 'vitest';
import { fillIn, fillInIntervals, rateIntervalOf, stepOf, type Value } from './interpolate.js';

const one = { type: 'query', name: 'one' } as const;
const many = { type: 'query', name: 'many', multi: true, includeAll: true } as const;
const any = { ...many, name: 'any', allValue: '.*' } as const;

describe('variables are put in as Grafana does', () => {
  test.each<[string, string, Value, string]>([
    ['one value', 'up{a="$one"}', 'x.y:1', 'up{a="x.y:1"}'],
    ['a quote', 'up{a="$one"}', 'a"b\\c', 'up{a="a\\"b\\\\c"}'],
    ['one of several', 'up{a=~"$many"}', ['x.y'], 'up{a=~"x\\\\.y"}'],
    ['several', 'up{a=~"$many"}', ['a', 'b+'], 'up{a=~"(a|b\\\\+)"}'],
    ['all', 'up{a=~"$any"}', ['$__all'], 'up{a=~".*"}'],
    ['braces', 'up{a=~"${many}"}', ['a', 'b'], 'up{a=~"(a|b)"}'],
    ['a format', 'up{a=~"${many:regex}"}', ['a.b', 'c'], 'up{a=~"(a\\.b|c)"}'],
    ['another', '${many:pipe}', ['a', 'b'], 'a|b'],
    ['a link', '/d/x?${one:queryparam}', 'a b', '/d/x?var-one=a%20b'],
    ['an unknown name stays', 'up{a="$two"}[$__range]', 'x', 'up{a="$two"}[$__range]'],
  ])('%s', (_, text, value, want) => {
    const values = new Map([one, many, any].map(variable => [variable.name, { variable, value }]));
    expect(fillIn(text, values)).toBe(want);
  });
});

const HOUR = 3_600_000;

test.each([
  ['an hour, a wide panel', HOUR, 1000, 15_000, 15_000, 60_000],
  ['a day, a wide panel', 24 * HOUR, 1000, 15_000, 60_000, 75_000],
  ['a week, a narrow panel', 168 * HOUR, 450, 15_000, 1_200_000, 1_215_000],
  ['a slow scraper', HOUR, 1000, 30_000, 30_000, 120_000],
])('%s: the step and the rate interval', (_, span, points, scrape, step, rate) => {
  const view = { from: 0, to: span, scrape, points };
  expect([stepOf(view), rateIntervalOf(view)]).toEqual([step, rate]);
});

test('intervals are put in', () => {
  const view = { from: 0, to: 6 * HOUR, scrape: 15_000, points: 1000 };
  expect(fillInIntervals('rate(a[$__rate_interval]) + b[$__range] + c[${__interval}]', view)).toBe(
    'rate(a[1m0s]) + b[21600s] + c[20000ms]',
  );
});
