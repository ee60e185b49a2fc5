// Asks a model for text, and reads what it streams. In: the request, and how its stream is read; out: what was measured.

import type { InferenceMeasurement } from '../../model/inference.js';
import { oneLine, scrub } from '../../model/scrub.js';
import { failureOf } from '../http/failure.js';
import type { HttpResponse, PreparedRequest } from '../http/request.js';
import { streamExchange } from '../http/streaming.js';
import { checkStatus, notJson, parseJson } from '../kinds/http/answer.js';
import { objectOf, wordOf } from '../kinds/http/json-fields.js';
import type { ProbeFailure } from '../probe.js';
import { type Expectation, Generation } from './generation.js';
import { LineSplitter } from './lines.js';
import { type InferenceContext, InferenceFailure } from './task.js';

/** How a server's stream is read. */
export interface StreamFormat {
  /**
   * Reads the stream's lines into a generation.
   * @param refuse ends the exchange: the stream has an error, or something that is none of its form
   */
  open(generation: Generation, refuse: (reason: 'stream' | 'protocol', words: string) => never): StreamReader;
}

export interface StreamReader {
  /** @returns true when the server has said that this was all */
  line(line: string, at: number): boolean;
  /** The body has ended. @returns whether the server said that the answer is complete */
  end(): boolean;
  /** The whole answer as one JSON value, from a server that does not stream; false when it is no answer. */
  whole(body: unknown, at: number): boolean;
}

/** Asks once. @throws InferenceFailure with what was measured until then */
export async function generate(
  request: PreparedRequest,
  format: StreamFormat,
  expectation: Expectation | undefined,
  { attempt, connections }: InferenceContext,
): Promise<InferenceMeasurement> {
  let sentAt = performance.now();
  let generation = new Generation(sentAt, request.secrets);
  const refuse = (reason: 'stream' | 'protocol', words: string): never => {
    throw new InferenceFailure(reason, oneLine(scrub(words, request.secrets)));
  };
  let reader = format.open(generation, refuse);
  let arrivedAt = sentAt;
  let isComplete = false;
  let lines = new LineSplitter(() => {});
  try {
    const answer = await streamExchange(request, attempt, connections, {
      onSent: at => {
        sentAt = at;
        generation = new Generation(at, request.secrets);
        reader = format.open(generation, refuse);
        lines = new LineSplitter(line => {
          if (!isComplete && reader.line(line, arrivedAt)) isComplete = true;
        });
      },
      onData: (chunk, at) => {
        arrivedAt = at;
        lines.push(chunk);
        return isComplete;
      },
    });
    if (answer) {
      checkInference(answer);
      arrivedAt = Math.max(arrivedAt, sentAt);
      const body = !isComplete && isJson(answer) ? parseJson(answer) : undefined;
      if (body) isComplete = readWhole(reader, body.value, arrivedAt, refuse);
      else if (!isComplete) {
        lines.end();
        isComplete = reader.end() || isComplete;
      }
      if (!isComplete)
        throw new InferenceFailure('protocol', incomplete(answer, generation.measured(arrivedAt)));
    }
    return generation.end(arrivedAt, expectation);
  } catch (error) {
    throw inferenceFailure(error, generation.measured(Math.max(arrivedAt, sentAt)));
  }
}

function readWhole(
  reader: StreamReader,
  value: unknown,
  at: number,
  refuse: (reason: 'stream', words: string) => never,
): boolean {
  const said = errorIn(value);
  if (said !== undefined) refuse('stream', said);
  if (!reader.whole(value, at)) throw new InferenceFailure('body', 'The answer is JSON of another form');
  return true;
}

/** What an `error` field says, in the forms of OpenAI, Ollama and TGI; undefined without one. */
export function errorIn(value: unknown): string | undefined {
  const { error } = objectOf(value);
  if (error === undefined || error === null) return undefined;
  return wordOf(error) || wordOf(objectOf(error).message) || 'an error without a message';
}

function isJson({ headers }: HttpResponse): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(String(headers['content-type'] ?? ''));
}

function incomplete(answer: HttpResponse, { tokens }: InferenceMeasurement): string {
  if (tokens) return 'The answer ended before the server said that it was complete';
  return answer.body.length === 0 ? 'The answer is empty' : `Not a stream of tokens: ${notJson(answer)}`;
}

/** @throws InferenceFailure for a status code other than 2xx, with the server's own words */
export function checkInference(answer: HttpResponse): void {
  const body = parseJson(answer)?.value;
  try {
    checkStatus(answer, undefined, body);
  } catch (error) {
    const { reason, message } = error as ProbeFailure;
    const { statusCode } = answer;
    const isBusy = statusCode === 429 || statusCode === 503;
    throw new InferenceFailure(isBusy ? 'busy' : statusCode === 404 ? 'model' : reason, message);
  }
}

/** Any error of an exchange as a failure, with what was measured. */
export function inferenceFailure(error: unknown, measured: InferenceMeasurement): InferenceFailure {
  if (error instanceof InferenceFailure)
    return Object.keys(error.measured).length > 0
      ? error
      : new InferenceFailure(error.reason, error.message, measured);
  const { reason, message } = failureOf(error);
  return new InferenceFailure(reason, message, measured);
}
