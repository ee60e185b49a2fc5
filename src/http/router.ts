// Routes requests to endpoints. Comes in: requests that passed the guards; goes out: written responses.

import type { RequestListener } from 'node:http';
import express, { type Request, type Response } from 'express';
import type { ApiContext } from './context.js';
import type { HttpLog } from './failure.js';
import { MeantPaths } from './meant-path.js';
import { mount } from './mount.js';
import type { RouteResult } from './route.js';
import { documentSurface } from './routes/surface.js';
import { apis, surfaceOf } from './surfaces.js';
import { writeReply } from './write.js';

/** Longest path an error message repeats. */
const MAX_PATH = 100;

/** Makes the router over all surfaces. */
export function makeRouter(context: ApiContext, log: HttpLog): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(mount(documentSurface, context, log));
  const endpoints = [documentSurface, ...apis].flatMap(surface => surface.endpoints);
  const meant = new MeantPaths(endpoints.map(({ path }) => path));
  app.use(({ path, url }: Request, response: Response, next: () => void) => {
    const location = meant.locationOf(path);
    if (location === undefined) return next();
    const query = url.indexOf('?');
    return void writeReply(response, redirect(location + (query < 0 ? '' : url.slice(query))));
  });
  for (const api of apis) app.use(mount(api, context, log));
  app.use(({ path }: Request) => {
    throw surfaceOf(path).notFound(path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}...` : path);
  });
  app.use((error: unknown, request: Request, response: Response, next: () => void) => {
    if (response.headersSent) return next();
    const reply = surfaceOf(request.path).failure(error);
    context.onAnswer('other', reply.status ?? 500);
    return void writeReply(response, reply);
  });
  return app;
}

/** The same method again, elsewhere. */
function redirect(location: string): RouteResult {
  return { status: 308, headers: { location }, body: { error: `moved to ${location}` } };
}
