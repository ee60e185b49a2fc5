// The interface between an endpoint and the server: a route returns a result or throws; one place (write.ts) turns
// either into bytes.

import type { z } from 'zod';
import type { CancelSignal } from '../concurrency/cancel-signal.js';
import type { ByteStream } from '../query/engine.js';
import type { BodyBounds } from './body.js';
import type { ApiContext } from './context.js';
import { lazily } from './lazily.js';

/** What a route answers. */
export interface RouteResult {
  /** 200 unless said. */
  readonly status?: number;
  /** `application/json` unless said. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes, text or pieces as they are; an async iterable is streamed; anything else is printed as JSON. */
  readonly body: unknown;
  /** How long a streamed body waits for a reader that takes nothing, in milliseconds; for ever unless said. */
  readonly stallTimeout?: number;
}

/** What a route gets of the request besides its query. */
export interface RequestContext<Body = unknown> {
  /** What stands for the `:name`s of the path. */
  readonly params: Readonly<Record<string, string>>;
  /** The query string as it came, without `?`; empty when there is none. */
  readonly search: string;
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly lastEventId: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** The header; only for endpoints that check a token of their own. */
  readonly authorization: string | undefined;
  /** Where the monitor is reached, without a slash at the end: as configured, else as it was asked. */
  readonly address: string;
  /** The user, for the audit trail. */
  readonly by: string;
  /** The address the request came from, of IPv6 its network: one client. Behind a proxy that is the proxy. */
  readonly client: string;
  /** Aborted when the answer has been given or the client has gone. */
  readonly signal: CancelSignal;
  /** What the body holds, in its shape; undefined where none is described. */
  readonly body: Body;
}

/** The JSON a request brings. Read by body.ts. */
export interface RequestBody<Shape extends z.ZodType = z.ZodType> extends BodyBounds {
  readonly shape: Shape;
  /**
   * Reads what most bodies are like, sooner than the shape does; what it returns is what the shape makes of them. Undefined: the
   * shape reads it, and says what is wrong.
   */
  readonly readUsual?: (body: unknown) => z.output<Shape> | undefined;
}

/**
 * The body of a result in pieces that need not be joined: an answer with its envelope around it, some of which may come
 * later.
 */
export class ChunkedBody implements ByteStream {
  readonly #parts: readonly (Uint8Array | ByteStream)[];
  readonly length: number;

  constructor(parts: readonly (Uint8Array | ByteStream)[]) {
    this.#parts = parts;
    this.length = parts.reduce((sum, part) => sum + part.length, 0);
  }

  /** All pieces, when all of them are there. */
  get whole(): readonly Uint8Array[] | undefined {
    const there = this.#parts.filter(part => part instanceof Uint8Array);
    return there.length === this.#parts.length ? there : undefined;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (const part of this.#parts) {
      if (part instanceof Uint8Array) yield part;
      else yield* part;
    }
  }
}

/** Methods of endpoints, each by Express' name of it. */
export const METHODS = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const;

/** What /openapi.json and /docs describe of an endpoint. */
export interface EndpointDescription {
  readonly method: keyof typeof METHODS;
  /** Also takes a POST whose form holds the parameters. */
  readonly form?: true;
  /** Express' form: `/label/:name`. */
  readonly path: string;
  /** One sentence for `/docs`. */
  readonly summary: string;
  /** What stands for the `:name`s of the path, each with an example. */
  readonly inPath?: Readonly<Record<string, { readonly description: string; readonly example: string }>>;
  readonly query?: () => z.ZodObject;
  readonly body?: RequestBody;
  /** The 200 answer: a schema of its JSON, or the media types for anything else; none: it is empty. */
  readonly answer: (() => z.ZodType) | readonly string[];
  /** The answer that is no 200; `errorShape` unless said. */
  readonly error?: z.ZodType;
  /** Further answers of its own by status; without an answer of their own they are errors. */
  readonly others?: Readonly<
    Record<number, { readonly when: string; readonly answer?: EndpointDescription['answer'] }>
  >;
  /** It checks a token of its own: the users of the web configuration are not asked for. */
  readonly hasOwnToken?: true;
  /** It is answered while the rest of the monitor starts. */
  readonly needsSamplesAlone?: true;
  /** Left out of the description because it is a part of a page. */
  readonly hidden?: true;
}

/** One endpoint of the document's: one file below `routes/` and one line in its catalogue. */
export interface RouteDefinition<
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Context = ApiContext,
> extends EndpointDescription {
  readonly query?: () => Query;
  readonly body?: RequestBody<Body>;
  handle(
    query: z.output<Query>,
    context: Context,
    request: RequestContext<z.output<Body>>,
  ): RouteResult | Promise<RouteResult>;
}

/**
 * Writes a route down with its query's and its body's type kept. Its handler says what it needs of the context, such as
 * `Pick<ApiContext, 'cluster' | 'clock'>`: without a type of its own the context is `unknown`.
 */
export function route<Query extends z.ZodObject, Body extends z.ZodType, Context>(
  definition: RouteDefinition<Query, Body, Context> & Needs<Context>,
): RouteDefinition {
  return withLazyShapes(definition) as unknown as RouteDefinition;
}

/** The description with shapes that are made once, and only where they are needed. */
export function withLazyShapes<Description extends Pick<EndpointDescription, 'query' | 'answer'>>(
  description: Description,
): Description {
  const { query, answer } = description;
  return {
    ...description,
    ...(query && { query: lazily(query) }),
    answer: typeof answer === 'function' ? lazily(answer) : answer,
  };
}

/** Refuses a handler that needs what {@link ApiContext} does not have. */
export type Needs<Context> = ApiContext extends Context ? unknown : never;
