import { expect, test } from 'vitest';
import { ParseError } from '../../../src/promql/error.js';
import { ParsedExpressions } from '../../../src/query/thread/parsed-expressions.js';

test('the same text is the same tree', () => {
  const expressions = new ParsedExpressions();
  const first = expressions.parse('sum(rate(a[5m]))');
  expect(expressions.parse('sum(rate(a[5m]))')).toBe(first);
  expect(expressions.parse('sum(rate(b[5m]))')).not.toEqual(first);
});

test('an error is thrown each time', () => {
  const expressions = new ParsedExpressions();
  for (let i = 0; i < 2; i++) expect(() => expressions.parse('sum(')).toThrow(ParseError);
});

test('a long text is parsed each time', () => {
  const expressions = new ParsedExpressions();
  const text = `{a="${'x'.repeat(5000)}"}`;
  expect(expressions.parse(text)).not.toBe(expressions.parse(text));
});

test('of many texts those that were not asked for go', () => {
  const expressions = new ParsedExpressions();
  const text = (i: number) => `a{b="${String(i).padStart(4, '0')}${'x'.repeat(1000)}"}`;
  const [first, second] = [expressions.parse(text(0)), expressions.parse(text(1))];
  for (let i = 2; i < 65; i++) {
    expressions.parse(text(i));
    expect(expressions.parse(text(0))).toBe(first);
  }
  expect(expressions.parse(text(1))).not.toBe(second);
});
