// Answers that are only sent when they have changed. Source: RFC 9110, 8.8.3 (ETag) and 13.1.2 (If-None-Match).

import { createHash } from 'node:crypto';
import type { RouteResult } from './route.js';

/** A reply with a tag of its text, or 304 where the client has it. @param known what the client sent as If-None-Match */
export function withTag(
  reply: RouteResult & { readonly body: string },
  known: string | undefined,
): RouteResult {
  const etag = `"${createHash('sha256').update(reply.body).digest('base64url').slice(0, 22)}"`;
  const headers = { ...reply.headers, etag };
  const isKnown = known
    ?.split(',')
    .some(each => each.trim().replace(/^W\//, '') === etag || each.trim() === '*');
  return isKnown ? { ...reply, status: 304, headers, body: '' } : { ...reply, headers };
}
