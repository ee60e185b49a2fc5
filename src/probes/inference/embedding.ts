// Asks a model for the vector of a text. In: the request, and where the vector stands in the answer; out: how long it took and
// how long the vector is.

import type { InferenceMeasurement } from '../../model/inference.js';
import type { PreparedRequest } from '../http/request.js';
import { streamExchange } from '../http/streaming.js';
import { notJson, parseJson } from '../kinds/http/answer.js';
import { checkInference, errorIn, inferenceFailure } from './ask.js';
import { type InferenceContext, InferenceFailure } from './task.js';

/** Longest answer, in bytes: a vector of 16,384 numbers is a third of a megabyte. */
export const EMBEDDING_LIMIT = 8 * 1024 * 1024;

/** Asks once. @param vectorIn the vector of a JSON body @throws InferenceFailure with what was measured until then */
export async function embed(
  request: PreparedRequest,
  vectorIn: (body: unknown) => unknown,
  { attempt, connections }: InferenceContext,
): Promise<InferenceMeasurement & { readonly dimensions: number }> {
  let sentAt = performance.now();
  let endedAt = sentAt;
  try {
    const answer = await streamExchange(request, attempt, connections, {
      onSent: at => {
        sentAt = at;
      },
      onData: (_, at) => {
        endedAt = at;
        return false;
      },
    });
    if (!answer) throw new InferenceFailure('protocol', 'The answer is empty');
    checkInference(answer);
    const body = parseJson(answer)?.value;
    if (body === undefined) throw new InferenceFailure('body', `No vector: ${notJson(answer)}`);
    const said = errorIn(body);
    if (said !== undefined) throw new InferenceFailure('stream', said);
    const dimensions = lengthOf(vectorIn(body));
    if (dimensions === undefined)
      throw new InferenceFailure('body', 'No vector: the answer is JSON of another form');
    return { duration: endedAt - sentAt, dimensions };
  } catch (error) {
    throw inferenceFailure(error, { duration: Math.max(0, performance.now() - sentAt) });
  }
}

/** How many numbers a vector has; undefined for what is none. @throws InferenceFailure for one that says nothing */
function lengthOf(vector: unknown): number | undefined {
  // As OpenAI's client asks for it: 32-bit floats in base64.
  if (typeof vector === 'string') return Buffer.from(vector, 'base64').length / 4 || undefined;
  if (!Array.isArray(vector)) return undefined;
  // One vector for each token, from a server that does not pool them.
  if (Array.isArray(vector[0])) return lengthOf(vector[0]);
  if (vector.length === 0) throw new InferenceFailure('empty', 'The vector is empty');
  if (!vector.every(each => typeof each === 'number')) return undefined;
  if (vector.every(each => each === 0)) throw new InferenceFailure('empty', 'The vector is of zeros alone');
  return vector.length;
}

/** Holds a model to one length: the one that is configured, or that its first vector had. */
export class DimensionsCheck {
  #wanted: number | undefined;

  constructor(wanted: number | undefined) {
    this.#wanted = wanted;
  }

  /** @throws InferenceFailure when the length is another one */
  check<T extends InferenceMeasurement & { readonly dimensions: number }>(measured: T): T {
    this.#wanted ??= measured.dimensions;
    if (measured.dimensions === this.#wanted) return measured;
    throw new InferenceFailure(
      'dimensions',
      `The vector has ${measured.dimensions} dimensions, not ${this.#wanted}: another model answers under this name`,
      measured,
    );
  }
}
