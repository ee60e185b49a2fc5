// Samples of the chunks of the series that were read last: panels and pages ask for the same windows again and again, and finding
// out which chunks a few series have takes longer than evaluating what is in them.

import type { Millis } from '../../model/time.js';
import type { ChunkRow } from './chunk-row.js';
import type { Run } from './run.js';

const MAX_SERIES = 64;
/** Of more samples those are not kept: 16 bytes each. */
const MAX_SAMPLES = 2048;

/** What was found of a series in a window. */
interface Kept {
  readonly from: Millis;
  readonly to: Millis;
  readonly rows: readonly ChunkRow[];
  readonly runs: readonly Run[];
}

/** By series; the one that was read first goes first. To be {@link KeptRuns.clear cleared} before chunks are written. */
export class KeptRuns {
  readonly #series = new Map<number, Kept>();

  /** What is in a window, and perhaps beyond it; undefined where that is not known, or where less would do. */
  get(series: number, from: Millis, to: Millis): readonly Run[] | undefined {
    const kept = this.#series.get(series);
    if (!kept || from < kept.from || to > kept.to) return undefined;
    for (const { first, last } of kept.rows) if (first > to || last < from) return undefined;
    return kept.runs;
  }

  add(series: number, kept: Kept): void {
    if (kept.rows.reduce((sum, { count }) => sum + count, 0) > MAX_SAMPLES) return;
    this.#series.delete(series);
    this.#series.set(series, kept);
    if (this.#series.size <= MAX_SERIES) return;
    const [first] = this.#series.keys();
    if (first !== undefined) this.#series.delete(first);
  }

  clear(): void {
    if (this.#series.size > 0) this.#series.clear();
  }
}
