// Matchers and forms of silences as texts: what an address says and what the monitor gets.

import { describe, expect, test } from 'vitest';
import {
  type Draft,
  endOf,
  faultsOf,
  maintenanceDraft,
  parseDraft,
  postable,
  printDraft,
} from '../../src/page/silences/draft.js';
import {
  fromApi,
  identifying,
  type MatcherText,
  parseMatcher,
  printMatcher,
  toApi,
} from '../../src/page/silences/matchers.js';
import { isMaintenance, plainComment } from '../../src/page/silences/silence.js';

const NOW = Date.parse('2024-01-15T10:30:45Z');
const HOUR = 3_600_000;

describe('a matcher', () => {
  test.each<[text: string, want: MatcherText | undefined, printed: string]>([
    ['target="tools"', { name: 'target', operator: '=', value: 'tools' }, 'target="tools"'],
    ['target=tools', { name: 'target', operator: '=', value: 'tools' }, 'target="tools"'],
    [' a !~ "b.*" ', { name: 'a', operator: '!~', value: 'b.*' }, 'a!~"b.*"'],
    ['a=~"x=y!~z"', { name: 'a', operator: '=~', value: 'x=y!~z' }, 'a=~"x=y!~z"'],
    ['a!=""', { name: 'a', operator: '!=', value: '' }, 'a!=""'],
    [
      '"größe, x"="\\"\\\\\\n"',
      { name: 'größe, x', operator: '=', value: '"\\\n' },
      '"größe, x"="\\"\\\\\\n"',
    ],
    ['=', { name: '', operator: '=', value: '' }, '=""'],
    ['tools', undefined, ''],
    ['', undefined, ''],
  ])('%s', (text, want, printed) => {
    const parsed = parseMatcher(text);
    expect(parsed).toEqual(want);
    if (parsed === undefined) return;
    expect(printMatcher(parsed)).toBe(printed);
    expect(parseMatcher(printed)).toEqual(want);
    expect(fromApi(toApi(parsed))).toEqual(want);
  });

  test('the API of old versions says nothing of equality', () => {
    expect(fromApi({ name: 'a', value: 'b', isRegex: true })).toEqual({
      name: 'a',
      operator: '=~',
      value: 'b',
    });
  });

  test.each<[labels: Record<string, string>, want: string[]]>([
    [
      {
        alertname: 'ServiceDown',
        instance: 'a:1',
        job: 'm',
        name: 'Tools',
        severity: 'critical',
        target: 'tools',
      },
      ['alertname="ServiceDown"', 'target="tools"'],
    ],
    [{ mountpoint: '/', alertname: 'DiskFull' }, ['alertname="DiskFull"', 'mountpoint="/"']],
    [{ name: 'x' }, ['name="x"']],
    [JSON.parse('{"__proto__": "a\\"b"}') as Record<string, string>, ['__proto__="a\\"b"']],
  ])('that identifies an alert with %j', (labels, want) => {
    expect(identifying(labels).map(printMatcher)).toEqual(want);
  });
});

describe('a form', () => {
  test.each<[query: string, printed: string | undefined]>([
    ['', undefined],
    ['?id=x', undefined],
    ['?new=1', '?new=1'],
    ['?new=1&matcher=target%3D%22tools%22', '?new=1&matcher=target%3D%22tools%22'],
    ['?new=1&matcher=nonsense&for=2y&for=8h&comment=a%26b', '?new=1&comment=a%26b'],
    ['?new=1&for=8h', '?new=1&for=8h'],
    ['?new=1&start=2024-01-15T11:00Z', '?new=1&start=2024-01-15T11%3A00%3A00.000Z'],
    ['?new=1&end=tomorrow', '?new=1&end='],
    ['?new=1&replace=x&end=2024-01-16T00:00Z', '?new=1&replace=x&end=2024-01-16T00%3A00%3A00.000Z'],
  ])('%s is read and printed', (query, printed) => {
    const draft = parseDraft(query);
    expect(draft && printDraft(draft)).toBe(printed);
    if (draft) expect(parseDraft(printDraft(draft))).toEqual(draft);
  });

  const whole: Draft = {
    id: '',
    matchers: [{ name: 'target', operator: '=', value: 'tools' }],
    start: undefined,
    span: '1h',
    end: Number.NaN,
    comment: 'upgrade',
  };
  const NONE = { matchers: [''], start: '', end: '', author: '', comment: '' };
  const twice = (operator: MatcherText['operator']) => [
    { name: 'a', operator: '=' as const, value: '' },
    { name: 'b', operator, value: '' },
  ];
  test.each<[name: string, part: Partial<Draft>, author: string, want: object]>([
    ['is whole', {}, 'ann', {}],
    ['has no author', {}, ' ', { author: 'Say who makes it.' }],
    ['has no comment', { comment: ' ' }, 'ann', { comment: 'Say why, for those who find it later.' }],
    [
      'says no more than maintenance',
      { comment: 'maintenance: ' },
      'ann',
      { comment: 'Say why, for those who find it later.' },
    ],
    [
      'has a matcher without a name',
      { matchers: [{ name: '', operator: '=', value: 'x' }] },
      'ann',
      { matchers: ['Give the name of a label.'] },
    ],
    ['fits everything', { matchers: twice('=') }, 'ann', { matchers: ['Give a value.', 'Give a value.'] }],
    ['leaves something out', { matchers: twice('!=') }, 'ann', { matchers: ['', ''] }],
    ['has no end', { span: '' }, 'ann', { end: 'Choose when it ends.' }],
    ['ends in the past', { span: '', end: NOW - 1 }, 'ann', { end: 'The end is in the past.' }],
    [
      'ends before it starts',
      { span: '', start: NOW + 2 * HOUR, end: NOW + HOUR },
      'ann',
      { end: 'The end is before the start.' },
    ],
    ['has no start', { start: Number.NaN }, 'ann', { start: 'Choose when it starts.' }],
  ])('that %s', (_, part, author, want) => {
    expect(faultsOf({ ...whole, ...part }, author, NOW)).toEqual({ ...NONE, ...want });
  });

  test('becomes what the API takes', () => {
    expect(postable({ ...whole, start: NOW + HOUR, span: '8h', comment: ' why ' }, ' ann ', NOW)).toEqual({
      matchers: [{ name: 'target', value: 'tools', isRegex: false, isEqual: true }],
      startsAt: '2024-01-15T11:30:45.000Z',
      endsAt: '2024-01-15T19:30:45.000Z',
      createdBy: 'ann',
      comment: 'why',
    });
    expect(postable({ ...whole, id: 'x' }, 'ann', NOW).id).toBe('x');
  });

  test('of a maintenance begins with the next full hour', () => {
    const draft = maintenanceDraft(NOW);
    expect([draft.start, endOf(draft, NOW), draft.comment]).toEqual([
      Date.parse('2024-01-15T11:00:00Z'),
      Date.parse('2024-01-15T12:00:00Z'),
      'maintenance: ',
    ]);
  });
});

test.each<[comment: string, is: boolean, plain: string]>([
  ['maintenance: new disks', true, 'new disks'],
  [' Maintenance:new disks', true, 'new disks'],
  ['maintenance of the disks', true, 'maintenance of the disks'],
  ['maintenances', false, 'maintenances'],
  ['no maintenance: here', false, 'no maintenance: here'],
  ['', false, ''],
])('the comment %j', (comment, is, plain) => {
  expect([isMaintenance({ comment }), plainComment({ comment })]).toEqual([is, plain]);
});
