// The document's endpoints, and the pages: queries and JSON bodies in their schemas, errors as `{"error": "..."}`.

import type { Request } from 'express';
import { reachedAt } from '../access.js';
import { readJsonText } from '../body.js';
import { HttpError } from '../http-error.js';
import { networkOf } from '../network.js';
import { refuseForeign } from '../origin.js';
import { framed } from '../page/frame.js';
import { problemOf } from '../problem.js';
import { requesterOf } from '../requester.js';
import type { RequestBody, RouteDefinition } from '../route.js';
import type { Surface } from '../surface.js';
import { routes } from './index.js';

export const documentSurface: Surface<RouteDefinition> = {
  prefix: '',
  endpoints: routes,
  // What people type is short.
  maxTarget: 16 * 1024,
  isStrict: true,
  async answer(route, request, context, signal) {
    if (route.method !== 'GET') refuseForeign(request, context.access());
    const requestContext = {
      params: request.params as Record<string, string>,
      search: request.url.split('?').slice(1).join('?'),
      accept: request.headers.accept,
      acceptEncoding: request.headers['accept-encoding']?.toString(),
      lastEventId: request.headers['last-event-id']?.toString(),
      ifNoneMatch: request.headers['if-none-match'],
      authorization: route.hasOwnToken && request.headers.authorization,
      address: reachedAt(request, context.access()),
      by: requesterOf(request),
      client: networkOf(request.socket.remoteAddress ?? ''),
      signal,
      body: route.body && (await bodyOf(request, route.body)),
    };
    const query = route.query ? route.query().parse(request.query) : {};
    return framed(await route.handle(query, context, requestContext), context.page().frameAncestors);
  },
  failure(error) {
    const { status, message, headers } = problemOf(error);
    return { status, headers, body: { error: message } };
  },
  notFound: path => new HttpError(404, `no such path ${path}; see /docs`),
  wrongMethod(path, method, allowed) {
    const allow = allowed.flatMap(each => (each === 'GET' ? ['GET', 'HEAD'] : each)).join(', ');
    return new HttpError(405, `${path} takes ${allow}, not ${method}`, { allow });
  },
};

/** @throws HttpError, ZodError */
async function bodyOf(request: Request, body: RequestBody): Promise<unknown> {
  const text = await readJsonText(request, body);
  try {
    return body.shape.parse(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new HttpError(400, `the ${body.name} is no JSON: ${error.message}`);
  }
}
