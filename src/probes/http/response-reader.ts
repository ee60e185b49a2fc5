// One HTTP/1 answer, read off a connection. Comes in: bytes as they come; goes out: status, headers and body, piece by
// piece. What curl and Go's client take is taken (bare LF, folded headers, interim answers that were not asked for, equal
// Content-Lengths); the reason of a refusal says which bytes were wrong.
// Sources: RFC 9112, 4 to 7; Go, net/http/transfer.go and net/textproto/reader.go.

import { ProbeFailure } from '../probe.js';

/** Bytes of all headers or trailers of an answer. */
const MAX_HEAD = 1024 * 1024;
/** Bytes of the line before a chunk; Go's bound. */
const MAX_CHUNK_LINE = 4096;
/** Interim answers (1xx) before the final one. */
const MAX_INTERIM = 100;

const LF = 0x0a;

export type ResponseHeaders = Record<string, string | string[] | undefined>;

/** Gets the parts of an answer in their order. */
interface ResponseSink {
  onHead(statusCode: number, headers: ResponseHeaders, version: string): void;
  onBody(chunk: Buffer): void;
  /** @param reusable whether the connection is at the beginning of a next answer */
  onEnd(reusable: boolean): void;
}

type State = 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'close' | 'done';

/** Reads one answer. Its methods throw a ProbeFailure for what is no HTTP; it is of no use after that. */
export class ResponseReader {
  readonly #sink: ResponseSink;
  readonly #method: string;
  #state: State = 'head';
  /** The beginning of a line that has not ended yet. */
  #rest: Buffer = Buffer.alloc(0);
  /** Lines of the head so far, without their ends. */
  #lines: string[] = [];
  #headLength = 0;
  #interim = 0;
  #reusable = false;
  #length = 0;
  /** Bytes of the body or the chunk that are still to come. */
  #left = 0;

  constructor(sink: ResponseSink, method: string) {
    this.#sink = sink;
    this.#method = method;
  }

