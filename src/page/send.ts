// Changes something at the monitor, by the same requests a script sends. The browser adds the user's credentials.

import { messageOf, pathOf } from './api.js';

const TIMEOUT = 15_000;
/** Characters of an error that are shown. */
const MAX_SHOWN = 500;

/** A change that was not made, or of which it is not known whether it was. */
class SendError extends Error {
  /** HTTP status; 0 without an answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'SendError';
    this.status = status;
  }
}

/**
 * Sends a change. @param timeout in milliseconds
 * @returns the JSON of the answer; undefined when it has none @throws SendError
 */
export async function send<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  timeout = TIMEOUT,
): Promise<T> {
  const response = await fetch(pathOf(path), {
    method,
    signal: AbortSignal.timeout(timeout),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  }).catch(() => {
    throw new SendError(0, 'The monitor does not answer. Look whether it was done before you try again.');
  });
  const text = await response.text().catch(() => '');
  if (!response.ok) throw new SendError(response.status, problemOf(response, text));
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined as T;
  }
}

/** What the answer says is wrong, and what to do where that is known. */
function problemOf({ status, headers }: Response, text: string): string {
  // A proxy in between answers with a page of its own.
  const plain = text.trimStart().startsWith('<') ? '' : text.trim();
  const said = messageOf(text) || plain || `HTTP ${status}`;
  const message = said.length > MAX_SHOWN ? `${said.slice(0, MAX_SHOWN)}...` : said;
  if (status === 401) return `${message}: reload the page and log in.`;
  if (status !== 429) return message;
  const wait = headers.get('retry-after');
  return `${message}${wait === null ? '' : `; try again in ${wait} s`}`;
}
