// Status codes of gRPC. Source: gRPC, doc/statuscodes.md and doc/http-grpc-status-mapping.md.

import type { Reason } from '../../../model/result.js';

const NAMES = [
  ...['OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS'],
  ...['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE'],
  ...['UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED'],
];

export const OK = 0;
export const UNKNOWN = 2;
export const DEADLINE_EXCEEDED = 4;
export const INTERNAL = 13;
export const UNAVAILABLE = 14;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;
const UNIMPLEMENTED = 12;

/** `NOT_FOUND`, or the number of a code that has no name. */
export function statusName(code: number): string {
  return NAMES[code] ?? String(code);
}

/** The reason of a failure for a status that is not OK. */
export function reasonOf(code: number): Reason {
  if (code === DEADLINE_EXCEEDED) return 'timeout';
  return code === PERMISSION_DENIED || code === UNAUTHENTICATED ? 'auth' : 'status';
}

const OF_HTTP: Readonly<Record<number, number>> = {
  400: INTERNAL,
  401: UNAUTHENTICATED,
  403: PERMISSION_DENIED,
  404: UNIMPLEMENTED,
  429: UNAVAILABLE,
  502: UNAVAILABLE,
  503: UNAVAILABLE,
  504: UNAVAILABLE,
};

/** The status that an HTTP status stands for where the answer has none of gRPC. */
export function statusOfHttp(status: number): number {
  return OF_HTTP[status] ?? UNKNOWN;
}
