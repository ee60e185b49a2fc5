import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/app/log.js';
import type { LogFormat, LogLevel } from '../../src/model/log.js';
import { Secret } from '../../src/model/secret.js';

function logged(format: LogFormat, level: LogLevel, fields: object, message: string): string {
  let text = '';
  const log = createLog(level, format, { write: (line: string) => (text += line) });
  log.warn(fields, message);
  return text;
}
const WHEN = /time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

describe('logfmt', () => {
  test.each<[string, object, string, string]>([
    ['a word', { target: 'tools' }, 'Up', 'level=warn msg=Up target=tools'],
    ['blanks', { a: 'x y' }, 'Service is up', 'level=warn msg="Service is up" a="x y"'],
    ['quotes', { a: 'x"y' }, 'm', 'level=warn msg=m a="x\\"y"'],
    ['an equals sign', { a: 'x=y' }, 'm', 'level=warn msg=m a="x=y"'],
    ['a backslash', { a: 'C:\\x' }, 'm', 'level=warn msg=m a="C:\\\\x"'],
    ['line ends', { a: 'x\ny\r' }, 'two\nlines', 'level=warn msg="two\\nlines" a="x\\ny\\r"'],
    ['control characters', { a: 'x\u0000\u001b[31m' }, 'm', 'level=warn msg=m a="x\\u0000\\u001b[31m"'],
    ['more of them', { a: '\u009b31m\u007f' }, 'm', 'level=warn msg=m a="\\u009b31m\\u007f"'],
    ['nothing', { target: '', a: 1 }, 'm', 'level=warn msg=m a=1'],
    ['other scripts', { a: 'größe模型' }, 'm', 'level=warn msg=m a=größe模型'],
    ['numbers and flags', { n: 1.5, yes: true, no: null }, 'm', 'level=warn msg=m n=1.5 yes=true no=null'],
    ['objects', { a: { b: [1, 'x'] } }, 'm', 'level=warn msg=m a="{\\"b\\":[1,\\"x\\"]}"'],
    ['what is undefined', { a: undefined, b: 1 }, 'm', 'level=warn msg=m b=1'],
    ['a secret', { password: new Secret('hunter2') }, 'm', 'level=warn msg=m password=<secret>'],
  ])('%s', (_, fields, message, want) => {
    const text = logged('logfmt', 'info', fields, message);
    expect(text).toMatch(WHEN);
    expect(text.replace(WHEN, '')).toBe(`${want}\n`);
  });
});

test('JSON is one object a line', () => {
  const text = logged('json', 'info', { target: 'a"b\n', err: '' }, 'two\nlines');
  expect(text.endsWith('}\n')).toBe(true);
  expect(text.trimEnd()).not.toContain('\n');
  expect(JSON.parse(text)).toEqual({
    level: 'warn',
    time: expect.any(String),
    msg: 'two\nlines',
    target: 'a"b\n',
  });
});

test.each<[LogLevel, boolean]>([
  ['debug', true],
  ['info', true],
  ['warn', true],
  ['error', false],
])('at level %s a warning is written: %s', (level, want) => {
  expect(logged('logfmt', level, {}, 'm') !== '').toBe(want);
});
