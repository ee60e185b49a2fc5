// Which route answers a request. Comes in: requests that may come in; goes out: replies of the routes, written.

import type { RequestListener } from 'node:http';
import express, { type Request, type Response } from 'express';
import { reachedAt } from './access.js';
import { endpoints as alertmanagerEndpoints } from './alertmanager/index.js';
import { makeAlertmanagerRouter } from './alertmanager/router.js';
import { readJsonText } from './body.js';
import type { Doors } from './context.js';
import { type HttpLog, logFailure } from './failure.js';
import { MeantPaths } from './meant-path.js';
import { networkOf } from './network.js';
import { refuseForeign } from './origin.js';
import { framed } from './page/frame.js';
import { endpoints as apiEndpoints } from './prometheus/index.js';
import { makeApiRouter } from './prometheus/router.js';
import { requesterOf } from './requester.js';
import { HttpError, METHODS, type Reply, type RequestBody, type Route } from './route.js';
import { routes } from './routes/index.js';
import { errorReply, writeReply } from './write.js';

/** Longest path an error message repeats. */
const MAX_PATH = 100;

/** Makes the router over all routes. */
export function makeRouter(doors: Doors, log: HttpLog): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  for (const route of routes)
    app[METHODS[route.method]](route.path, (request, response) =>
      answer(route, request, response, doors, log),
    );
  for (const path of new Set(routes.map(route => route.path))) {
    app.all(path, request => {
      throw wrongMethod(path, request.method);
    });
  }
  const meant = new MeantPaths(
    [...routes, ...apiEndpoints, ...alertmanagerEndpoints].map(({ path }) => path),
  );
  app.use(({ path, url }: Request, response: Response, next: () => void) => {
    const location = meant.locationOf(path);
    if (location === undefined) return next();
    const query = url.indexOf('?');
    return void writeReply(response, redirect(location + (query < 0 ? '' : url.slice(query))));
  });
  app.use(makeApiRouter(doors, log));
  app.use(makeAlertmanagerRouter(doors, log));
  app.use((request: Request) => {
    throw new HttpError(404, `no such path ${shortened(request.path)}; see /docs`);
  });
  app.use((error: unknown, request: Request, response: Response, next: () => void) => {
    if (response.headersSent) return next();
    const reply = errorReply(error, request.path);
    doors.onAnswer('other', reply.status ?? 500);
    return void writeReply(response, reply);
  });
  return app;
}

async function answer(
  route: Route,
  request: Request,
  response: Response,
  doors: Doors,
  log: HttpLog,
): Promise<void> {
  const over = new AbortController();
  response.once('close', () => over.abort());
  try {
    if (route.method !== 'GET') refuseForeign(request, doors.access());
    const asked = {
      params: request.params as Record<string, string>,
      search: request.url.split('?').slice(1).join('?'),
      accept: request.headers.accept,
      acceptEncoding: request.headers['accept-encoding']?.toString(),
      lastEventId: request.headers['last-event-id']?.toString(),
      ifNoneMatch: request.headers['if-none-match'],
      address: reachedAt(request, doors.access()),
      by: requesterOf(request),
      client: networkOf(request.socket.remoteAddress ?? ''),
      signal: over.signal,
      body: route.body && (await bodyOf(request, route.body)),
    };
    const query = route.query ? route.query.parse(request.query) : {};
    const reply = await route.handle(query, doors, asked);
    doors.onAnswer(route.path, reply.status ?? 200);
    await writeReply(response, framed(reply, doors.page().frameAncestors));
  } catch (error) {
    const reply = errorReply(error);
    logFailure(log, route.path, error);
    doors.onAnswer(route.path, reply.status ?? 500);
    await writeReply(response, reply);
  }
}

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

function wrongMethod(path: string, method: string): HttpError {
  const methods = routes.filter(route => route.path === path).map(route => route.method);
  const allow = methods.flatMap(each => (each === 'GET' ? ['GET', 'HEAD'] : [each])).join(', ');
  return new HttpError(405, `${path} takes ${allow}, not ${method}`, { allow });
}

/** The same method again, elsewhere. */
function redirect(location: string): Reply {
  return { status: 308, headers: { location }, body: { error: `moved to ${location}` } };
}

function shortened(path: string): string {
  return path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}...` : path;
}