  /** The next bytes. @throws ProbeFailure */
  push(bytes: Buffer): void {
    let chunk = bytes;
    if (this.#rest.length > 0) {
      chunk = Buffer.concat([this.#rest, bytes]);
      this.#rest = Buffer.alloc(0);
    }
    let at = 0;
    while (at < chunk.length) {
      if (this.#isDone()) {
        // More than was announced: it could not be distinguished from a next answer.
        this.#reusable = false;
        break;
      }
      const next = this.#isInBody() ? this.#consumeBody(chunk, at) : this.#consumeLine(chunk, at);
      if (next === undefined) return;
      at = next;
    }
    if (this.#isDone()) this.#finish();
  }

  /** The other side has ended the connection. @throws ProbeFailure when the answer is not complete */
  end(): void {
    if (this.#state === 'close') {
      this.#state = 'done';
      this.#reusable = false;
      this.#finish();
      return;
    }
    if (this.#state !== 'done') throw new ProbeFailure('protocol', this.#incomplete());
  }

  #incomplete(): string {
    const closed = 'Connection closed before the answer was complete';
    if (this.#state === 'head') {
      if (this.#headLength > 0) return `${closed} (in its headers)`;
      return this.#interim > 0
        ? `${closed} (after an interim one)`
        : 'Connection closed before an answer came';
    }
    if (this.#state === 'length')
      return `${closed} (${this.#length - this.#left} of ${this.#length} bytes of the body came)`;
    return `${closed} (the last chunk is missing)`;
  }

  #isInBody(): boolean {
    return this.#state === 'length' || this.#state === 'chunk' || this.#state === 'close';
  }

  #isDone(): boolean {
    return this.#state === 'done';
  }

  #consumeBody(chunk: Buffer, at: number): number {
    const end = this.#state === 'close' ? chunk.length : Math.min(chunk.length, at + this.#left);
    this.#sink.onBody(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end));
    this.#left -= end - at;
    if (this.#left === 0 && this.#state === 'length') this.#state = 'done';
    if (this.#left === 0 && this.#state === 'chunk') this.#state = 'chunk-end';
    return end;
  }

  /** Returns where the next line begins; undefined when this one has not ended yet. */
  #consumeLine(chunk: Buffer, at: number): number | undefined {
    const end = chunk.indexOf(LF, at);
    const length = (end < 0 ? chunk.length : end + 1) - at;
    if (this.#state === 'head' && this.#lines.length === 0 && !isHttp(chunk, at))
      refuseForeign(chunk.subarray(at, at + 64));
    this.#bound(length, end < 0);
    if (end < 0) {
      this.#rest = chunk.subarray(at);
      return undefined;
    }
    const line = chunk.toString('latin1', at, end > at && chunk[end - 1] === 0x0d ? end - 1 : end);
    if (this.#state === 'head') this.#headLine(line);
    else if (this.#state === 'chunk-size') this.#chunkSize(line);
    else if (this.#state === 'chunk-end') this.#chunkEnd(line);
    else if (line === '') this.#state = 'done';
    return end + 1;
  }

  #bound(length: number, isOpen: boolean): void {
    if (this.#state === 'chunk-size' || this.#state === 'chunk-end') {
      if (length > MAX_CHUNK_LINE)
        throw new ProbeFailure(
          'protocol',
          `Not HTTP: the line of a chunk is longer than ${MAX_CHUNK_LINE} bytes`,
        );
      return;
    }
    if (this.#headLength + length > MAX_HEAD)
      throw new ProbeFailure('protocol', `Headers are longer than ${MAX_HEAD / 1024 / 1024} MiB`);
    if (!isOpen) this.#headLength += length;
  }

  #headLine(line: string): void {
    if (line !== '') {
      this.#lines.push(line);
      return;
    }
    const [statusLine = '', ...lines] = this.#lines;
    this.#lines = [];
    this.#headLength = 0;
    const { status, version } = parseStatusLine(statusLine);
    const headers = parseHeaders(lines);
    if (status >= 100 && status < 200 && status !== 101) {
      if (++this.#interim > MAX_INTERIM)
        throw new ProbeFailure('protocol', `More than ${MAX_INTERIM} interim answers (1xx)`);
      return;
    }
    this.#frame(status, headers, version);
    this.#sink.onHead(status, headers, version);
  }

  /** Where the body ends. Source: RFC 9112, 6.3. */
  #frame(status: number, headers: ResponseHeaders, version: string): void {
    const length = lengthOf(headers);
    const encodings = version === '1.0' ? undefined : headers['transfer-encoding'];
    this.#reusable = keepsAlive(headers, version);
    if (this.#method === 'HEAD' || status === 204 || status === 304 || status === 101) {
      // A length there is that of another answer, or a mistake whose bytes might still come.
      if (status === 101 || (status === 204 && (encodings !== undefined || (length ?? 0) > 0)))
        this.#reusable = false;
      this.#state = 'done';
    } else if (encodings !== undefined) {
      checkChunked(encodings);
      // The length does not count then, and which of the two the server meant is not certain.
      if (length !== undefined) this.#reusable = false;
      this.#state = 'chunk-size';
    } else if (length !== undefined) {
      this.#length = length;
      this.#left = length;
      this.#state = length === 0 ? 'done' : 'length';
    } else {
      this.#reusable = false;
      this.#state = 'close';
    }
  }

  #chunkSize(line: string): void {
    const size = /^[ \t]*([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line)?.[1];
    if (size === undefined)
      throw new ProbeFailure(
        'protocol',
        `Not HTTP: ${quoted(line)} is no size of a chunk (Transfer-Encoding: chunked)`,
      );
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
  }

  #chunkEnd(line: string): void {
    if (line !== '') throw new ProbeFailure('protocol', 'Not HTTP: a chunk is longer than its size says');
    this.#state = 'chunk-size';
  }

  #finish(): void {
    this.#sink.onEnd(this.#reusable);
  }
}

/** Whether `HTTP/` stands there. */
function isHttp(bytes: Buffer, at: number): boolean {
  return (
    bytes[at] === 0x48 &&
    bytes[at + 1] === 0x54 &&
    bytes[at + 2] === 0x54 &&
    bytes[at + 3] === 0x50 &&
    bytes[at + 4] === 0x2f
  );
}

/** Detects by the first bytes what is not HTTP. @throws ProbeFailure */
function refuseForeign(start: Buffer): void {
  const text = start.toString('latin1');
  if ('HTTP/'.startsWith(text.slice(0, 5)) && text.length < 5) return;
  if (text.startsWith('HTTP/')) return;
  if (start[0] === 0x15 && (start[1] ?? 3) === 3)
    throw new ProbeFailure('protocol', 'The server speaks TLS on this port; write https:// in its URL');
  if (isHttp2(start))
    throw new ProbeFailure(
      'protocol',
      'The server speaks HTTP/2 without HTTP/1.1 on this port (gRPC does); write the URL of a port that speaks HTTP/1.1',
    );
  const line = (text.split('\n')[0] as string).trim();
  throw new ProbeFailure(
    'protocol',
    line === ''
      ? 'Not an HTTP answer (it begins with an empty line)'
      : `Not an HTTP answer (it begins with ${quoted(line)})`,
  );
}

/** A frame of SETTINGS, with which an HTTP/2 server begins. Source: RFC 9113, 3.4 and 4.1. */
function isHttp2(start: Buffer): boolean {
  const isSettings = start.length >= 9 && start[3] === 4 && start.readUInt32BE(5) === 0;
  return isSettings && start.readUIntBE(0, 3) % 6 === 0;
}

function parseStatusLine(line: string): { status: number; version: string } {
  const match = /^HTTP\/(\d\.\d) +(\d{3})(?: .*)?$/.exec(line.trimEnd());
  if (!match) throw new ProbeFailure('protocol', `Not an HTTP answer (status line ${quoted(line)})`);
  return { version: match[1] as string, status: Number(match[2]) };
}

function parseHeaders(lines: readonly string[]): ResponseHeaders {
  const headers: ResponseHeaders = Object.create(null);
  let last: string | undefined;
  for (const line of lines) {
    const isFolded = line[0] === ' ' || line[0] === '\t';
    const colon = line.indexOf(':');
    if (isFolded ? last === undefined : colon < 1)
      throw new ProbeFailure(
        'protocol',
        `Not HTTP: header line ${quoted(line)} has no ${colon === 0 ? 'name' : 'colon'}`,
      );
    if (isFolded) append(headers, last as string, line.trim());
    else {
      last = line.slice(0, colon).toLowerCase();
      add(headers, last, line.slice(colon + 1).trim());
    }
  }
  return headers;
}

function add(headers: ResponseHeaders, name: string, value: string): void {
  const known = headers[name];
  headers[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
}

/** A folded line goes on with the value before it. */
function append(headers: ResponseHeaders, name: string, more: string): void {
  const known = headers[name];
  if (Array.isArray(known)) headers[name] = [...known.slice(0, -1), `${known.at(-1)} ${more}`.trim()];
  else headers[name] = `${known} ${more}`.trim();
}

const LENGTH = /^\d{1,15}$/;

/** The body's length; headers that say it twice must agree. @throws ProbeFailure */
function lengthOf(headers: ResponseHeaders): number | undefined {
  const given = headers['content-length'];
  if (given === undefined) return undefined;
  // As nearly every server writes it.
  if (typeof given === 'string' && LENGTH.test(given)) return Number(given);
  const lengths = new Set([given].flat().flatMap(each => each.split(',').map(part => part.trim())));
  const [first = '', second] = lengths;
  if (second !== undefined)
    throw new ProbeFailure(
      'protocol',
      `Not HTTP: two Content-Lengths that differ (${quoted(first)} and ${quoted(second)})`,
    );
  if (!LENGTH.test(first))
    throw new ProbeFailure('protocol', `Not HTTP: Content-Length ${quoted(first)} is no number`);
  headers['content-length'] = first;
  return Number(first);
}

/** @throws ProbeFailure */
function checkChunked(encodings: string | string[]): void {
  const written = [encodings].flat().join(', ');
  if (written.toLowerCase() !== 'chunked')
    throw new ProbeFailure(
      'protocol',
      `Not supported: Transfer-Encoding ${quoted(written)} (only chunked was offered)`,
    );
}

function keepsAlive(headers: ResponseHeaders, version: string): boolean {
  const { connection = '' } = headers;
  const words = String(connection).toLowerCase();
  return version === '1.0' ? words.includes('keep-alive') : !words.includes('close');
}

/** The beginning of what a server sent, fit for a message. */
function quoted(text: string): string {
  const line = text.replace(/[^\x20-\x7e]+/g, '?');
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}...` : line);
}
