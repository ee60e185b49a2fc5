// Samples leave a head for chunks a block of rows at a time, some series with every scrape of its stream, so that none of
// them takes long. Comes in: a head; goes out: chunks, and the rows that are no longer needed.

import type { Millis } from '../../model/time.js';
import type { SampleFile } from '../file.js';
import type { Head } from '../head/head.js';
import type { HeadRow } from '../head/head-row.js';
import type { Heads } from '../head/heads.js';
import type { StoredSeries } from '../index/series-columns.js';
import type { SeriesRef } from '../index/series-ref.js';
import type { Run } from './run.js';

/** Rows of a block, at most: with its series in chunks of as many samples, the scrapes themselves can go. */
export const BLOCK = 96;
/** The same of a stream, whose chunks share rows: a sample takes twice as many bytes in the log as there. */
const BLOCK_OF_STREAM = 48;
/** Samples the blocks of all heads are to have at most: what is not in chunks is in memory, eight bytes each. */
const MANY = 2_000_000;
/** Rows of a block however many series there are; smaller chunks would take more space than they hold. */
const FEW_ROWS = 24;
/** Scrapes over which a block's series are spread. */
const SPREAD = 24;
/** Series worth a scrape's time however few there are; of one of many streams more, as each write costs whole pages. */
const AT_LEAST = 16;
const AT_LEAST_OF_STREAM = 512;
/** Series at a time of a head that no scrapes come for. */
const DRAIN_BATCH = 500;

interface CutChunk {
  readonly series: SeriesRef;
  readonly last: number;
}

/** Samples of a series on their way into a chunk. */
interface CutRun {
  readonly series: SeriesRef;
  readonly id: number;
  readonly run: Run;
}

/** What a step did, to be passed to {@link ChunkCutter.done} when it is on disk. */
export interface CutStep {
  readonly chunks: readonly CutChunk[];
  /** Series looked at, whether they had something or not. */
  readonly count: number;
  readonly isLast: boolean;
}

/** How many rows of a head become chunks at a time. */
export function rowsOfBlock(heads: Heads): number {
  return Math.min(BLOCK, Math.max(FEW_ROWS, Math.floor(MANY / heads.width)));
}

/** The block of one head that is on its way. */
export class ChunkCutter {
  readonly #head: Head;
  readonly #heads: Heads;
  readonly #stored: StoredSeries;
  #queue: readonly SeriesRef[] = [];
  /** The newest row of the block; undefined between two blocks. */
  #until: HeadRow | undefined;

  constructor(head: Head, heads: Heads, stored: StoredSeries) {
    this.#head = head;
    this.#heads = heads;
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

  /**
   * Writes the next series' samples, within a transaction; undefined when no block is full.
   * @param most as {@link rowsOfBlock} has it @param isDue false: only when there are many more rows than a block has
   */
  step(file: SampleFile, most: number, isDue: boolean): CutStep | undefined {
    const { rows, stream, width } = this.#head;
    const count = stream === undefined ? most : Math.min(most, BLOCK_OF_STREAM);
    if (!isDue && rows.length < 2 * count) return undefined;
    // A stream's newest scrape stays: it says whose the series are.
    if (!this.#until && (stream === undefined || rows.length > count)) this.#start(rows[count - 1]);
    const least = stream === undefined ? AT_LEAST : AT_LEAST_OF_STREAM;
    return this.#step(file, Math.max(least, Math.ceil(width / SPREAD)));
  }

  /** The same for a head that no scrapes come for, whose block is all it has. */
  drain(file: SampleFile): CutStep | undefined {
    if (!this.#until) this.#start(this.#head.rows.at(-1));
    return this.#step(file, DRAIN_BATCH);
  }

  #start(until: HeadRow | undefined): void {
    if (!until?.isLogged) return;
    this.#until = until;
    this.#queue = [...new Set([...this.#head.series(), ...this.#head.timed])];
  }

  #step(file: SampleFile, size: number): CutStep | undefined {
    if (!this.#until) return undefined;
    const { at } = this.#until;
    const some = this.#queue.slice(0, size);
    const runs = some.flatMap(series => this.#cut(series, at));
    const isOwn = this.#head.stream === undefined;
    if (isOwn) for (const { id, run } of runs) file.chunks.add(id, run, 'quick');
    else
      file.chunks.addAll(
        runs.map(({ id, run }) => ({ series: id, run })),
        'quick',
      );
    const isLast = some.length === this.#queue.length;
    if (isLast && isOwn) file.log.trim(at);
    const chunks = runs.map(({ series, run }) => ({ series, last: run.times.at(-1) as number }));
    return { chunks, count: some.length, isLast };
  }

  #cut(series: SeriesRef, at: Millis): CutRun[] {
    const id = this.#stored.id.get(series);
    if (id === 0) return [];
    // Times of its own may be later than the scrape's: such a series goes as a whole.
    const until = this.#heads.timed.has(series) ? Number.POSITIVE_INFINITY : at;
    // After a restart part of the block may be in chunks already.
    const run = this.#heads.read(series, nextAfter(this.#stored.sealedTo.get(series)), until);
    return run.values.length === 0 ? [] : [{ series, id, run }];
  }

  /** A step is on disk. @returns the series that have a chunk more. */
  done({ chunks, count, isLast }: CutStep): SeriesRef[] {
    for (const { series, last } of chunks) {
      this.#stored.sealedTo.set(series, last);
      this.#stored.chunks.set(series, this.#stored.chunks.get(series) + 1);
      this.#stored.small.set(series, this.#stored.small.get(series) + 1);
      this.#heads.timed.dropUpTo(series, last);
    }
    this.#queue = this.#queue.slice(count);
    if (isLast) {
      this.#heads.drop(this.#head, this.#head.rows.indexOf(this.#until as HeadRow) + 1);
      this.#forgetTimed();
      this.#until = undefined;
    }
    return chunks.map(({ series }) => series);
  }

  /** Series that have no samples with times of their own any more, once none of their rows is as old as those were. */
  #forgetTimed(): void {
    for (const series of this.#head.timed) {
      if (!this.#heads.timed.isEmpty(series)) continue;
      if (this.#stored.sealedTo.get(series) >= this.#heads.first(series)) continue;
      this.#head.timed.delete(series);
      this.#heads.timed.delete(series);
    }
  }
}

/** Times are whole milliseconds. */
const nextAfter = (at: number): number => at + 1;
