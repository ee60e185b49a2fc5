// What an API is: its endpoints, and how it reads requests and words errors. Comes in: a surface, one of its endpoints and a
// request; goes out: the reply, written. What differs between the APIs (errors, limits, bodies, envelope) is the surface's.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request } from 'express';
import { Cancellation, type CancelSignal } from '../concurrency/cancel-signal.js';
import type { ApiContext } from './context.js';
import { type HttpLog, logFailure } from './failure.js';
import type { HttpError } from './http-error.js';
import type { EndpointDescription, METHODS, RouteResult } from './route.js';
import { writeReply } from './write.js';

/** Which answers pages of other origins may read. Source: WHATWG Fetch, "CORS protocol". */
interface Cors {
  /** Headers of every answer. */
  readonly always: Readonly<Record<string, string>>;
  /** Headers of an answer to a page. */
  readonly headers: Readonly<Record<string, string>>;
  /** The status that answers OPTIONS. */
  readonly status: number;
}

/** A request, and what stands for the `:name`s of its path. */
export type RoutedRequest = IncomingMessage & {
  readonly params: Readonly<Record<string, string | string[]>>;
};

/** Endpoints that answer in one way, to requests with as much of Express' as they need. */
export interface Surface<E extends EndpointDescription = EndpointDescription, R = Request> {
  /** Where its paths begin, without a slash at the end. */
  readonly prefix: string;
  readonly endpoints: readonly E[];
  /** Longest request target, in bytes. */
  readonly maxTarget: number;
  /** Whether a slash at the end makes another path. */
  readonly isStrict: boolean;
  /** Not set: answers are for pages of its own origin. */
  readonly cors?: Cors;
  /** @param signal aborted when the answer has been given or the client has gone @throws what `failure` makes a reply of */
  answer(endpoint: E, request: R, context: ApiContext, signal: CancelSignal): Promise<RouteResult>;
  /** The reply of a thrown error. */
  failure(error: unknown): RouteResult;
  /** What a path below the prefix that no endpoint has is answered with. */
  notFound(path: string): HttpError;
  /** What a method that a path's endpoints do not have is answered with. */
  wrongMethod(path: string, method: string, allowed: readonly Method[]): HttpError;
}

/** A method an endpoint takes. */
type Method = keyof typeof METHODS;

/** The methods an endpoint takes. */
export function methodsOf({ method, form }: EndpointDescription): Method[] {
  return form ? [method, 'POST'] : [method];
}

/** Says which pages may read the answer. Returns whether the request was OPTIONS and has been answered. */
export function allowOrigin(
  { always, headers, status }: Cors,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  setHeaders(response, always);
  if (request.headers.origin !== undefined) setHeaders(response, headers);
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(status).end();
  return true;
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const name in headers) response.setHeader(name, headers[name] as string);
}

/** Answers a request to an endpoint. */
export async function respond<E extends EndpointDescription, R extends IncomingMessage>(
  surface: Surface<E, R>,
  endpoint: E,
  request: R,
  response: ServerResponse,
  context: ApiContext,
  log: HttpLog,
): Promise<void> {
  const over = new Cancellation();
  // It comes once; `once` makes two more objects for each request.
  response.on('close', () => over.abort());
  const write = (reply: RouteResult) => {
    context.onAnswer(endpoint.path, reply.status ?? 200);
    return writeReply(response, reply);
  };
  try {
    await write(await surface.answer(endpoint, request, context, over));
  } catch (error) {
    logFailure(log, endpoint.path, error);
    await write(surface.failure(error));
  }
}
