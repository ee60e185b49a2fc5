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
  const query = url.indexOf('?');
  const { maxTarget } = surfaceOf(query < 0 ? url : url.slice(0, query));
  if (url.length > maxTarget)
    throw new HttpError(431, `the request target is larger than ${maxTarget} bytes`);
  let length = 0;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i++) {
    const text = rawHeaders[i] as string;
    length += text.length;
    if (i % 2 === 0 && text.length === 4 && text.toLowerCase() === 'host') hosts++;
  }
  if (length > MAX_HEADERS) throw new HttpError(431, `the headers are larger than ${MAX_HEADERS} bytes`);
  if (hosts > 1) throw new HttpError(400, 'the request has more than one Host header');
}
