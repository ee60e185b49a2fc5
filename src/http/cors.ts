// Which answers pages of other origins may read: those a page with the client in it asks for, which change nothing. Any
// page, as with Prometheus' API beside them; a password is what restricts it.
// Source: WHATWG Fetch, "CORS protocol".

import type { IncomingMessage, ServerResponse } from 'node:http';

const PATHS: ReadonlySet<string> = new Set(['/cluster_health', '/events', '/best_endpoint']);

const HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-headers': 'Accept, Authorization, Content-Type, Last-Event-ID, Origin',
  'access-control-allow-methods': 'GET, OPTIONS',
  'access-control-allow-origin': '*',
  // Browsers ask beforehand for a request with credentials or a Last-Event-ID; once a day will do.
  'access-control-max-age': '86400',
  vary: 'origin',
};

/**
 * Lets a page of another origin read the answer, errors included. @returns true when that was all it asked: browsers put
 * no credentials into the question whether they may, so it is answered before credentials are checked.
 */
export function allowOrigin(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin, 'access-control-request-method': wanted } = request.headers;
  if (origin === undefined || !PATHS.has(request.url?.split('?', 1)[0] ?? '')) return false;
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  if (request.method !== 'OPTIONS' || wanted === undefined) return false;
  response.writeHead(204).end();
  return true;
}
