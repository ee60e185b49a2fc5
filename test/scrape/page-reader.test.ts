// Pages read with the page before at hand: always what is read without it, whatever has changed in between.

import { expect, test } from 'vitest';
import { Labels } from '../../src/model/labels.js';
import { DROPPED, NEW } from '../../src/scrape/page-lines.js';
import { type KnownPage, type Page, PageReader, parserOf } from '../../src/scrape/page-reader.js';
import { Random } from '../support/random.js';
import { page } from './pages.js';

const flat = (labels: readonly (readonly [string, string])[]) => [...Labels.of(labels).pairs()].flat();

/** Reads a page; new series get the slots that follow those of the page before. */
function read(
  text: string,
  known?: KnownPage,
  isOpenMetrics = false,
): { reader: PageReader; page: KnownPage } {
  const next = page(text, isOpenMetrics);
  const reader = new PageReader(next, known, flat);
  while (reader.readSome());
  let slots = known ? Math.max(0, ...known.lines.slots) + 1 : 0;
  for (let line = 0; line < reader.lines.length; line++)
    if (reader.lines.slots[line] === NEW) reader.lines.slots[line] = slots++;
  return { reader, page: { ...next, lines: reader.lines } };
}

/** The samples of a page as its lines say, each with the series that its place in the page has. */
function samplesOf(of: Page, lines: PageReader['lines']): string[] {
  const parser = parserOf(of);
  return Array.from({ length: lines.length }, (_, line) => {
    parser.seek(lines.series[line] as number);
    parser.type = lines.typeOf(line);
    parser.next();
    expect(parser.valueStart).toBe(lines.valueStarts[line]);
    const end = line + 1 < lines.length ? lines.starts[line + 1] : lines.end;
    expect(parser.at).toBe(end);
    return `${Labels.of(parser.labels())} ${lines.values[line]} ${lines.times?.[line] ?? Number.NaN}`;
  });
}

const FIRST =
  '# TYPE a gauge\na{b="1"} 1\na{b="2"} 2\n# TYPE h histogram\nh_bucket{le="1"} 3\nh_count 4 1700\n';

test.each<[string, string, number]>([
  ['the same', FIRST, 0],
  ['other values', FIRST.replace(' 1\n', ' 12345\n').replace(' 3\n', ' 2.5e3\n'), 0],
  ['a value that begins like the one before', FIRST.replace(' 2\n', ' 22\n'), 0],
  ['a value that is how the one before begins', FIRST.replace('4 1700', '4'), 0],
  ['another time', FIRST.replace('1700', '1701'), 0],
  ['a number that is written in an unusual way', FIRST.replace(' 2\n', ' nan\n'), 0],
  ['white space', FIRST.replace('"} 2', '"}  2'), 0],
  ['another order', 'h_count 1\na{b="2"} 3\na{b="1"} 4\n', 0],
  ['a series less', FIRST.replace('a{b="1"} 1\n', ''), 0],
  ['a series more', `${FIRST}c 1\n`, 1],
  ['a series more, at the beginning', `c 1\n${FIRST}`, 1],
  ['a series more, in the middle', FIRST.replace('# TYPE h', 'c 1\n# TYPE h'), 1],
  ['a bound more', FIRST.replace('h_count', 'h_bucket{le="2"} 4\nh_count'), 1],
  ['another label', FIRST.replace('"2"', '"3"'), 1],
  ['a label that begins like the one before', FIRST.replace('"2"', '"22"'), 1],
  ['labels where there were none', FIRST.replace('h_count', 'h_count {x="y"}'), 1],
  ['a name that goes on with digits', FIRST.replace('h_count 4', 'h_count12 4'), 1],
  ['the same series twice', `${FIRST}a{b="1"} 5\n`, 0],
  ['another help', FIRST.replace('# TYPE a', '# HELP a text\n# TYPE a'), 0],
  ['another type', FIRST.replace('histogram', 'counter'), 0],
  ['no comments', FIRST.replaceAll(/#.*\n/g, ''), 0],
  ['no samples', '# TYPE a gauge\n', 0],
  ['no last line end', FIRST.slice(0, -1), 0],
  ['nothing', '', 0],
])('%s', (_, next, added) => {
  const before = read(FIRST);
  const { reader, page: after } = read(next, before.page);
  const alone = read(next);
  expect(samplesOf(after, reader.lines)).toEqual(samplesOf(alone.page, alone.reader.lines));
  expect([reader.added.size, reader.total]).toEqual([added, alone.reader.total]);
});

test('known series keep their slots', () => {
  const before = read('a 1\nb 2\nc 3\n');
  expect([...read('c 1\nd 2\na 3\n', before.page).reader.lines.slots.slice(0, 3)]).toEqual([2, 3, 0]);
});

test('a dropped series is looked at once', () => {
  const asked: string[] = [];
  const isKept = (labels: readonly (readonly [string, string])[]) => {
    asked.push(String(Labels.of(labels)));
    return asked.at(-1) === 'a' ? undefined : flat(labels);
  };
  const first = page('a 1\nb 1\n');
  const reader = new PageReader(first, undefined, isKept);
  while (reader.readSome());
  const second = new PageReader(page('b 2\na 2\n'), { ...first, lines: reader.lines }, isKept);
  while (second.readSome());
  expect(asked).toEqual(['a', 'b']);
  expect([second.total, second.kept, second.lines.slots[1]]).toEqual([2, 1, DROPPED]);
});

test('a page with more samples than are ever read is refused', () => {
  const reader = new PageReader(page('a 1\n'.repeat(101)), undefined, flat, 100);
  expect(() => reader.readSome()).toThrow('sample limit exceeded (built-in limit of 100 samples)');
});

test('a page of the other format is read from its beginning', () => {
  const before = read('a 1\n');
  const after = read('a 2\n# EOF\n', before.page, true);
  expect(after.reader.added.size).toBe(1);
});

test.each([false, true])('random changes (OpenMetrics: %s)', isOpenMetrics => {
  const random = new Random(11);
  const line = () => {
    const end = random.chance(0.1) ? ` ${random.below(3)}` : '';
    const space = !isOpenMetrics && random.chance(0.05) ? '  ' : ' ';
    const exemplar = isOpenMetrics && random.chance(0.1) ? ` # {t="${random.below(9)}"} 1` : '';
    const value = random.pick(['NaN', '+Inf', '1', '12', '1.5e9', String(random.next())]);
    return `m${random.below(4)}{a="${random.below(12)}"}${space}${value}${end}${exemplar}\n`;
  };
  const comment = () => `# TYPE m${random.below(4)} ${random.pick(['gauge', 'counter'])}\n`;
  let known: KnownPage | undefined;
  let lines = Array.from({ length: 20 }, line);
  for (let i = 0; i < 500; i++) {
    lines = lines.flatMap(each => {
      if (random.chance(0.03)) return [];
      if (random.chance(0.03)) return [each, random.chance(0.5) ? line() : comment()];
      return [
        random.chance(0.3) && each.startsWith('m')
          ? each.replace(/ [^ ]+\n$/, ` ${random.below(1000)}\n`)
          : each,
      ];
    });
    if (lines.length < 5) lines.push(...Array.from({ length: 10 }, line));
    const text = lines.join('') + (isOpenMetrics ? '# EOF\n' : '');
    const { reader, page: after } = read(text, known, isOpenMetrics);
    const alone = read(text, undefined, isOpenMetrics);
    expect(samplesOf(after, reader.lines)).toEqual(samplesOf(alone.page, alone.reader.lines));
    known = after;
  }
});
