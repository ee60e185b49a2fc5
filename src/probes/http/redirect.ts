// Where redirects lead. Comes in: a request and the answer to it; goes out: the request that follows.
// Source: RFC 9110, 10.2.2 (Location) and 15.4; curl and Go's net/http where servers write something else.

import { userInfoOf } from '../../config/http-client/headers.js';
import { ProbeFailure } from '../probe.js';
import type { ConnectionTarget } from './connections.js';
import { type Cookie, cookiesAfter } from './cookies.js';
import { COMMON_HEADERS, type HttpRequest, MIN_SECRET_LENGTH, type ReceivedResponse } from './request.js';
import { probeTlsOptions } from './tls.js';

const FOLLOWED: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The request an answer's redirect asks for; undefined when it is none. @throws ProbeFailure for an absurd one. */
export function redirectOf(request: HttpRequest, answer: ReceivedResponse): HttpRequest | undefined {
  const { statusCode } = answer;
  const location = FOLLOWED.has(statusCode) ? locationOf(answer) : undefined;
  if (location === undefined) return undefined;
  if (!URL.canParse(location, request.url.href))
    throw new ProbeFailure('protocol', 'Redirected to something that is no URL');
  const url = new URL(location, request.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ProbeFailure('protocol', `Redirected to ${url.protocol}, which is not HTTP`);
  }
  const sameOrigin = url.origin === request.url.origin;
  const turnsGet = statusCode === 303 || (statusCode < 303 && request.method === 'POST');
  const cookies = cookiesAfter(request.cookies, answer.headers['set-cookie'], request.url);
  return withUserInfo({
    ...request,
    url,
    method: turnsGet ? 'GET' : request.method,
    body: turnsGet ? undefined : request.body,
    // What was meant for one host is not sent to another.
    headers: sameOrigin ? request.headers : request.headers.slice(0, COMMON_HEADERS),
    credentialsDroppedAt:
      sameOrigin || request.headers.length === COMMON_HEADERS
        ? request.credentialsDroppedAt
        : request.url.origin,
    endpoint: sameOrigin ? request.endpoint : foreignEndpoint(url, request.endpoint),
    cookies,
    secrets: [...request.secrets, ...secretsIn(cookies, request.cookies)],
  });
}

/** The values of new cookies, which a page may show. */
function secretsIn(cookies: readonly Cookie[], known: readonly Cookie[]): string[] {
  return cookies
    .filter(each => !known.includes(each) && each.value.length >= MIN_SECRET_LENGTH)
    .map(({ value }) => value);
}

/** Where an answer points to, of several the first; undefined when it points nowhere. */
export function locationOf({ headers }: Pick<ReceivedResponse, 'headers'>): string | undefined {
  const [first = ''] = [headers.location ?? ''].flat();
  if (first === '') return undefined;
  // Headers are read byte by byte; a URL with other characters than ASCII is UTF-8, or bytes that mean nothing here.
  const bytes = Buffer.from(first, 'latin1');
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  return first.replace(/[\x80-\xff]/g, byte => `%${byte.charCodeAt(0).toString(16)}`);
}

/** A user and password in the URL sign in there, unless the request does so already. */
function withUserInfo(request: HttpRequest): HttpRequest {
  const userInfo = userInfoOf(request.url);
  if (!userInfo) return request;
  const { password, header } = userInfo;
  const url = new URL(request.url);
  url.username = '';
  url.password = '';
  if (request.headers.some((name, i) => i % 2 === 0 && name === 'authorization')) return { ...request, url };
  return {
    ...request,
    url,
    headers: [...request.headers, 'authorization', header],
    credentialsDroppedAt: undefined,
    secrets: [...request.secrets, ...[password, header.slice('Basic '.length)].filter(each => each !== '')],
  };
}

/** Another origin's endpoint; of `tls_config` all but the server's name holds there too, as in blackbox_exporter. */
function foreignEndpoint({ origin, protocol: scheme }: URL, from: ConnectionTarget): ConnectionTarget {
  const { protocol, hasCertificate, tls, redirectTls } = from;
  const own = tls ?? redirectTls ?? (() => probeTlsOptions(undefined));
  const redirected = () => ({ ...own(), servername: undefined });
  const key = `${origin} via ${from.key}`;
  if (scheme !== 'https:')
    return { key, origin, tls: undefined, redirectTls: redirected, protocol, hasCertificate };
  return { key, origin, tls: redirected, protocol, hasCertificate };
}
