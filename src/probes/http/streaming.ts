// One HTTP request whose answer is read as it comes. Comes in: a prepared request, and who reads; goes out: the answer, once
// it is complete or its reader has enough. Always on a connection of its own, and redirects are not followed.

import type { Millis } from '../../model/time.js';
import { type Attempt, ProbeFailure } from '../probe.js';
import type { Connection, Connections } from './connections.js';
import { decodeBody } from './content-encoding.js';
import { failureOf } from './failure.js';
import type { HttpRequest, HttpResponse, PreparedRequest } from './request.js';
import { Transfer } from './transfer.js';

/** How long the end of a body is waited for that has said all there is to say. */
const LINGER: Millis = 1000;

/** Reads the body of an answer whose status is 2xx. */
export interface BodyReader {
  /** The request is being sent. @param at monotonic clock */
  onSent(at: Millis): void;
  /** Bytes have come. What it throws ends the exchange. @returns true when nothing that follows is wanted */
  onData(chunk: Buffer, at: Millis): boolean;
}

/**
 * Undefined where the reader had enough before the answer ended.
 * @throws ProbeFailure, or what the reader throws
 */
export async function streamExchange(
  prepared: Pick<PreparedRequest, 'now'>,
  attempt: Attempt,
  connections: Connections,
  reader: BodyReader,
): Promise<HttpResponse | undefined> {
  const request = prepared.now();
  const connection = await connections.acquire(request.endpoint, true);
  connection.served++;
  let objection: unknown;
  const guarded: BodyReader = {
    onSent: at => reader.onSent(at),
    onData: (chunk, at) => {
      try {
        return reader.onData(chunk, at);
      } catch (error) {
        objection = error;
        throw error;
      }
    },
  };
  try {
    return await transferred(request, attempt, connection, guarded);
  } catch (error) {
    if (objection) throw objection;
    throw failureOf(error, {
      hasCertificate: request.endpoint.hasCertificate,
      plain: 'write http:// in its URL',
    });
  } finally {
    connections.release(connection, false);
  }
}

async function transferred(
  request: HttpRequest,
  attempt: Attempt,
  connection: Connection,
  reader: BodyReader,
): Promise<HttpResponse | undefined> {
  let enough: () => void = () => {};
  let linger: NodeJS.Timeout | undefined;
  const hadEnough = new Promise<undefined>(resolve => {
    enough = () => {
      linger ??= setTimeout(resolve, LINGER, undefined);
    };
  });
  const transfer = new Transfer(request, connection, {
    onSent: () => reader.onSent(performance.now()),
    onData: chunk => {
      if (transfer.statusCode < 200 || transfer.statusCode > 299) return;
      if (linger === undefined && reader.onData(chunk, performance.now())) enough();
    },
  });
  attempt.onCancel(() => transfer.cancel());
  try {
    const answer = await Promise.race([transfer.send(), hadEnough]);
    if (!answer) return undefined;
    const { body, encoding } = decodeBody(request, answer);
    const isStreamed = answer.statusCode >= 200 && answer.statusCode < 300;
    if (isStreamed && answer.headers['content-encoding'] !== undefined)
      throw new ProbeFailure('protocol', 'The answer is compressed, which was not asked for');
    const { secrets } = request;
    const { statusCode, headers, version, url } = answer;
    return {
      statusCode,
      headers,
      version,
      url,
      tls: connection.trace.tls,
      body,
      encoding,
      redirectedFrom: undefined,
      credentialsDroppedAt: undefined,
      secrets,
    };
  } finally {
    clearTimeout(linger);
    transfer.cancel();
  }
}
