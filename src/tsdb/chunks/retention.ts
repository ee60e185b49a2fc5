// Deletes what is too old, or too much: whole chunks, oldest first, a batch at a time.

import type { Millis } from '../../model/time.js';
import type { SampleFile } from '../file.js';

const BATCH = 500;

/** How much is kept. */
interface Limits {
  /** Samples are kept so long at least. */
  readonly retention: Millis;
  /** Bytes of the file; 0 is no limit. */
  readonly maxBytes: number;
}

/** What one batch deleted. */
interface PruneResult {
  /** Series that lost chunks, by id. */
  readonly series: ReadonlySet<number>;
  readonly chunks: number;
  /** Samples of before this moment are beyond the limits. */
  readonly before: Millis;
}

/** Deletes some of what is beyond the limits, in a transaction of its own; undefined when nothing is. */
export function pruneChunks(file: SampleFile, limits: Limits, now: Millis): PruneResult | undefined {
  const isTooMuch = limits.maxBytes > 0 && file.used > limits.maxBytes;
  const before = isTooMuch ? Number.POSITIVE_INFINITY : now - limits.retention;
  // By size a little at a time: how much a chunk takes is not known before it has gone.
  const rows = file.chunks.oldest(before, isTooMuch ? BATCH / 10 : BATCH);
  if (rows.length === 0) return undefined;
  file.transaction(() => file.chunks.remove(rows));
  return {
    series: new Set(rows.map(row => row.series)),
    chunks: rows.length,
    before: isTooMuch ? Math.max(...rows.map(({ last }) => last)) : before,
  };
}
