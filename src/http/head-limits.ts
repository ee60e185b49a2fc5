// What a request's line and headers may be: how long, and for which host.

import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.js';
import { apis, surfaceOf } from './surfaces.js';

/** All headers together, in bytes: names and values. */
const MAX_HEADERS = 16 * 1024;
/** What the HTTP parser reads before it gives up, in bytes: the longest target and headers, with the marks between. */
export const MAX_HEAD = Math.max(...apis.map(({ maxTarget }) => maxTarget)) + 4 * MAX_HEADERS;

/**
 * @throws HttpError 431 for a request whose target or headers are too long for its path; 400 for one that names several
 * hosts, of which a proxy may have heeded another (RFC 9112, 3.2)
 */
export function checkHead({ url = '', rawHeaders }: IncomingMessage): void {
  // The parser hands both on as bytes, one a UTF-16 unit.
  const { maxTarget } = surfaceOf(url.split('?', 1)[0] as string);
  if (url.length > maxTarget)
    throw new HttpError(431, `the request target is larger than ${maxTarget} bytes`);
  const length = rawHeaders.reduce((sum, each) => sum + each.length, 0);
  if (length > MAX_HEADERS) throw new HttpError(431, `the headers are larger than ${MAX_HEADERS} bytes`);
  const hosts = rawHeaders.filter((each, i) => i % 2 === 0 && each.toLowerCase() === 'host');
  if (hosts.length > 1) throw new HttpError(400, 'the request has more than one Host header');
}
