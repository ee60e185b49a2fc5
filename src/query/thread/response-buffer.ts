// The rest of long answers until the client has fetched it. Comes in: printed chunks; goes out: one after the
// other.

import type { Clock, Millis } from '../../model/time.js';
import { QueryError } from '../engine.js';

/** Bytes kept in all. One answer never has more. */
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_ANSWERS = 128;
/** An answer that is not fetched for this long is dropped. */
const IDLE_TIMEOUT: Millis = 60_000;
/** An answer that is not fetched for this long is dropped when another one needs the memory. */
const SLOW_TIMEOUT: Millis = 5000;

interface BufferedResponse {
  readonly slicer: readonly Uint8Array<ArrayBuffer>[];
  /** Pieces that were fetched. */
  fetched: number;
  /** Of those that were not, in bytes. */
  bytes: number;
  touched: Millis;
}

/** Limits other than the defaults. */
interface ResponseBufferLimits {
  readonly bytes?: number;
  readonly answers?: number;
}

/** Keeps pieces of answers by the question's number. */
export class ResponseBuffer {
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #maxAnswers: number;
  /** The one that was touched longest ago comes first. */
  readonly #kept = new Map<number, BufferedResponse>();
  #bytes = 0;

  constructor(clock: Clock, { bytes = MAX_BYTES, answers = MAX_ANSWERS }: ResponseBufferLimits = {}) {
    this.#clock = clock;
    this.#maxBytes = bytes;
    this.#maxAnswers = answers;
  }

  /** Bytes kept in all. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps what is left of an answer. @throws QueryError when others that are being fetched take all the room */
  add(id: number, slicer: readonly Uint8Array<ArrayBuffer>[]): void {
    const bytes = slicer.reduce((sum, { length }) => sum + length, 0);
    const isFull = () => this.#kept.size >= this.#maxAnswers || this.#bytes + bytes > this.#maxBytes;
    if (isFull()) this.#dropIdle(SLOW_TIMEOUT, isFull);
    if (isFull())
      throw new QueryError('unavailable', 'too many long answers are being fetched; ask again later');
    this.#bytes += bytes;
    this.#kept.set(id, { slicer, fetched: 0, bytes, touched: this.#clock.elapsed() });
  }

  /** The next piece, which is then the caller's; undefined when nothing is kept. */
  next(id: number): Uint8Array<ArrayBuffer> | undefined {
    const kept = this.#kept.get(id);
    const piece = kept?.slicer[kept.fetched];
    if (!kept || !piece) return undefined;
    this.drop(id);
    const bytes = kept.bytes - piece.length;
    if (kept.fetched + 1 === kept.slicer.length) return piece;
    this.#bytes += bytes;
    this.#kept.set(id, { ...kept, fetched: kept.fetched + 1, bytes, touched: this.#clock.elapsed() });
    return piece;
  }

  /** Drops the rest of an answer. */
  drop(id: number): void {
    this.#bytes -= this.#kept.get(id)?.bytes ?? 0;
    this.#kept.delete(id);
  }

  /** Drops answers that were not fetched for a long time. */
  dropIdle(): void {
    this.#dropIdle(IDLE_TIMEOUT, () => true);
  }

  #dropIdle(span: Millis, isNeeded: () => boolean): void {
    const now = this.#clock.elapsed();
    for (const [id, { touched }] of this.#kept) {
      if (now - touched < span || !isNeeded()) return;
      this.drop(id);
    }
  }
}
