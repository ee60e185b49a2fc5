// What tables and memory know of chunks without reading them.

import type { Millis } from '../../model/time.js';

/** What is known of a chunk without reading it: a row of its own, or a part of a bundle. */
export interface ChunkRow {
  /** Of its row. */
  readonly id: number;
  readonly first: Millis;
  readonly last: Millis;
  readonly count: number;
  /** Where its times are; chunks with equal times have the same. */
  readonly axis: number;
}

/** What is kept of one series. */
export interface SeriesBounds {
  readonly series: number;
  readonly first: Millis;
  readonly last: Millis;
  readonly chunks: number;
  /** Chunks smaller than they could be. */
  readonly small: number;
}
