// The one place that writes bytes, status and errors.

import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { ZodError } from 'zod';
import { QueryError } from '../query/engine.js';
import { isAlertmanagerApi, problemReply } from './alertmanager/problem.js';
import { jsonByPieces } from './json-by-pieces.js';
import { failure, isApi, STATUS } from './prometheus/envelope.js';
import { HttpError, Pieces, type Reply } from './route.js';
import { written } from './write-chunk.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Writes a reply; a stream waits for a slow reader and stops when it goes away. */
export async function writeReply(response: ServerResponse, reply: Reply): Promise<void> {
  const { status = 200, type = JSON_TYPE, headers = {}, body, patience } = reply;
  const common = { 'content-type': type, 'x-content-type-options': 'nosniff', ...headers };
  addPolicy(response, common);
  if (isStream(body)) {
    response.writeHead(
      status,
      body instanceof Pieces ? { ...common, 'content-length': body.length } : common,
    );
    const whole = body instanceof Pieces ? body.whole : undefined;
    if (whole) writePieces(response, whole);
    else await writeStream(response, body, patience);
    return;
  }
  if (status === 304) {
    // What the length would be is not known; none is better than a wrong one.
    response.writeHead(status, headers).end();
    return;
  }
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : await jsonByPieces(body);
  response.writeHead(status, { ...common, 'content-length': Buffer.byteLength(bytes) });
  response.end(bytes);
}

/** A page's own Content-Security-Policy and one from the configuration hold both. */
function addPolicy(response: ServerResponse, headers: Record<string, string>): void {
  const configured = response.getHeader('content-security-policy');
  const own = headers['content-security-policy'];
  if (configured && own) headers['content-security-policy'] = `${configured}, ${own}`;
}

function isStream(body: unknown): body is AsyncIterable<string | Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

function writePieces(response: ServerResponse, pieces: readonly Uint8Array[]): void {
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.end();
  response.uncork();
}

async function writeStream(
  response: ServerResponse,
  chunks: AsyncIterable<string | Uint8Array>,
  patience: number | undefined,
): Promise<void> {
  if (response.destroyed || response.req.method === 'HEAD') {
    if (chunks instanceof Readable) chunks.destroy();
    response.end();
    return;
  }
  try {
    for await (const chunk of chunks) {
      if (response.destroyed) return;
      await written(response, chunk, patience);
    }
    response.end();
  } catch (error) {
    // Half an answer was sent: ending it properly would pass it off as a whole one.
    if (!response.destroyed) response.destroy(error as Error);
  }
}

/** Longest error message, in UTF-16 units. */
const MAX_MESSAGE = 2000;
/** Controls would make more than one line of a message, or hide a part of it. */
const CONTROLS = /\p{Cc}/gu;

/** Control characters are written as escapes; of a long text the middle is left out. */
function boundedLine(text: string): string {
  const line = text.replace(CONTROLS, character => JSON.stringify(character).slice(1, -1));
  if (line.length <= MAX_MESSAGE) return line;
  const half = MAX_MESSAGE / 2;
  // Through bytes and back, so that half a surrogate pair does not stay one.
  return Buffer.from(`${line.slice(0, half)} ... ${line.slice(-half)}`).toString();
}

/** What is wrong with a part of the request, without the schema library's own words. */
function issueText({ path, message }: ZodError['issues'][number]): string {
  const text = message.replace(/^Invalid (?:input|option): /, '');
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  return `${where}${text.replace(/, received undefined$/, ', but it is missing')}`;
}

/** What a thrown error tells the client. */
interface Problem {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whatever was thrown, as the reply that tells of it; below /api/v1 and /api/v2 in the words of whose API it is. */
export function errorReply(error: unknown, path = ''): Reply {
  const { status, message, headers } = problemOf(error);
  if (isAlertmanagerApi(path)) return { ...problemReply(error, status, message), headers };
  if (!isApi(path)) return { status, headers, body: { error: message } };
  return { ...failure(status, message, error instanceof QueryError ? error.type : undefined), headers };
}

/** The status that answers a thrown error. */
export function statusOf(error: unknown): number {
  return thrownProblem(error).status;
}

/** One line of bounded length, however much of the request it repeats. */
function problemOf(error: unknown): Problem {
  const problem = thrownProblem(error);
  return { ...problem, message: boundedLine(problem.message) };
}

/** Nothing of an unexpected error is shown. */
function thrownProblem(error: unknown): Problem {
  if (error instanceof HttpError) {
    const { status, message, headers } = error;
    return { status, message, headers };
  }
  if (error instanceof QueryError) return { status: STATUS[error.type], message: error.message };
  if (error instanceof ZodError) return { status: 400, message: error.issues.map(issueText).join('; ') };
  // Express' own errors (a malformed %-escape) carry their status.
  const status = (error as { status?: unknown }).status;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, message: (error as Error).message };
  }
  return { status: 500, message: 'internal error; the log tells more' };
}
