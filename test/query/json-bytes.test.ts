import { describe, expect, test } from 'vitest';
import { AnswerTooLarge, JsonBytes } from '../../src/query/thread/print/json-bytes.js';
import { TimeTexts } from '../../src/query/thread/print/time-texts.js';

function written(write: (json: JsonBytes) => void, limit = 1e9): string {
  const json = new JsonBytes(limit);
  write(json);
  return Buffer.concat(json.finish()).toString('utf8');
}

describe('strings are JSON', () => {
  test.each(['', 'a', 'a"b\\c', 'line\nline\ttab\u0001', '<a>&', 'ä€😀', 'a€', '\ud800', 'é'.repeat(50_000)])(
    '%j',
    text => {
      expect(JSON.parse(written(json => json.string(text)))).toBe(text);
    },
  );
});

test('points, one after the other', () => {
  const values = [1, 1, 0, -0, -0, 0, 0.1, 0.1, Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, 1e-7, 1e-7];
  const text = written(json => {
    for (const value of values) json.point(1500, value);
  });
  const want = ['1', '1', '0', '-0', '-0', '0', '0.1', '0.1', 'NaN', 'NaN', '+Inf', '1e-07', '1e-07'];
  expect(text).toBe(want.map(each => `[1.500,"${each}"]`).join(''));
});

test('points of times whose texts were written before', () => {
  const times = Float64Array.of(
    -1500,
    0,
    999,
    1000,
    1_700_000_000_000,
    1_700_000_000_001,
    253_402_300_799_999,
  );
  const texts = new TimeTexts(times);
  const write = (point: (json: JsonBytes, i: number, value: number) => void) =>
    written(json => {
      for (let round = 0; round < 3000; round++)
        for (let i = 0; i < times.length; i++) point(json, i, round % 2 === 0 ? 1 : round * 0.1 + i);
    });
  const want = write((json, i, value) => {
    if (i > 0) json.raw(',');
    json.point(times[i] as number, value);
  });
  expect(write((json, i, value) => json.pointOf(texts, i, value))).toBe(want);
  expect(want.length).toBeGreaterThan(256 * 1024);
});

test('more than there was room for', () => {
  const text = written(json => {
    json.expect(10);
    for (let i = 0; i < 10_000; i++) json.point(i * 1000, i % 7 === 0 ? 0.5 : i);
  });
  const want = Array.from({ length: 10_000 }, (_, i) => `[${i},"${i % 7 === 0 ? 0.5 : i}"]`);
  expect(text).toBe(want.join(''));
});

describe('in pieces', () => {
  const KIB = 1024;
  test.each<[string, (json: JsonBytes) => void, string, lengths: number[]]>([
    ['nothing', () => {}, '', [0]],
    ['a whole one', json => json.raw('x'.repeat(256 * KIB)), 'x'.repeat(256 * KIB), [256 * KIB]],
    [
      'one that nothing fits into any more',
      json => {
        for (const letter of 'abc') json.raw(letter.repeat(200 * KIB));
      },
      ['a', 'b', 'c'].map(letter => letter.repeat(200 * KIB)).join(''),
      [200 * KIB, 200 * KIB, 200 * KIB],
    ],
    [
      'one long string',
      json => {
        json.raw('[');
        json.string('ä'.repeat(300 * KIB));
      },
      `["${'ä'.repeat(300 * KIB)}"`,
      [1, 600 * KIB + 2],
    ],
  ])('%s', (_, write, text, lengths) => {
    const json = new JsonBytes(1e9);
    write(json);
    const pieces = json.finish();
    expect(Buffer.concat(pieces).toString('utf8') === text).toBe(true);
    expect(pieces.map(piece => piece.length)).toEqual(lengths);
  });

  test('many points of one value', () => {
    const json = new JsonBytes(1e9);
    json.expect(50 * KIB * 20);
    for (let i = 0; i < 50 * KIB; i++) json.point(i * 1000, 1 / 3);
    const pieces = json.finish();
    const want = Array.from({ length: 50 * KIB }, (_, i) => `[${i},"0.3333333333333333"]`).join('');
    expect(Buffer.concat(pieces).toString('utf8') === want).toBe(true);
    expect(pieces).toHaveLength(Math.ceil(want.length / (256 * KIB)));
    expect(new Set(pieces.map(({ buffer }) => buffer)).size).toBe(pieces.length);
  });
});

test.each<[string, (json: JsonBytes) => void]>([
  ['raw', json => json.raw('x'.repeat(20_001))],
  ['a string', json => json.string('x'.repeat(20_000))],
  [
    'points',
    json => {
      for (let i = 0; i < 2000; i++) json.point(i, i);
    },
  ],
])('too long: %s', (_, write) => {
  expect(() => written(write, 20_000)).toThrow(AnswerTooLarge);
});
