import { expect, test } from 'vitest';
import { urlProblem } from '../../src/alertmanager/config/url.js';
import { httpUrl } from '../../src/config/fields.js';

const HOW = 'not a URL; write http://HOST:PORT/PATH or https://...';
const ZONE =
  'an IPv6 address with a zone (%eth0) cannot stand in a URL; give it a name in /etc/hosts and write that name';
const BRACKETS = 'an IPv6 address stands in brackets in a URL; write http://[ADDRESS]:PORT/PATH';

test.each<[url: string, want: string | undefined]>([
  ['http://[fe80::1%25eth0]:11434/', ZONE],
  ['http://[fe80::1%eth0]/', ZONE],
  ['https://fe80::1/', BRACKETS],
  ['http://::1:8080/health', BRACKETS],
  ['http://[::1]:8080/health', undefined],
  ['http://api:80800/health', 'not a URL; its port is above 65535'],
  ['http://[::1]:80800/', 'not a URL; its port is above 65535'],
  ['http://a b/', HOW],
  ['http://256.1.1.1/', HOW],
])('%s', (url, want) => {
  expect(httpUrl().safeParse(url).error?.issues[0]?.message).toBe(want);
  expect(urlProblem(url)).toBe(want);
});
