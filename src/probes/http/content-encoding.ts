// Bodies that are compressed although that was not asked for, as caches and careless servers send them.
// Source: RFC 9110, 8.4.1 (gzip, deflate, and x-gzip for gzip); RFC 7932 (br).

import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { ProbeFailure } from '../probe.js';
import type { HttpRequest, ReceivedResponse } from './request.js';

type Decoder = (body: Buffer, options: ZlibOptions) => Buffer;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  br: brotliDecompressSync,
  // With zlib's header, as it should be, or without, as some servers send it.
  deflate: (body, options) =>
    ((body[0] as number) & 0x0f) === 8 ? inflateSync(body, options) : inflateRawSync(body, options),
};

/** The largest number of nested codings that is decoded. */
const MAX_ENCODINGS = 3;

/**
 * The body as it was before it was compressed, or as it came with the name of the coding that could not be undone.
 * On this thread: such answers are rare and the limit keeps them short, while a thread of the pool may hang in a
 * lookup. @throws ProbeFailure when it is longer than the request's limit then
 */
export function decodeBody(
  { bodyLimit, limitKey }: HttpRequest,
  { headers, body }: ReceivedResponse,
): { readonly body: Buffer; readonly encoding: string | undefined } {
  const header = headers['content-encoding'];
  if (header === undefined || body.length === 0) return { body, encoding: undefined };
  const codings = String(header)
    .toLowerCase()
    .split(',')
    .map(coding => coding.trim())
    .filter(coding => coding !== '' && coding !== 'identity');
  let decoded = body;
  for (const coding of codings.toReversed()) {
    const decode = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
    if (!decode || codings.length > MAX_ENCODINGS) return { body, encoding: codings.join(', ') };
    try {
      decoded = decode(decoded, { maxOutputLength: bodyLimit });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE')
        return { body, encoding: `broken ${codings.join(', ')}` };
      throw new ProbeFailure('body', `Body is longer than ${bodyLimit} bytes when unpacked (${limitKey})`);
    }
  }
  return { body: decoded, encoding: undefined };
}
