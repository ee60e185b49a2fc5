// The one place that writes bytes and status.

import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { jsonByPieces } from './json-by-pieces.js';
import { ChunkedBody, type RouteResult } from './route.js';
import { writeChunk } from './write-chunk.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Writes a reply; a stream waits for a slow reader and stops when it goes away. */
export async function writeReply(response: ServerResponse, reply: RouteResult): Promise<void> {
  const { status = 200, type = JSON_TYPE, headers, body, stallTimeout } = reply;
  if (response.destroyed) {
    if (body instanceof Readable) body.destroy();
    return;
  }
  const common: Record<string, string | number> = {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    ...headers,
  };
  addPolicy(response, common);
  if (isStream(body)) {
    response.writeHead(
      status,
      body instanceof ChunkedBody ? { ...common, 'content-length': body.length } : common,
    );
    const whole = body instanceof ChunkedBody ? body.whole : undefined;
    if (whole) writePieces(response, whole);
    else await writeStream(response, body, stallTimeout);
    return;
  }
  if (status === 304) {
    // What the length would be is not known; none is better than a wrong one.
    response.writeHead(status, headers).end();
    return;
  }
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : await jsonByPieces(body);
  common['content-length'] = Buffer.byteLength(bytes);
  response.writeHead(status, common);
  response.end(bytes);
}

/** A page's own Content-Security-Policy and one from the configuration hold both. */
function addPolicy(response: ServerResponse, headers: Record<string, string | number>): void {
  const configured = response.getHeader('content-security-policy');
  const own = headers['content-security-policy'];
  if (configured && own) headers['content-security-policy'] = `${configured}, ${own}`;
}

function isStream(body: unknown): body is AsyncIterable<string | Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

function writePieces(response: ServerResponse, slicer: readonly Uint8Array[]): void {
  response.cork();
  for (const piece of slicer) response.write(piece);
  response.end();
  response.uncork();
}

async function writeStream(
  response: ServerResponse,
  chunks: AsyncIterable<string | Uint8Array>,
  timeout: number | undefined,
): Promise<void> {
  if (response.req.method === 'HEAD') {
    if (chunks instanceof Readable) chunks.destroy();
    response.end();
    return;
  }
  try {
    for await (const chunk of chunks) {
      if (response.destroyed) return;
      await writeChunk(response, chunk, timeout);
    }
    response.end();
  } catch (error) {
    // Half an answer was sent: ending it properly would pass it off as a whole one.
    if (!response.destroyed) response.destroy(error as Error);
  }
}
