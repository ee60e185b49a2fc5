// The bodies of requests, as long as they may be.

import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.js';

const JSON_TYPE = 'application/json';

/** Which body is read: a word for messages, and the bytes it may have. */
export interface BodyBounds {
  readonly name: string;
  readonly limit: number;
}

/** Reads a request's body as text. @throws HttpError 413 for one that is too long, 400 for one that ends too early */
export async function readBody(request: IncomingMessage, bounds: BodyBounds): Promise<string> {
  return (await readBytes(request, bounds)).toString('utf8');
}

/** Reads a request's body. @throws HttpError 413 for one that is too long, 400 for one that ends too early */
export function readBytes(request: IncomingMessage, { name, limit }: BodyBounds): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= limit) return;
      // Reading on would be for nothing; Node ends the connection once the answer is written.
      request.off('data', onData).pause();
      reject(new HttpError(413, `the ${name} is larger than ${limit} bytes`, { connection: 'close' }));
    };
    request
      .on('data', onData)
      .once('end', () => resolve(Buffer.concat(chunks)))
      .once('error', () => reject(new HttpError(400, `the ${name} ended too early`)));
  });
}

/**
 * Reads a body that has to be JSON, as text; empty where there is none.
 * @throws HttpError 415 for another media type, which is also what a form of a foreign page would have; 413, 400
 */
export async function readJsonText(request: IncomingMessage, bounds: BodyBounds): Promise<string> {
  const {
    'content-type': given = '',
    'content-length': length,
    'transfer-encoding': coding,
  } = request.headers;
  const type = given.split(';')[0]?.trim() ?? '';
  const isEmpty = coding === undefined && (length === undefined || length === '0');
  if (type.toLowerCase() !== JSON_TYPE && !isEmpty) {
    const shown = JSON.stringify(type === '' ? 'application/octet-stream' : type);
    throw new HttpError(415, `unsupported media type ${shown}, only [${JSON_TYPE}] are allowed`);
  }
  return readBody(request, bounds);
}
