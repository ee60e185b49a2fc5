import { expect, test } from 'vitest';
import { TextWriter } from '../../src/metrics/text-writer.js';

test('a header is written with the first line after it, and not without one', () => {
  const writer = new TextWriter(0);
  for (const [header, ...lines] of [['# nothing\n'], ['# a\n', 'a 1\n', 'a 2\n'], ['# no more\n']]) {
    writer.head(header as string);
    for (const line of lines) writer.add(line);
  }
  writer.head('');
  writer.add('# EOF\n');
  expect(writer.end().toString()).toBe('# a\na 1\na 2\n# EOF\n');
});

test.each([0, 1000, 1_000_000])('long text is the same text whatever was expected: %d bytes', expected => {
  const lines = Array.from({ length: 5000 }, (_, i) => `模型{a="é😀"} ${i}\n`);
  const writer = new TextWriter(expected);
  for (const line of lines) writer.add(line);
  expect(writer.end().toString()).toBe(lines.join(''));
});

test('nothing is no bytes', () => {
  expect(new TextWriter(0).end().length).toBe(0);
});
