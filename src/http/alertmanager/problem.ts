// What is wrong with a request, as Alertmanager answers it: its own handlers with the message alone, the server
// generated around them with a code.
// Source: Alertmanager, api/v2; go-openapi/errors.

import { z } from 'zod';
import { HttpError } from '../http-error.js';
import type { RouteResult } from '../route.js';

const TYPE = 'application/json';

/** go-openapi's codes of what a body or a path lacks; the status is always 422. */
export const INVALID = { type: 601, required: 602, minItems: 612 } as const;

/** A message that is the whole answer. */
export class Complaint extends HttpError {}

/** A request that is not as the API's description says. */
export class Invalid extends HttpError {
  readonly code: number;

  constructor(code: (typeof INVALID)[keyof typeof INVALID], message: string) {
    super(422, message);
    this.code = code;
  }
}

/** An error as /openapi.json describes it. */
export const alertmanagerError = z.union([z.string(), z.object({ code: z.number(), message: z.string() })]);

/** JSON as Go's encoder ends it. */
export function json(value: unknown, status = 200): RouteResult {
  return { status, type: TYPE, body: `${JSON.stringify(value)}\n` };
}

/** The reply of an error. */
export function problemReply(error: unknown, status: number, message: string): RouteResult {
  if (error instanceof Complaint || status === 500) return json(message, status);
  const code = error instanceof Invalid ? error.code : status;
  return json({ code, message }, status);
}
