// The body of an answer, piece by piece, within bounds. Comes in: bytes, perhaps compressed; goes out: the page's bytes. A
// body that is too long, or becomes too long when it is uncompressed, is not kept.

import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { Semaphore } from '../concurrency/semaphore.js';
import type { Page } from './page-reader.js';

/** Bytes of a page where `body_size_limit` is not set. */
const MAX_BODY = 256 * 1024 * 1024;
/** Bytes of all bodies that are being read: further ones fail. */
const MAX_BODIES = 512 * 1024 * 1024;
/** A compressed body up to this is uncompressed at once: another thread costs more than the work. */
const MAX_AT_ONCE = 256 * 1024;
/** What such a body may become at once; if it is more, another thread does it. */
const MAX_PAGE_AT_ONCE = 8 * 1024 * 1024;
/** Larger than what Node takes from memory that several buffers share. */
const MIN_PIECE = 16 * 1024;
const NEWLINE = 10;

/** A compressed body may be longer than its page, by little. */
const GZIP_OVERHEAD = 64 * 1024;

const gunzipAside = promisify(gunzip);
/** One at a time: what a body will become is not known. */
const asides = new Semaphore(1);

/** Bytes of bodies that are being read. */
let held = 0;

/** A body longer than `body_size_limit`, or than is ever read. */
export class BodySizeError extends Error {
  constructor(message = 'body size limit exceeded') {
    super(message);
    this.name = 'BodySizeError';
  }
}

/** Collects one body. The caller must release it. */
export class Body {
  isGzip = false;
  readonly #limit: number;
  readonly #expected: number;
  #chunks: Buffer[] = [];
  #length = 0;
  #held = 0;

  /** @param limit bytes that the page may have; 0 for any number @param expected how long it probably is; 0 if unknown */
  constructor(limit: number, expected: number) {
    this.#expected = Math.min(expected, MAX_PAGE_AT_ONCE);
    this.#limit = limit > 0 ? Math.min(limit, MAX_BODY) : MAX_BODY;
  }

  /** @throws BodySizeError */
  add(chunk: Buffer): void {
    this.#hold(chunk.length);
    this.#length += chunk.length;
    if (this.#length >= this.#limit + (this.isGzip ? GZIP_OVERHEAD : 0)) throw new BodySizeError();
    this.#chunks.push(chunk);
  }

  /**
   * All of it, uncompressed, with a line end behind it. It must have come to its end.
   * @throws BodySizeError, zlib's error, or the signal's reason
   */
  async end(signal: AbortSignal): Promise<Omit<Page, 'isOpenMetrics'>> {
    const chunks = this.#chunks;
    this.#chunks = [];
    if (!this.isGzip) return ended(chunks);
    const packed = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    const page = this.#gunzipAtOnce(packed) ?? (await asides.run(signal, () => this.#gunzipAside(packed)));
    if (page.length >= this.#limit) throw new BodySizeError();
    return endedInPlace(page) ?? ended([page]);
  }

  /** Another body follows. */
  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }

  /** To be called when the page's bytes are not needed any more, or a failed body. */
  release(): void {
    held -= this.#held;
    this.#held = 0;
    this.clear();
  }

  #gunzipAtOnce(packed: Buffer): Buffer | undefined {
    if (packed.length > MAX_AT_ONCE) return undefined;
    try {
      // One piece that all of the page fits in, or else it is put together of small ones.
      const chunkSize = Math.max(MIN_PIECE, this.#expected + this.#expected / 8);
      const maxOutputLength = Math.min(this.#limit, MAX_PAGE_AT_ONCE);
      return gunzipSync(packed, { chunkSize: Math.ceil(chunkSize), maxOutputLength });
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (this.#limit <= MAX_PAGE_AT_ONCE) throw new BodySizeError();
      return undefined;
    }
  }

  async #gunzipAside(packed: Buffer): Promise<Buffer> {
    try {
      const page = await gunzipAside(packed, { maxOutputLength: this.#limit });
      this.#hold(page.length);
      return page;
    } catch (error) {
      throw isTooLarge(error) ? new BodySizeError() : error;
    }
  }

  #hold(bytes: number): void {
    if (held + bytes > MAX_BODIES)
      throw new BodySizeError(`too many long pages at once: together more than ${MAX_BODIES / 2 ** 20} MiB`);
    held += bytes;
    this.#held += bytes;
  }
}

/** The same bytes, with the line end in the room that is behind them; undefined when there is none. */
function endedInPlace({ buffer, byteOffset, length }: Buffer): Omit<Page, 'isOpenMetrics'> | undefined {
  if (buffer.byteLength < MIN_PIECE || byteOffset + length >= buffer.byteLength) return undefined;
  const bytes = new Uint8Array(buffer, byteOffset, length + 1);
  bytes[length] = NEWLINE;
  return { bytes, length };
}

function ended(chunks: readonly Buffer[]): Omit<Page, 'isOpenMetrics'> {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const bytes = Buffer.allocUnsafeSlow(length + 1);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(bytes, at);
  bytes[length] = NEWLINE;
  return { bytes, length };
}

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}
