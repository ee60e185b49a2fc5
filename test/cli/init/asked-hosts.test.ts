// Which words name a host to ask.

import { expect, test } from 'vitest';
import { askedHosts } from '../../../src/cli/init/asked-hosts.js';

test.each<[string, string, number | undefined]>([
  ['localhost', 'localhost', undefined],
  ['gpu-1.example.org:8000', 'gpu-1.example.org', 8000],
  ['127.0.0.1', '127.0.0.1', undefined],
  ['127.0.0.1:6379', '127.0.0.1', 6379],
  ['::1', '::1', undefined],
  ['[::1]:6379', '::1', 6379],
  ['[::1]', '::1', undefined],
])('%s', (word, host, port) => {
  expect(askedHosts([word])).toEqual([{ host, port }]);
});

const NETWORK = /is no single host; it asks hosts by name or address and scans no network$/;
const ADDRESS = /is not the address of one host/;
const WORD = /is no host; write HOST, HOST:PORT or \[IPV6\]:PORT, and --dir=DIR for a folder$/;

test.each<[string, RegExp]>([
  ['10.0.0.0/24', NETWORK],
  ['fe80::/64', NETWORK],
  ['10.0.0.1-20', NETWORK],
  ['10.0.0.*', NETWORK],
  ['10.0.0.1,10.0.0.2', NETWORK],
  ['10.0.0', NETWORK],
  ['255.255.255.255', ADDRESS],
  ['224.0.0.1', ADDRESS],
  ['0.0.0.0', ADDRESS],
  ['::', ADDRESS],
  ['ff02::1', ADDRESS],
  ['./cluster', WORD],
  ['http://127.0.0.1', WORD],
  ['a b', WORD],
  ['fe80::1%eth0', WORD],
  ['127.0.0.1:99999', WORD],
])('refused: %s', (word, want) => {
  expect(() => askedHosts([word])).toThrow(want);
});

test('seventeen are too many', () => {
  const words = Array.from({ length: 17 }, (_, i) => `h${i}`);
  expect(askedHosts(words.slice(1))).toHaveLength(16);
  expect(() => askedHosts(words)).toThrow('init: 17 hosts; it asks at most 16, name fewer');
});
