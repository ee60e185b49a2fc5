// The joint between an endpoint of the Prometheus HTTP API and its router: it answers or throws QueryError.

import type { z } from 'zod';
import type { CancelSignal } from '../../concurrency/cancel-signal.js';
import type { Millis } from '../../model/time.js';
import type { ApiAnswer } from '../../query/engine.js';
import type { ApiContext } from '../context.js';
import { type EndpointDescription, type Needs, withLazyShapes } from '../route.js';
import { apiError, envelope } from './envelope.js';
import type { Form } from './form.js';

/** A request as its endpoint sees it. */
export interface PrometheusRequest {
  readonly form: Form;
  /** What stands for `:name` in the path; empty without. */
  readonly name: string;
  /** Whole milliseconds. */
  readonly now: Millis;
  /** Aborted when the client has gone. */
  readonly signal: CancelSignal;
}

/** One endpoint: one file beside this and one line in the catalogue. */
export interface ApiEndpoint extends EndpointDescription {
  handle(request: PrometheusRequest, context: ApiContext): ApiAnswer | Promise<ApiAnswer>;
}

interface Definition<Context>
  extends Pick<
    EndpointDescription,
    'form' | 'summary' | 'inPath' | 'query' | 'others' | 'needsSamplesAlone'
  > {
  /** Below `/api/v1/`. */
  readonly path: string;
  readonly data: () => z.ZodType;
  handle(request: PrometheusRequest, context: Context): ApiAnswer | Promise<ApiAnswer>;
}

/**
 * Writes an endpoint down; its handler says what it needs of the context. Its `query` only describes: parameters are read as
 * Go reads them.
 */
export function endpoint<Context>(definition: Definition<Context> & Needs<Context>): ApiEndpoint {
  const { path, data, ...rest } = definition as unknown as Definition<ApiContext>;
  return withLazyShapes({
    ...rest,
    ...{ method: 'GET', path: `/api/v1/${path}`, answer: () => envelope(data()), error: apiError },
  });
}
