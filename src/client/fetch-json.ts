// One question to the monitor. Comes in: a path; goes out: the answer's JSON, or why there is none. Never throws, unless
// the caller has aborted it.

import type { Answer } from './answers.js';
import { later } from './pause.js';
import type { ShapeCheck } from './shape.js';

/** Of what something else says, in characters. */
const MAX_REASON_LENGTH = 500;

/** How the monitor is reached. */
export interface ClientConfig {
  /** Without credentials, and without a slash at the end. */
  readonly url: string;
  /** Why no request can be sent to `url`. */
  readonly problem?: string | undefined;
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
export async function fetchJson<T>(
  config: ClientConfig,
  path: string,
  problemOf: ShapeCheck,
  signal?: AbortSignal,
): Promise<Answer<T>> {
  signal?.throwIfAborted();
  if (config.problem !== undefined) return failure(`Failed to reach monitoring service: ${config.problem}`);
  const over = new AbortController();
  let isLate = false;
  const stop = () => over.abort();
  const cancel = later(config.timeout, () => {
    isLate = true;
    stop();
  });
  // Not AbortSignal.any(), which would leave something behind in a signal that lives long.
  signal?.addEventListener('abort', stop);
  try {
    const response = await config.fetch(config.url + path, {
      headers: config.headers,
      signal: over.signal,
    });
    if (response.status !== 200) {
      return failure(`Monitoring service returned ${response.status}${await reason(response)}`);
    }
    const body = parsed(await response.text());
    const problem = body === undefined ? 'it is not JSON' : problemOf(body);
    if (problem === undefined) return body as T & { error?: undefined };
    return failure(
      `${whoAnswered(config, response)} as the monitoring service does: ${problem}; check the URL`,
    );
  } catch (error) {
    signal?.throwIfAborted();
    const why = isLate ? `no answer within ${config.timeout / 1000} s` : inWords(error, config);
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

/** A redirect to a page to sign in on is the usual reason for an answer of something else. */
function whoAnswered({ url }: ClientConfig, response: Response): string {
  if (!response.redirected) return `${url} does not answer`;
  const { origin, pathname } = new URL(response.url);
  return `${url} redirects to ${origin}${pathname}, which does not answer`;
}

/** What the monitor itself says of it, in one line. */
async function reason(response: Response): Promise<string> {
  const body = (await response.json().catch(() => undefined)) as { error?: unknown } | undefined;
  return typeof body?.error === 'string' ? `: ${oneLine(body.error)}` : '';
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_REASON_LENGTH ? `${line.slice(0, MAX_REASON_LENGTH)}...` : line;
}

/** Fetch hides what happened in the cause. */
function inWords(error: unknown, { url }: ClientConfig): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const { code } = cause as { code?: string };
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return `there is no TLS at ${url}; write ${url.replace(/^https:/i, 'http:')}`;
  // OpenSSL's own line: `80FC:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../rec.c:1590:`
  const reasonOfTls = /:SSL routines:[^:]*:([^:]+):/.exec(cause.message)?.[1];
  if (reasonOfTls !== undefined) return `TLS: ${reasonOfTls}`;
  return cause.message || (code ?? error.message);
}
