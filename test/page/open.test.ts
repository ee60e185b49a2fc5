// Which details are open, in the address; and what of the incidents stands there.

import { expect, test } from 'vitest';
import { openName, openOf, withOpen } from '../../src/page/open.js';
import {
  feedOf,
  parseFilter,
  printFilter,
  questionOf,
  tableOf,
} from '../../src/page/views/incident-filter.js';

test('open details stand beside what else a view is asked for', () => {
  const query = withOpen('?q=a+b&state=x,y', ['one', '2024-01-15T10:30:45.12']);
  expect(query).toBe('?q=a+b&state=x,y&open=one&open=2024-01-15T10%3A30%3A45.12');
  expect(openOf(query)).toEqual(['one', '2024-01-15T10:30:45.12']);
  expect(withOpen(query, [])).toBe('?q=a+b&state=x,y');
  expect(withOpen('?open=one', [])).toBe('');
  expect(
    openOf(
      withOpen(
        '',
        Array.from({ length: 25 }, (_, i) => `${i}`),
      ),
    ),
  ).toHaveLength(20);
});

test('names of details are short, and differ', () => {
  const long = ['pending {"a":"b"}', 'pending {"a":"c"}', 'x'.repeat(41)].map(openName);
  expect(new Set(long).size).toBe(3);
  expect(long.every(name => /^[0-9a-z]{1,7}$/.test(name))).toBe(true);
  expect(openName('160a7567244398bc')).toBe('160a7567244398bc');
});

test.each([
  ['', '', 'alert_history?limit=100', 'incidents.atom'],
  [
    '?service=a&severity=info&alertname=B&active=true&limit=200',
    '?service=a&severity=info&alertname=B&active=true&limit=200',
    'alert_history?limit=200&service=a&severity=info&alertname=B&active=true',
    'incidents.atom?service=a&severity=info',
  ],
  ['?id=1&limit=0&active=no', '?id=1', 'alert_history?limit=100&id=1', 'incidents.atom'],
])('incidents of %s', (query, printed, question, feed) => {
  const filter = parseFilter(query);
  expect(printFilter(filter)).toBe(printed);
  expect(questionOf(filter)).toBe(question);
  expect(feedOf(filter)).toBe(feed);
  expect(tableOf(filter)).toBe(question.replace(/limit=\d+/, 'format=csv&limit=10000'));
});
