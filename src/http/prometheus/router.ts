// Which endpoint answers a request below /api/v1. Comes in: requests; goes out: answers in Prometheus' envelope.

import { type Request, type Response, Router } from 'express';
import type { Doors } from '../context.js';
import { type HttpLog, logFailure } from '../failure.js';
import { HttpError, type Reply } from '../route.js';
import { errorReply, writeReply } from '../write.js';
import type { ApiEndpoint } from './endpoint.js';
import { success, zipped } from './envelope.js';
import { readForm } from './form.js';
import { endpoints } from './index.js';

/** Longest path an error message repeats. */
const MAX_PATH = 100;

/** What any page may be told of an answer, as Prometheus has it unless it is told otherwise (web.cors.origin). */
const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Date',
  vary: 'origin',
};

/** Makes the router of the Prometheus HTTP API. */
export function makeApiRouter(doors: Doors, log: HttpLog): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.use('/api/v1', (request, response, next) => {
    if (request.headers.origin !== undefined)
      for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    if (request.method !== 'OPTIONS') return next();
    response.writeHead(204).end();
  });
  for (const endpoint of endpoints) {
    const onRequest = (request: Request, response: Response) =>
      answer(endpoint, request, response, doors, log);
    router.get(endpoint.path, onRequest);
    if (endpoint.form) router.post(endpoint.path, onRequest);
    router.all(endpoint.path, request => {
      throw wrongMethod(endpoint, request.method);
    });
  }
  router.use('/api/v1', request => {
    const path = `${request.baseUrl}${request.path}`;
    const shown = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}...` : path;
    throw new HttpError(404, `no such path ${shown}; see /docs`);
  });
  return router;
}

async function answer(
  endpoint: ApiEndpoint,
  request: Request,
  response: Response,
  doors: Doors,
  log: HttpLog,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const reply = await replyOf(endpoint, request, gone.signal, doors).catch(error => {
    logFailure(log, endpoint.path, error);
    return errorReply(error, endpoint.path);
  });
  doors.onAnswer(endpoint.path, reply.status ?? 200);
  if (!response.destroyed) await writeReply(response, zipped(reply, encodingsOf(request)));
}

async function replyOf(
  endpoint: ApiEndpoint,
  request: Request,
  signal: AbortSignal,
  doors: Doors,
): Promise<Reply> {
  const form = await readForm(request);
  const name = request.params.name?.toString() ?? '';
  const asked = { form, name, now: Math.floor(doors.clock.now()), signal };
  return success(await endpoint.handle(asked, doors));
}

function encodingsOf(request: Request): string | undefined {
  return request.headers['accept-encoding']?.toString();
}

function wrongMethod({ path, form }: ApiEndpoint, method: string): HttpError {
  const allow = ['GET', 'HEAD', ...(form ? ['POST'] : []), 'OPTIONS'].join(', ');
  return new HttpError(405, `${path} takes ${allow}, not ${method}`, { allow });
}
