// The short cut past Express. Comes in: requests whose path is written just as an endpoint's; goes out: their replies, written.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiContext } from './context.js';
import type { HttpLog } from './failure.js';
import type { EndpointDescription } from './route.js';
import { allowOrigin, methodsOf, type RoutedRequest, respond, type Surface } from './surface.js';

/** Answers a request that needs no router; false, and nothing was done, for any other. */
export type DirectRoutes = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * The endpoints of a surface whose paths are fixed, for requests whose path is written just so: finding their way through
 * Express costs more than a small query. What they are answered is the same.
 */
export function directRoutes<E extends EndpointDescription>(
  surface: Surface<E, RoutedRequest>,
  context: ApiContext,
  log: HttpLog,
): DirectRoutes {
  const byPath = new Map<string, E>(
    surface.endpoints
      .filter(({ path }) => !path.includes(':'))
      .flatMap(endpoint =>
        methodsOf(endpoint).map(method => [`${method} ${endpoint.path}`, endpoint] as const),
      ),
  );
  return (request, response) => {
    const { method, url = '' } = request;
    const query = url.indexOf('?');
    const endpoint = byPath.get(`${method} ${query < 0 ? url : url.slice(0, query)}`);
    if (!endpoint) return false;
    if (surface.cors) allowOrigin(surface.cors, request, response);
    const routed = Object.assign(request, { params: NO_PARAMS });
    void respond(surface, endpoint, routed, response, context, log);
    return true;
  };
}

const NO_PARAMS = {};
