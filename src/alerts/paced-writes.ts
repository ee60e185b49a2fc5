// When what has changed is written: a little at once, much after a pause, since what happens to many things mostly follows
// another that happened to them just before, and both are written with one row then.

import type { Millis } from '../model/time.js';

/** Things that are written as soon as they change, within a span; of more, the rest waits for the end of the span. */
const MAX_IMMEDIATE = 200;
/** Things written at once: what waits behind them has a turn then. */
const BATCH = 500;
/** A span is this many times as long as writing took before it, within bounds: a slow disk must not hold up all else. */
const SPARE = 10;
const SHORTEST: Millis = 2000;
const LONGEST: Millis = 5000;

/** Things that have changed and are not written yet. The caller must {@link flush} it before it ends. */
export class PacedWrites<T> {
  readonly #write: (changed: readonly T[]) => void;
  readonly #changed = new Set<T>();
  #span: NodeJS.Timeout | undefined;
  /** How many were written in this span. */
  #written = 0;
  /** How long the last batches took that were written one after the other. */
  #duration: Millis = 0;
  #next: NodeJS.Immediate | undefined;

  constructor(write: (changed: readonly T[]) => void) {
    this.#write = write;
  }

  /** Something has changed. */
  add(changed: T): void {
    this.#changed.add(changed);
    if (this.#written + this.#changed.size <= MAX_IMMEDIATE) this.#writeNext();
    else this.#wait();
  }

  /** Writes everything now. */
  flush(): void {
    clearImmediate(this.#next);
    this.#next = undefined;
    this.#writeBatch(Number.POSITIVE_INFINITY);
  }

  #wait(): void {
    if (this.#next) return;
    this.#span ??= setTimeout(() => this.#endSpan(), spanAfter(this.#duration)).unref();
  }

  #endSpan(): void {
    this.#span = undefined;
    [this.#written, this.#duration] = [0, 0];
    if (this.#changed.size > 0) this.#writeNext();
  }

  /** Batch by batch, until nothing is left. */
  #writeNext(): void {
    this.#next ??= setImmediate(() => {
      this.#next = undefined;
      this.#writeBatch(BATCH);
      if (this.#changed.size > 0) this.#writeNext();
      else this.#wait();
    });
  }

  #writeBatch(size: number): void {
    const batch: T[] = [];
    for (const each of this.#changed) {
      if (batch.length === size) break;
      batch.push(each);
    }
    if (batch.length === 0) return;
    for (const each of batch) this.#changed.delete(each);
    const begun = performance.now();
    this.#write(batch);
    this.#duration += performance.now() - begun;
    this.#written += batch.length;
  }
}

function spanAfter(duration: Millis): Millis {
  return Math.min(Math.max(duration * SPARE, SHORTEST), LONGEST);
}
