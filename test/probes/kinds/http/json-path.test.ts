import { describe, expect, test } from 'vitest';
import { parsePath, pathBelow, valueAt } from '../../../../src/probes/kinds/http/json-path.js';
import { numbersIn } from '../../../../src/probes/kinds/http/numbers.js';

const BODY = {
  status: 'ok',
  a: { b: [{ c: 1 }, { c: 2 }], 'x y': 3 },
  'a.b': [{ c: 'dotted' }],
  list: [10, 20, 30],
  models: { 'llama3.2:3b': { loaded: true }, 'qwen2.5-7b': { queue: 3 } },
  "it's": { '"q"': 4, '\\': 5, '': 6 },
  größe: 7,
  '😀': 8,
  $ref: 9,
  '0': 'key of a digit',
};

describe('the value at a path', () => {
  const cases: readonly [path: string, want: unknown][] = [
    ['$', BODY],
    ['status', 'ok'],
    ['$.status', 'ok'],
    ["$['status']", 'ok'],
    ['["status"]', 'ok'],
    ['a.b[0].c', 1],
    ['a.b[-1].c', 2],
    ['a.b.1.c', 2],
    ["$['a.b'][0].c", 'dotted'],
    ['a["x y"]', 3],
    ["a[ 'x y' ]", 3],
    ['list[2]', 30],
    ['list[3]', undefined],
    ['list[-4]', undefined],
    ['list["0"]', undefined],
    ['models.llama3.2:3b.loaded', true],
    ["models['qwen2.5-7b'].queue", 3],
    ['models.qwen2.5-7b.queue', 3],
    ["$['it\\'s']['\"q\"']", 4],
    ['["it\'s"]["\\\\"]', 5],
    ['["it\'s"][""]', 6],
    ['größe', 7],
    ['😀', 8],
    ["['\\ud83d\\ude00']", 8],
    ["$['$ref']", 9],
    ['$.0', 'key of a digit'],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['status.length', undefined],
    ['list.length', undefined],
  ];
  test.each(cases)('%s', (path, want) => expect(valueAt(BODY, parsePath(path))).toEqual(want));
});

describe('what is no path', () => {
  const cases: readonly [path: string, want: string][] = [
    ['', 'not a path, at the end: expected a name'],
    ['.a', 'not a path, at ".a": expected a name'],
    ['a.', 'not a path, at the end: expected a name'],
    ['a..b', 'not a path, at ".b": ".." is not supported; a path names one value, step by step'],
    ['$..b', 'not a path, at ".b": ".." is not supported; a path names one value, step by step'],
    [
      '$status',
      `not a path, at "status": expected "." or "["; a key with other characters is written in quotes, ['key']`,
    ],
    ['a.*', 'not a path, at "*": "*" is not supported; a path names one value'],
    ['a[*]', 'not a path, at "*]": filters, slices and "*" are not supported; a path names one value'],
    [
      'a[?(@.b)]',
      'not a path, at "?(@.b)]": filters, slices and "*" are not supported; a path names one value',
    ],
    ['a[0:2]', 'not a path, at "0:2]": filters, slices and "*" are not supported; a path names one value'],
    ['a[b]', `not a path, at "b]": in brackets stands an index, [0], or a key in quotes, ['key']`],
    ['a[01]', `not a path, at "01]": in brackets stands an index, [0], or a key in quotes, ['key']`],
    ['a[0', `not a path, at "0": in brackets stands an index, [0], or a key in quotes, ['key']`],
    ["a['b", `not a path, at "'b": no closing '`],
    ["a['b'", 'not a path, at the end: expected "]"'],
    ["a['\\x']", 'not a path, at "\\\\x\']": no escape "\\x"'],
    [
      'a b',
      `not a path, at " b": expected "." or "["; a key with other characters is written in quotes, ['key']`,
    ],
    [
      'status == ok',
      `not a path, at " == ok": expected "." or "["; a key with other characters is written in quotes, ['key']`,
    ],
  ];
  test.each(cases)('%s', (path, want) => expect(() => parsePath(path)).toThrow(new Error(want)));
});

describe('a path that is shown', () => {
  const keys = [
    'plain',
    'a.b',
    'a b',
    "it's",
    '"',
    '\\',
    '',
    '$',
    '$ref',
    'ü',
    '😀',
    '\ud800',
    '\u0000',
    '\u2028',
    '0',
    '-1',
    'x[0]',
    'a:b-c/d',
  ];
  test.each(keys)('leads back: %j', key => {
    const body = JSON.parse(JSON.stringify({ [key]: { [key]: 1, other: 2 }, other: 3 }));
    const path = pathBelow(pathBelow('', key), key);
    expect(valueAt(body, parsePath(path))).toBe(1);
  });

  test('is distinct for every key, in the characters of a label', () => {
    const found = numbersIn(JSON.parse('{"a\\ud800":1,"a\\ud801":2,"a.b":3,"a":{"b":4}}'), 10);
    expect([...found]).toEqual([
      ["$['a\\ud800']", 1],
      ["$['a\\ud801']", 2],
      ["$['a.b']", 3],
      ['a.b', 4],
    ]);
  });

  test.each([
    [7, [['$', 7]]],
    [true, [['$', 1]]],
    ['text', []],
    [null, []],
    [[1, 2], []],
    [{ m: { 'x.y': { z: 1, deeper: { no: 2 } } } }, [["m['x.y'].z", 1]]],
  ])('of the body %j', (body, want) => expect([...numbersIn(body, 10)]).toEqual(want));
});
