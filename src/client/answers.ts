// What the monitor answers and what stands in for an answer that could not be had. Types alone: the shapes are those of
// the endpoints, from which /openapi.json is made too.

import type { BestEndpoint, ClusterHealth, ServiceEntry } from '../http/shapes.js';

export type { BestEndpoint, ClusterHealth, ServiceEntry };

/** Why there is no answer, in words. */
export interface Failure {
  readonly error: string;
}

/** An answer, or a failure whose other fields are simply not there, so that both are read alike. */
export type Answer<T> =
  | (T & { readonly error?: undefined })
  | (Failure & { readonly [K in Exclude<keyof T, 'error'>]?: undefined });

/** Whether there is an answer. */
export function isAnswer<T>(answer: Answer<T>): answer is T & { readonly error?: undefined } {
  return answer.error === undefined;
}
