import { describe, expect, test } from 'vitest';
import { urlProblem } from '../../../src/alertmanager/config/url.js';

describe('URLs', () => {
  test.each<[url: string, problem: string | undefined]>([
    ['http://127.0.0.1:9093/', undefined],
    ['https://me:secret@example.org/path?a=b#c', undefined],
    ['HTTPS://[::1]:1', undefined],
    ['https://example.org/a b', undefined],
    ['', 'unsupported scheme "" for URL'],
    ['<secret>', 'unsupported scheme "" for URL'],
    ['example.org/secret', 'unsupported scheme "" for URL'],
    ['ftp://example.org/secret', 'unsupported scheme "ftp" for URL'],
    ['http:/secret', 'missing host for URL'],
    ['http:///secret', 'missing host for URL'],
    ['http://a:b/secret', 'not a URL; write http://HOST:PORT/PATH or https://...'],
    ['http://a\\secret', 'not a URL; write http://HOST:PORT/PATH or https://...'],
    ['http://a /secret', 'not a URL; write http://HOST:PORT/PATH or https://...'],
  ])('%j', (url, problem) => {
    expect(urlProblem(url)).toBe(problem);
    expect(problem ?? '').not.toContain('secret');
  });
});
