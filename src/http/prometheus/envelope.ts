// What stands around every answer of the Prometheus HTTP API. Comes in: an engine's answer or an error; goes out: a
// reply.
// Source: Prometheus, "HTTP API", Format overview, and web/api/v1/api.go.

import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import type { ApiAnswer, ErrorType } from '../../query/engine.js';
import { wantsGzip } from '../accept-encoding.js';
import { ChunkedBody, type RouteResult } from '../route.js';
import { writeChunk } from '../write-chunk.js';

const TYPE = 'application/json';
/** An answer up to this many bytes fits into one packet, zipped or not. */
const WORTH_ZIPPING = 1024;

/** An error as /openapi.json describes it. */
export const apiError = z.object({
  status: z.literal('error'),
  errorType: z.string(),
  error: z.string(),
});

/** An answer as /openapi.json describes it. @param data what the endpoint answers */
export function envelope(data: z.ZodType): z.ZodObject {
  return z.object({
    status: z.literal('success'),
    data,
    warnings: z.array(z.string()).optional(),
    infos: z.array(z.string()).optional(),
  });
}

/** A value that is no engine's answer, as one. */
export function plain(value: unknown): ApiAnswer {
  return { data: Buffer.from(JSON.stringify(value)), warnings: [], infos: [] };
}

/** The reply of an answer; its data is spliced in as it is. */
export function success({ data, warnings, infos }: ApiAnswer): RouteResult {
  const notes = `${list('warnings', warnings)}${list('infos', infos)}}`;
  if (typeof data === 'string') return { type: TYPE, body: `{"status":"success","data":${data}${notes}` };
  const slicer = [Buffer.from('{"status":"success","data":'), data, Buffer.from(notes)];
  return { type: TYPE, body: new ChunkedBody(slicer) };
}

function list(name: string, texts: readonly string[]): string {
  return texts.length > 0 ? `,"${name}":${JSON.stringify(texts)}` : '';
}

/** The reply of an error. @param type the status' usual one unless said */
export function failure(status: number, message: string, type: ErrorType = typeOf(status)): RouteResult {
  return { status, type: TYPE, body: { status: 'error', errorType: type, error: message } };
}

function typeOf(status: number): ErrorType {
  if (status === 404) return 'not_found';
  return status < 500 ? 'bad_data' : 'internal';
}

/** The same reply zipped, where the client takes that and it pays. Zipping is done beside the event loop. */
export function zipped(reply: RouteResult, acceptEncoding: string | undefined): RouteResult {
  const { body } = reply;
  const isText = typeof body === 'string';
  if (!(isText || body instanceof ChunkedBody) || body.length <= WORTH_ZIPPING) return reply;
  const headers = { ...reply.headers, vary: 'accept-encoding, origin' };
  if (!wantsGzip(acceptEncoding)) return { ...reply, headers };
  // The fastest level: labels repeat themselves so much that the others gain little.
  const gzip = createGzip({ level: 1, chunkSize: 65_536 });
  void fill(gzip, isText ? new ChunkedBody([Buffer.from(body)]) : body);
  return { ...reply, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzip };
}

/** The reading side gets an error when something goes wrong, and closes it when it is done. */
async function fill(stream: Writable, slicer: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const piece of slicer) await writeChunk(stream, piece);
    stream.end();
  } catch (error) {
    stream.destroy(error as Error);
  }
}
