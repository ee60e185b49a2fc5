// The joint between an endpoint of Alertmanager's API and its router: it answers or throws.

import type { z } from 'zod';
import type { Millis } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import type { Form } from '../prometheus/form.js';
import {
  type EndpointDescription,
  type Needs,
  type RequestBody,
  type RouteResult,
  withLazyShapes,
} from '../route.js';
import { alertmanagerError } from './problem.js';

/** A request as its endpoint sees it. */
interface AlertmanagerRequest<Body = unknown> {
  readonly query: Form;
  /** What stands for `:silenceID` in the path; empty without. */
  readonly silenceId: string;
  /** What stands for the `:name`s of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  /** The user, for the audit trail. */
  readonly by: string;
  readonly now: Millis;
}

/** One endpoint: one file beside this and one line in the catalogue. */
export interface AlertmanagerEndpoint<Body extends z.ZodType = z.ZodType, Context = ApiContext>
  extends EndpointDescription {
  readonly body?: RequestBody<Body>;
  handle(request: AlertmanagerRequest<z.output<Body>>, context: Context): RouteResult | Promise<RouteResult>;
}

type Definition<Body extends z.ZodType, Context> = Omit<
  AlertmanagerEndpoint<Body, Context>,
  'form' | 'hidden' | 'error'
>;

/**
 * Writes an endpoint down; its path is below `/api/v2/`, and its handler says what it needs of the context. Its `query` only
 * describes: parameters are read as Go reads them.
 */
export function endpoint<Body extends z.ZodType, Context>(
  definition: Definition<Body, Context> & Needs<Context>,
): AlertmanagerEndpoint {
  const { path, ...rest } = definition;
  const described = { ...rest, path: `/api/v2/${path}`, error: alertmanagerError };
  return withLazyShapes(described) as unknown as AlertmanagerEndpoint;
}
