// Samples on their way into a store, encoded in a file of their own. Comes in: samples of any number of series, each
// series in order; goes out: a file with large chunks.

import { setImmediate as turn } from 'node:timers/promises';
import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import { mergeChunks } from '../chunks/merge.js';
import type { SampleFile } from '../file.js';
import { LARGE_CHUNK, MAX_CHUNK_BYTES } from '../schema.js';
import type { ChunkEncoder } from './chunk-encoder.js';

/** Samples that wait before the first of them become a chunk: so many that the rest is worth one too. */
const MAX_BUFFERED = MAX_CHUNK_BYTES + LARGE_CHUNK - 1024;

/** Encoded chunks that are written in one transaction. */
const BATCH = 64;

interface EncodedChunk {
  readonly series: number;
  readonly times: Float64Array;
  readonly bytes: Uint8Array;
}

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

  /** @returns how many samples were later than the one before, up to the first that was not */
  push(times: Float64Array, values: Float64Array, count: number): number {
    while (this.count + count > this.#times.length) this.#resize(this.#times.length * 2);
    const [ownTimes, ownValues, end] = [this.#times, this.#values, this.count];
    let last = this.last;
    let taken = 0;
    for (; taken < count; taken++) {
      const at = times[taken] as Millis;
      if (at <= last) break;
      ownTimes[end + taken] = at;
      ownValues[end + taken] = values[taken] as number;
      last = at;
    }
    this.last = last;
    this.count += taken;
    return taken;
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

/** One series on its way. */
export interface StagedSeries {
  /** Takes the first `count` samples. @returns how many were each later than the one before: there it stops */
  add(times: Float64Array, values: Float64Array, count: number): number;
}

/** Fills one file, in one transaction after another; what is thrown is SQLite's. */
export class Staging {
  readonly #file: SampleFile;
  readonly #most: number;
  readonly #encoder: ChunkEncoder;
  readonly #waiting = new Map<string, SampleBuffer>();
  #encoded: EncodedChunk[] = [];
  #count = 0;

  /** `most`: samples in memory at a time. */
  constructor(file: SampleFile, most: number, encoder: ChunkEncoder) {
    this.#file = file;
    this.#most = most;
    this.#encoder = encoder;
  }

  get series(): number {
    return this.#waiting.size;
  }

  /** The way samples of a series go. */
  open(labels: Labels): StagedSeries {
    const waiting = this.#waiting.get(labels.key) ?? this.#add(labels);
    return {
      add: (times, values, count) => {
        const taken = waiting.push(times, values, count);
        this.#count += taken;
        while (waiting.count >= MAX_BUFFERED) this.#encode(waiting, MAX_CHUNK_BYTES);
        if (this.#count >= this.#most) this.#spill();
        return taken;
      },
    };
  }

  #add(labels: Labels): SampleBuffer {
    const waiting = new SampleBuffer(this.#file.series.add(labels));
    this.#waiting.set(labels.key, waiting);
    return waiting;
  }

  /** Makes the oldest samples a large chunk. */
  #encode(waiting: SampleBuffer, count: number): void {
    const { times, values } = waiting.drain(count);
    this.#count -= count;
    // Not written in the callback, where there is nothing that would catch SQLite's errors.
    this.#encoder.encode(values, bytes => this.#encoded.push({ series: waiting.id, times, bytes }));
    if (this.#encoded.length >= BATCH) this.#flush();
  }

  #flush(): void {
    const encoded = this.#encoded;
    this.#encoded = [];
    this.#file.transaction(() => {
      for (const { series, times, bytes } of encoded) this.#file.chunks.addEncoded(series, times, bytes);
    });
  }

  /** Memory is full: everything goes to the file, to be merged in the end. */
  #spill(): void {
    this.#file.transaction(() => {
      for (const waiting of this.#waiting.values()) {
        while (waiting.count > 0) this.#writeSmall(waiting, Math.min(waiting.count, MAX_CHUNK_BYTES));
        waiting.shrink();
      }
    });
  }

  #writeSmall(waiting: SampleBuffer, count: number): void {
    this.#file.chunks.add(waiting.id, waiting.drain(count), 'quick');
    this.#count -= count;
    waiting.hasSmall = true;
  }

  /** Writes the rest; what was spilled becomes large. */
  async finish(): Promise<void> {
    for (const waiting of this.#waiting.values()) {
      for (let parts = Math.ceil(waiting.count / MAX_CHUNK_BYTES); parts > 0; parts--)
        this.#encode(waiting, Math.ceil(waiting.count / parts));
      // The encoder's thread has its answers taken, and gets more.
      await turn();
    }
    await this.#encoder.finish();
    this.#flush();
    for (const { id, hasSmall } of this.#waiting.values())
      if (hasSmall) this.#file.transaction(() => mergeChunks(this.#file, [id], 2));
  }
}
