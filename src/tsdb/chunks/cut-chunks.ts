// Samples leave the head for chunks a block of rows at a time, some series with every scrape, so that none of them
// takes long. Comes in: the head; goes out: chunks, and the rows that are no longer needed.

import type { SampleFile } from '../file.js';
import type { Head } from '../head/head.js';
import type { HeadRow } from '../head/head-row.js';
import type { SeriesRef, StoredSeries } from '../index/series-columns.js';

/** Rows of a block, at most: with its series in chunks of as many samples, the scrapes themselves can go. */
export const BLOCK = 96;
/** Samples a block is to have at most: what is not in chunks is in memory, eight bytes each. */
const MANY = 2_000_000;
/** Rows of a block however many series there are; smaller chunks would take more space than they hold. */
const FEW_ROWS = 24;
/** Scrapes over which a block's series are spread. */
const SPREAD = 24;
/** Series worth a scrape's time however few there are. */
const AT_LEAST = 16;

interface CutChunk {
  readonly series: SeriesRef;
  readonly last: number;
}

/** What a step did, to be passed to {@link ChunkCutter.done} when it is on disk. */
export interface CutStep {
  readonly chunks: readonly CutChunk[];
  /** Series looked at, whether they had something or not. */
  readonly count: number;
  readonly isLast: boolean;
}

/** The block that is on its way. */
export class ChunkCutter {
  readonly #head: Head;
  readonly #stored: StoredSeries;
  #queue: readonly SeriesRef[] = [];
  /** The newest row of the block; undefined between two blocks. */
  #until: HeadRow | undefined;

  constructor(head: Head, stored: StoredSeries) {
    this.#head = head;
    this.#stored = stored;
  }

  /** Starts again: the database was replaced. */
  reset(): void {
    this.#until = undefined;
    this.#queue = [];
  }

  /** Series still to be sealed. */
  get queue(): readonly SeriesRef[] {
    return this.#queue;
  }

  /** Writes the next series' samples, within a transaction; undefined when no block is full. */
  step(file: SampleFile): CutStep | undefined {
    this.#start();
    if (!this.#until) return undefined;
    const size = Math.max(AT_LEAST, Math.ceil(this.#head.series().length / SPREAD));
    const some = this.#queue.slice(0, size);
    const sealed = some.flatMap(series => this.#cut(file, series, (this.#until as HeadRow).at));
    const isLast = some.length === this.#queue.length;
    if (isLast) file.log.trim(this.#until.at);
    return { chunks: sealed, count: some.length, isLast };
  }

  #start(): void {
    if (this.#until) return;
    const series = this.#head.series();
    const rows = Math.min(BLOCK, Math.max(FEW_ROWS, Math.floor(MANY / series.length)));
    const until = this.#head.rows[rows - 1];
    if (!until?.isLogged) return;
    this.#until = until;
    this.#queue = series;
  }

  #cut(file: SampleFile, series: SeriesRef, until: number): CutChunk[] {
    // After a restart part of the block may be in chunks already.
    const run = this.#head.read(series, nextAfter(this.#stored.sealedTo.get(series)), until);
    if (run.values.length === 0) return [];
    file.chunks.add(this.#stored.id.get(series), run, 'quick');
    return [{ series, last: run.times.at(-1) as number }];
  }

  /** A step is on disk. @returns the series that have a chunk more. */
  done({ chunks, count, isLast }: CutStep): SeriesRef[] {
    for (const { series, last } of chunks) {
      this.#stored.sealedTo.set(series, last);
      this.#stored.chunks.set(series, this.#stored.chunks.get(series) + 1);
      this.#stored.small.set(series, this.#stored.small.get(series) + 1);
    }
    this.#queue = this.#queue.slice(count);
    if (isLast) {
      this.#head.drop(this.#head.rows.indexOf(this.#until as HeadRow) + 1);
      this.#until = undefined;
    }
    return chunks.map(({ series }) => series);
  }
}

/** Times are whole milliseconds. */
const nextAfter = (at: number): number => at + 1;
