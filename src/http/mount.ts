// Puts a surface's endpoints into Express. Comes in: a surface; goes out: its router. Loaded once a request needs it.

import { Router } from 'express';
import type { ApiContext } from './context.js';
import type { HttpLog } from './failure.js';
import { type EndpointDescription, METHODS } from './route.js';
import { allowOrigin, methodsOf, respond, type Surface } from './surface.js';

/** Makes the router of a surface. */
export function mount<E extends EndpointDescription>(
  surface: Surface<E>,
  context: ApiContext,
  log: HttpLog,
): Router {
  const { prefix, endpoints, cors } = surface;
  const router = Router({ strict: surface.isStrict, caseSensitive: true });
  if (cors)
    router.use(prefix, (request, response, next) => {
      if (!allowOrigin(cors, request, response)) next();
    });
  for (const endpoint of endpoints) {
    for (const method of methodsOf(endpoint))
      router[METHODS[method]](endpoint.path, (request, response) =>
        respond(surface, endpoint, request, response, context, log),
      );
  }
  for (const path of new Set(endpoints.map(each => each.path))) {
    const allowed = endpoints.filter(each => each.path === path).flatMap(methodsOf);
    router.all(path, ({ method }) => {
      throw surface.wrongMethod(path, method, allowed);
    });
  }
  return router;
}
