import { describe, expect, test } from 'vitest';
import { Envelope } from '../../src/query/remote/envelope.js';

function take(text: string, size: number): Record<string, string> | undefined {
  const envelope = new Envelope();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) envelope.push(bytes.subarray(at, at + size));
  const members = envelope.members();
  return members && Object.fromEntries([...members].map(([name, value]) => [name, value.toString()]));
}

const CASES: [string, string, Record<string, string> | undefined][] = [
  ['an empty object', '{}', {}],
  ['a success', '{"status":"success","data":[1,2]}', { status: '"success"', data: '[1,2]' }],
  [
    'objects within, commas and colons in them',
    '{"data":{"a":[{"b":1},{"c":"x,y:z}"}]},"warnings":["w"]}',
    { data: '{"a":[{"b":1},{"c":"x,y:z}"}]}', warnings: '["w"]' },
  ],
  ['escaped quotes', '{"a":"\\"}\\\\","b":1}', { a: '"\\"}\\\\"', b: '1' }],
  ['white space', ' \n{ "a" : 1 ,\t"b" : 2 }\r\n', { a: ' 1 ', b: ' 2 ' }],
  ['names with escapes', '{"\\u0061":1}', { a: '1' }],
  ['more than ASCII', '{"a":"äö€😀"}', { a: '"äö€😀"' }],
  ['nothing', '', undefined],
  ['HTML', '<html>{}</html>', undefined],
  ['a list', '[1]', undefined],
  ['half of it', '{"status":"success","data":[1', undefined],
  ['something after it', '{"a":1} x', undefined],
  ['two of it', '{"a":1}{"a":1}', undefined],
  ['no name', '{1:2}', undefined],
  ['no value', '{"a","b":1}', undefined],
];

describe.each(CASES)('%s', (_, text, want) => {
  test.each([1, 2, 7, 1000])('in pieces of %d bytes', size => {
    expect(take(text, size)).toEqual(want);
  });
});
