// Samples on their way into a store, encoded in a file of their own. Comes in: samples of any number of series, each
// series in order; goes out: a file with large chunks.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import { mergeChunks } from '../chunks/merge.js';
import type { SampleFile } from '../file.js';
import { LARGE_CHUNK, MAX_CHUNK_BYTES } from '../schema.js';

/** Samples that wait before the first of them become a chunk: so many that the rest is worth one too. */
const MAX_BUFFERED = MAX_CHUNK_BYTES + LARGE_CHUNK - 1024;

/** One series' samples that are in no chunk yet. */
class SampleBuffer {
  /** Of the series, in the file. */
  readonly id: number;
  /** Whether some of its chunks could be larger. */
  hasSmall = false;
  last: Millis = Number.NEGATIVE_INFINITY;
  count = 0;
  #times = new Float64Array(32);
  #values = new Float64Array(32);

  constructor(id: number) {
    this.id = id;
  }

  push(at: Millis, value: number): void {
    if (this.count === this.#times.length) this.#resize(this.count * 2);
    this.#times[this.count] = at;
    this.#values[this.count] = value;
    this.count++;
    this.last = at;
  }

  /** Takes the oldest samples out. */
  drain(count: number): { times: Float64Array; values: Float64Array } {
    const taken = { times: this.#times.slice(0, count), values: this.#values.slice(0, count) };
    this.#times.copyWithin(0, count, this.count);
    this.#values.copyWithin(0, count, this.count);
    this.count -= count;
    return taken;
  }

  /** Gives memory back. */
  shrink(): void {
    this.#resize(32);
  }

  #resize(length: number): void {
    const [times, values] = [this.#times, this.#values];
    this.#times = new Float64Array(length);
    this.#values = new Float64Array(length);
    this.#times.set(times.subarray(0, Math.min(length, this.count)));
    this.#values.set(values.subarray(0, Math.min(length, this.count)));
  }
}

/** Fills one file, in one transaction after another; what is thrown is SQLite's. */
export class Staging {
  readonly #file: SampleFile;
  readonly #most: number;
  readonly #waiting = new Map<string, SampleBuffer>();
  #count = 0;

  /** `most`: samples in memory at a time. */
  constructor(file: SampleFile, most: number) {
    this.#file = file;
    this.#most = most;
  }

  get series(): number {
    return this.#waiting.size;
  }

  /** The way samples of a series go. @returns what takes one, and says false when it is not later than the last. */
  open(labels: Labels): (at: Millis, value: number) => boolean {
    const waiting = this.#waiting.get(labels.key) ?? this.#add(labels);
    return (at, value) => {
      if (at <= waiting.last) return false;
      waiting.push(at, value);
      this.#count++;
      if (waiting.count >= MAX_BUFFERED) this.#write(waiting, MAX_CHUNK_BYTES, true);
      if (this.#count >= this.#most) this.#spill();
      return true;
    };
  }

  #add(labels: Labels): SampleBuffer {
    const waiting = new SampleBuffer(this.#file.series.add(labels));
    this.#waiting.set(labels.key, waiting);
    return waiting;
  }

  #write(waiting: SampleBuffer, count: number, isLarge: boolean): void {
    this.#file.chunks.add(waiting.id, waiting.drain(count), isLarge ? 'small' : 'quick');
    this.#count -= count;
    if (!isLarge) waiting.hasSmall = true;
  }

  /** Memory is full: everything goes to the file, to be merged in the end. */
  #spill(): void {
    this.#file.transaction(() => {
      for (const waiting of this.#waiting.values()) {
        while (waiting.count > 0) this.#write(waiting, Math.min(waiting.count, MAX_CHUNK_BYTES), false);
        waiting.shrink();
      }
    });
  }

  /** Writes the rest; what was spilled becomes large. */
  finish(): void {
    for (const waiting of this.#waiting.values()) {
      const wasSpilled = waiting.hasSmall;
      this.#file.transaction(() => this.#writeRest(waiting));
      if (wasSpilled) this.#file.transaction(() => mergeChunks(this.#file, [waiting.id], 2));
    }
  }

  #writeRest(waiting: SampleBuffer): void {
    for (let parts = Math.ceil(waiting.count / MAX_CHUNK_BYTES); parts > 0; parts--)
      this.#write(waiting, Math.ceil(waiting.count / parts), true);
  }
}
