// One question to the monitor. Comes in: a path; goes out: the answer's JSON, or why there is none. Never throws, unless
// whoever asks has called it off.

import type { Answer } from './answers.js';
import { later } from './pause.js';

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

/** GET of a path. @throws the signal's reason once it is aborted */
export async function ask<T>(door: Door, path: string, signal?: AbortSignal): Promise<Answer<T>> {
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
    return (await response.json()) as T & { error?: undefined };
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
