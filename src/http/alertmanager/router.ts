// Which endpoint answers a request below /api/v2. Comes in: requests; goes out: answers as Alertmanager gives them.
// Changes that a page of another origin asks for are refused.

import { type Request, type Response, Router } from 'express';
import { readJsonText } from '../body.js';
import type { Doors } from '../context.js';
import { type HttpLog, logFailure } from '../failure.js';
import { refuseForeign } from '../origin.js';
import { Form } from '../prometheus/form.js';
import { requesterOf } from '../requester.js';
import { HttpError, METHODS, type Reply } from '../route.js';
import { errorReply, writeReply } from '../write.js';
import type { AlertmanagerEndpoint } from './endpoint.js';
import { endpoints } from './index.js';
import { validated } from './validate.js';

/** Longest path an error message repeats. */
const MAX_PATH = 100;

/**
 * Any page may read, as in Alertmanager. Writing is JSON, and since its media type is not among what a foreign page may
 * send, browsers do not send it.
 */
const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-headers': 'Accept, Authorization, Origin',
  'access-control-allow-methods': 'GET, OPTIONS',
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Date',
};

/** Makes the router of Alertmanager's API. */
export function makeAlertmanagerRouter(doors: Doors, log: HttpLog): Router {
  // Not strict: a slash at the end means nothing in Alertmanager's API.
  const router = Router({ strict: false, caseSensitive: true });
  router.use('/api/v2', (request, response, next) => {
    response.setHeader('vary', 'origin');
    if (request.headers.origin !== undefined)
      for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    if (request.method !== 'OPTIONS') return next();
    response.writeHead(200).end();
  });
  for (const endpoint of endpoints) {
    router[METHODS[endpoint.method]](endpoint.path, (request, response) =>
      answer(endpoint, request, response, doors, log),
    );
  }
  for (const path of new Set(endpoints.map(each => each.path))) {
    router.all(path, request => {
      throw wrongMethod(path, request.method);
    });
  }
  router.use('/api/v2', request => {
    const path = `${request.baseUrl}${request.path}`;
    const shown = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}...` : path;
    throw new HttpError(404, `path ${shown} was not found`);
  });
  return router;
}

async function answer(
  endpoint: AlertmanagerEndpoint,
  request: Request,
  response: Response,
  doors: Doors,
  log: HttpLog,
): Promise<void> {
  const reply = await replyOf(endpoint, request, doors).catch(error => {
    logFailure(log, endpoint.path, error);
    return errorReply(error, endpoint.path);
  });
  doors.onAnswer(endpoint.path, reply.status ?? 200);
  if (!response.destroyed) await writeReply(response, reply);
}

async function replyOf(endpoint: AlertmanagerEndpoint, request: Request, doors: Doors): Promise<Reply> {
  const { method, body } = endpoint;
  if (method !== 'GET') refuseForeign(request, doors.access());
  const { url } = request;
  const at = url.indexOf('?');
  return endpoint.handle(
    {
      query: new Form(at < 0 ? '' : url.slice(at + 1)),
      silenceId: request.params.silenceID?.toString() ?? '',
      params: request.params as Record<string, string>,
      body: body && validated(await readJsonText(request, body), body),
      by: requesterOf(request),
      now: doors.clock.now(),
    },
    doors,
  );
}

function wrongMethod(path: string, method: string): HttpError {
  const methods = endpoints.filter(each => each.path === path).map(each => each.method);
  const allowed = methods.sort().join(',');
  return new HttpError(405, `method ${method} is not allowed, but [${allowed}] are`, { allow: allowed });
}
