// What a request's line and headers may be: how long, and for which host. The APIs take what Go's servers take, since
// Grafana and others put long lists of label values into a URL; what people type is short.

import type { IncomingMessage } from 'node:http';
import { isAlertmanagerApi } from './alertmanager/problem.js';
import { isApi } from './prometheus/envelope.js';
import { HttpError } from './route.js';

/** Longest request target below /api/v1 and /api/v2, in bytes. */
const MAX_API_TARGET = 1024 * 1024;
/** Longest request target elsewhere, in bytes. */
const MAX_TARGET = 16 * 1024;
/** All headers together, in bytes: names and values. */
const MAX_HEADERS = 16 * 1024;
/** What the HTTP parser reads before it gives up, in bytes: the two above, with the marks between. */
export const MAX_HEAD = MAX_API_TARGET + 4 * MAX_HEADERS;

/**
 * @throws HttpError 431 for a request whose target or headers are too long for its path; 400 for one that names several
 * hosts, of which a proxy may have heeded another (RFC 9112, 3.2)
 */
export function checkHead({ url = '', rawHeaders }: IncomingMessage): void {
  // The parser hands both on as bytes, one a UTF-16 unit.
  const path = url.slice(0, MAX_TARGET).split('?', 1)[0] as string;
  const most = isApi(path) || isAlertmanagerApi(path) ? MAX_API_TARGET : MAX_TARGET;
  if (url.length > most) throw new HttpError(431, `the request target is larger than ${most} bytes`);
  const length = rawHeaders.reduce((sum, each) => sum + each.length, 0);
  if (length > MAX_HEADERS) throw new HttpError(431, `the headers are larger than ${MAX_HEADERS} bytes`);
  const hosts = rawHeaders.filter((each, i) => i % 2 === 0 && each.toLowerCase() === 'host');
  if (hosts.length > 1) throw new HttpError(400, 'the request has more than one Host header');
}
