// Bodies of multipart/form-data: values of all kinds of clients, and what is none.

import { describe, expect, test } from 'vitest';
import { boundaryOf, MultipartError, multipartValues } from '../../../src/http/prometheus/multipart.js';

const CURL = '------------------------d74496d66958873e';

describe('the boundary', () => {
  test.each<[contentType: string, want: string | undefined]>([
    [`multipart/form-data; boundary=${CURL}`, CURL],
    ['Multipart/Form-Data;charset=utf-8; Boundary="a b\\"c"', 'a b"c'],
    ['multipart/form-data', ''],
    ['multipart/form-data; x=boundary=b', ''],
    ['multipart/mixed; boundary=b', undefined],
    ['application/x-www-form-urlencoded', undefined],
    ['', undefined],
  ])('%s', (contentType, want) => expect(boundaryOf(contentType)).toBe(want));
});

const part = (header: string, value: string) => `--b\r\n${header}\r\n\r\n${value}\r\n`;
const named = (name: string) => `Content-Disposition: form-data; name="${name}"`;

describe('values', () => {
  test.each<[name: string, body: string, want: [string, string][]]>([
    ['none', '--b--\r\n', []],
    ['one', `${part(named('query'), '1+1')}--b--\r\n`, [['query', '1+1']]],
    [
      'several of a name',
      `${part(named('match[]'), 'a')}${part(named('match[]'), 'b')}--b--`,
      [
        ['match[]', 'a'],
        ['match[]', 'b'],
      ],
    ],
    ['an empty one', `${part(named('start'), '')}--b--\r\n`, [['start', '']]],
    [
      'lines and dashes within',
      `${part(named('query'), '\r\n1 -\n--b2\r\n--c\r\n')}--b--\r\n`,
      [['query', '\r\n1 -\n--b2\r\n--c\r\n']],
    ],
    ['characters of UTF-8', `${part(named('größe'), 'ä😀')}--b--\r\n`, [['größe', 'ä😀']]],
    ['text before and behind', `hello\r\n${part(named('a'), '1')}--b--\r\nbye --b`, [['a', '1']]],
    ['lines that end with a line feed', `--b\n${named('a')}\n\n1\n--b--\n`, [['a', '1']]],
    ['spaces behind the boundary', `--b \t\r\n${named('a')}\r\n\r\n1\r\n--b-- \r\n`, [['a', '1']]],
    ['a type of its own', `${part(`Content-Type: text/plain\r\n${named('a')}`, '1')}--b--\r\n`, [['a', '1']]],
    ['a name without quotes', `${part('content-disposition:form-data;name=a', '1')}--b--\r\n`, [['a', '1']]],
    ['a name with an escape', `${part(named('a\\"b'), '1')}--b--\r\n`, [['a"b', '1']]],
    [
      'a file beside',
      `${part(`${named('f')}; filename="x"`, 'z')}${part(named('a'), '1')}--b--\r\n`,
      [['a', '1']],
    ],
    ['a part without a name', `${part('Content-Disposition: form-data', 'z')}--b--\r\n`, []],
    ['a part that is no form-data', `${part('Content-Disposition: attachment; name="a"', 'z')}--b--\r\n`, []],
  ])('%s', (_, body, want) => expect(multipartValues(Buffer.from(body), 'b')).toEqual(want));

  test.each<[name: string, body: string, boundary: string, message: string]>([
    ['no boundary', '', '', 'no multipart boundary param in Content-Type'],
    ['nothing', '', 'b', 'the closing boundary is missing'],
    ['another boundary', '--c--\r\n', 'b', 'the closing boundary is missing'],
    ['an end too early', part(named('a'), '1'), 'b', 'the closing boundary is missing'],
    ['no blank line', `--b\r\n${named('a')}\r\n--b--`, 'b', 'a part has no blank line after its header'],
  ])('%s is refused', (_, body, boundary, message) => {
    expect(() => multipartValues(Buffer.from(body), boundary)).toThrow(new MultipartError(message));
  });

  test('a part of some megabytes takes no time to speak of', () => {
    const text = '--b\n\r\n-'.repeat(500_000);
    expect(multipartValues(Buffer.from(`${part(named('a'), `x${text}`)}--b--`), 'b')).toBeDefined();
  });
});
