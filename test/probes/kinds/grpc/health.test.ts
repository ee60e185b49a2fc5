import { describe, expect, test } from 'vitest';
import { decodeResponse, encodeRequest } from '../../../../src/probes/kinds/grpc/health.js';

describe('a request', () => {
  test.each([
    ['no service', '', ''],
    ['a service', 'ab', '0a026162'],
    ['a long name', 'x'.repeat(300), `0aac02${'78'.repeat(300)}`],
    ['not ASCII', '\u00e9', '0a02c3a9'],
  ])('%s', (_, service, want) => {
    expect(encodeRequest(service).toString('hex')).toBe(want);
  });
});

describe('a response', () => {
  test.each<[name: string, hex: string, want: number | RegExp]>([
    ['empty', '', 0],
    ['serving', '0801', 1],
    ['the last of two', '08010802', 2],
    ['a status of more bytes', '08ac02', 300],
    ['other fields', '12026162190102030405060708250102030408033a00', 3],
    ['an end in a number', '08', /ends too early/],
    ['an end in a text', '1205', /ends too early/],
    ['a number without an end', '08ffffffffffffffffffffff', /too long/],
    ['a group', '0b', /unknown type/],
  ])('%s', (_, hex, want) => {
    const decode = () => decodeResponse(Buffer.from(hex, 'hex'));
    if (typeof want === 'number') expect(decode()).toBe(want);
    else expect(decode).toThrow(want);
  });
});
