// One question to the monitor. Comes in: a path; goes out: the answer's JSON, or why there is none. Never throws, unless
// whoever asks has called it off.

import type { Answer } from './answers.js';
import { later } from './pause.js';
import type { ShapeCheck } from './shape.js';

/** How the monitor is reached. */
export interface Door {
  /** Without a slash at the end. */
  readonly url: string;
  /** Sent along, such as `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
  /** How long an answer may take, in milliseconds. */
  readonly timeout: number;
}

/**
 * GET of a path. An answer that `problemOf` finds fault with is none.
 * @throws the signal's reason once it is aborted
 */
export async function ask<T>(
  door: Door,
  path: string,
  problemOf: ShapeCheck,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  signal?.throwIfAborted();
  const over = new AbortController();
  let isLate = false;
  const stop = () => over.abort();
  const cancel = later(door.timeout, () => {
    isLate = true;
    stop();
  });
  // Not AbortSignal.any(), which would leave something behind in a signal that lives long.
  signal?.addEventListener('abort', stop);
  try {
    const response = await door.fetch(door.url + path, {
      headers: door.headers,
      signal: over.signal,
    });
    if (response.status !== 200) {
      return failure(`Monitoring service returned ${response.status}${await reason(response)}`);
    }
    const body = parsed(await response.text());
    const problem = body === undefined ? 'it is not JSON' : problemOf(body);
    if (problem === undefined) return body as T & { error?: undefined };
    return failure(`${door.url} does not answer as the monitoring service does: ${problem}; check the URL`);
  } catch (error) {
    signal?.throwIfAborted();
    const why = isLate ? `no answer within ${door.timeout / 1000} s` : inWords(error);
    return failure(`Failed to reach monitoring service: ${why}`);
  } finally {
    cancel();
    signal?.removeEventListener('abort', stop);
  }
}

function failure<T>(error: string): Answer<T> {
  return { error } as Answer<T>;
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the monitor itself says of it. */
async function reason(response: Response): Promise<string> {
  const body = (await response.json().catch(() => undefined)) as { error?: unknown } | undefined;
  return typeof body?.error === 'string' ? `: ${body.error}` : '';
}

/** Fetch hides what happened in the cause. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ((cause as { code?: string }).code ?? error.message);
}
