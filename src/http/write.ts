// The one place that writes bytes, status and errors.

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { ZodError } from 'zod';
import { HttpError, type Reply } from './route.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Writes a reply; a stream waits for a slow reader and stops when it goes away. */
export async function writeReply(response: ServerResponse, reply: Reply): Promise<void> {
  const { status = 200, type = JSON_TYPE, headers = {}, body } = reply;
  const common = { 'content-type': type, 'x-content-type-options': 'nosniff', ...headers };
  addPolicy(response, common);
  if (isStream(body)) {
    response.writeHead(status, common);
    if (response.req.method === 'HEAD') response.end();
    else await writeStream(response, body);
    return;
  }
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  response.writeHead(status, { ...common, 'content-length': Buffer.byteLength(bytes) });
  response.end(bytes);
}

/** A page's own Content-Security-Policy and one from the configuration hold both. */
function addPolicy(response: ServerResponse, headers: Record<string, string>): void {
  const configured = response.getHeader('content-security-policy');
  const own = headers['content-security-policy'];
  if (configured && own) headers['content-security-policy'] = `${configured}, ${own}`;
}

function isStream(body: unknown): body is AsyncIterable<string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

async function writeStream(response: ServerResponse, chunks: AsyncIterable<string>): Promise<void> {
  const gone = new AbortController();
  if (response.destroyed) return;
  response.once('close', () => gone.abort());
  try {
    for await (const chunk of chunks) {
      if (gone.signal.aborted) return;
      if (!response.write(chunk)) await once(response, 'drain', { signal: gone.signal });
    }
    response.end();
  } catch (error) {
    // Half an answer was sent: ending it properly would pass it off as a whole one.
    if (!gone.signal.aborted) response.destroy(error as Error);
  }
}

/** Whatever was thrown, as the reply that tells of it. Nothing of an unexpected error is shown. */
export function errorReply(error: unknown): Reply {
  if (error instanceof HttpError) {
    return { status: error.status, headers: error.headers, body: { error: error.message } };
  }
  if (error instanceof ZodError) {
    const lines = error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
    return { status: 400, body: { error: lines.join('; ') } };
  }
  // Express' own errors (a malformed %-escape) carry their status.
  const status = (error as { status?: unknown }).status;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, body: { error: (error as Error).message } };
  }
  return { status: 500, body: { error: 'internal error; the log tells more' } };
}
