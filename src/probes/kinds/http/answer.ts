// What a health URL's answer says: the JSON in it, and whether its status code is a good one. Also used by the other
// kinds that ask a URL.

import type { Answer } from '../../http/request.js';
import { ProbeFailure } from '../../probe.js';

/** A longer body is left out of the document's `data`, in characters. */
const DATA_LIMIT = 64 * 1024;

export interface JsonBody {
  readonly value: unknown;
  readonly text: string;
}

/** A body's text as the document's `data`; undefined for one that is too long for it. */
export function dataOf(text: string): string | undefined {
  return text.length <= DATA_LIMIT ? text : undefined;
}

/** The body as JSON, with its text; undefined when it is none. Texts and numbers alone do not count. */
export function parseJson({ body }: Answer): JsonBody | undefined {
  const first = body.length > 0 ? firstVisible(body) : 0;
  if (first !== 0x7b && first !== 0x5b) return undefined;
  const source = body.toString('utf8');
  try {
    return { value: JSON.parse(source), text: source };
  } catch {
    return undefined;
  }
}

function firstVisible(body: Buffer): number {
  for (const byte of body) if (byte > 0x20) return byte;
  return 0;
}

/** @throws ProbeFailure when the status code is not a wanted one (2xx unless said). */
export function checkStatus(
  { statusCode }: Answer,
  wanted: readonly number[] | undefined,
  body: unknown,
): void {
  if (wanted ? wanted.includes(statusCode) : statusCode >= 200 && statusCode < 300) return;
  const reason = statusCode === 401 || statusCode === 403 ? 'auth' : 'status';
  throw new ProbeFailure(reason, `HTTP ${statusCode}${explanation(body)}`);
}

/**
 * What a model server says is the matter: llama.cpp and everything that speaks OpenAI's form answers
 * `{"error": {"message": "Loading model"}}`, which tells more than the 503 it comes with.
 */
function explanation(body: unknown): string {
  const message = (body as { error?: { message?: unknown } } | undefined)?.error?.message;
  if (typeof message !== 'string' || message.trim() === '') return '';
  return ` (${message.replace(/\p{Cc}+/gu, ' ').slice(0, 120)})`;
}
