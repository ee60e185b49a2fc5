// What is in memory gets to disk: scrapes to the log as they come, and block by block to chunks. Comes in: rows of the heads;
// goes out: the series that have a chunk more.

import type { Millis } from '../model/time.js';
import { ChunkCutter, rowsOfBlock } from './chunks/cut-chunks.js';
import type { SampleFile } from './file.js';
import type { Head } from './head/head.js';
import type { Heads } from './head/heads.js';
import type { StoredSeries } from './index/series-columns.js';
import type { SeriesRef } from './index/series-ref.js';
import type { SeriesRegistry } from './index/series-registry.js';
import type { Outgoing } from './outgoing/outgoing.js';
import type { Streams } from './streams.js';

/** Scrapes that waited and are written with the next one. */
const CATCH_UP = 20;
/** Times as many scrapes as blocks have are in the log of streams at most: those of a stream that comes seldom are cut early. */
const MAX_LAG = 2;
/** What no scrape came for in this time is put into chunks as it is: its stream is over, or its interval is that long. */
const IDLE: Millis = 3_600_000;

interface JournalParts {
  readonly heads: Heads;
  readonly stored: StoredSeries;
  readonly registry: SeriesRegistry;
  readonly streams: Streams;
  readonly outgoing: Outgoing;
  /** Called when scrapes were queued to be sent elsewhere. */
  readonly onQueued: () => void;
}

interface Seen {
  readonly sequence: number;
  readonly since: Millis;
}

/** The journal of one store, whichever file it has open. */
export class Journal {
  readonly #parts: JournalParts;
  readonly #cutters = new Map<Head, ChunkCutter>();
  /** The last scrape of each head, and since when it is the last. */
  readonly #seen = new Map<Head, Seen>();
  /** There may be scrapes in the log of streams that are not needed any more. */
  #isTrimDue = true;
  /** The last scrape's number in the log of streams. */
  #lastLogId = 0;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  /** To be called when the file was replaced or its rows were read again. */
  reset(): void {
    this.#cutters.clear();
  }

  /** To be called when rows of a head are gone. */
  resetHead(head: Head): void {
    this.#cutters.delete(head);
  }

  #cutter(head: Head): ChunkCutter {
    const { heads, stored } = this.#parts;
    const cutter = this.#cutters.get(head) ?? new ChunkCutter(head, heads, stored);
    this.#cutters.set(head, cutter);
    return cutter;
  }

  /** Calls back for series that are not to be forgotten. */
  eachHeld(held: (series: SeriesRef) => void): void {
    for (const head of this.#parts.heads.all()) {
      for (const { ended } of head.rows) ended.forEach(held);
      head.timed.forEach(held);
    }
    for (const { queue } of this.#cutters.values()) queue.forEach(held);
  }

  /**
   * Writes the scrapes that wait, some of them if they are many, and with each a part of the block of its stream, in one
   * transaction. @param reload loads what an import has written, within it
   * @param mayCut false while a question is read by parts: samples stay where they are unless that takes too long
   * @returns the series that have a chunk more @throws SQLite's errors
   */
  write(file: SampleFile, reload: () => void, mayCut: boolean): SeriesRef[] {
    const { heads, registry, outgoing, onQueued } = this.#parts;
    const waiting = heads.waiting().slice(0, CATCH_UP);
    if (waiting.length === 0) return [];
    const touched = [...new Set(waiting.map(({ head }) => head))];
    const steps = this.#transaction(file, touched, added => {
      reload();
      this.#trim(file);
      outgoing.begin();
      for (const { head, row } of waiting) registry.write(file, head, row, added);
      const count = rowsOfBlock(heads);
      return touched.map(head => ({ head, step: this.#cutter(head).step(file, count, mayCut) }));
    });
    if (outgoing.commit()) onQueued();
    this.#isTrimDue = steps.some(({ step }) => step?.isLast);
    for (const { row } of waiting) {
      row.isLogged = true;
      row.timed = undefined;
      this.#lastLogId = Math.max(this.#lastLogId, row.logId);
    }
    return steps.flatMap(({ head, step }) => (step ? this.#cutter(head).done(step) : []));
  }

  /** Forgets scrapes of streams that are in chunks; within a transaction, before further ones are written. */
  #trim(file: SampleFile): void {
    if (this.#isTrimDue) file.log.trimStreams(this.#parts.heads.firstLogId);
  }

  /** @param touched heads whose rows the action writes */
  #transaction<T>(file: SampleFile, touched: readonly Head[], action: (added: SeriesRef[]) => T): T {
    const { registry } = this.#parts;
    const added: SeriesRef[] = [];
    const unnamed = touched.filter(head => head.id === 0);
    try {
      const result = file.transaction(() => action(added));
      registry.finishWrite(added, true);
      return result;
    } catch (error) {
      registry.finishWrite(added, false);
      for (const head of unnamed) head.id = 0;
      throw error;
    }
  }

  /**
   * Puts some samples into chunks of a stream that is over or that no scrapes have come of for long.
   * @param elapsed the monotonic clock @returns the series that have a chunk more; undefined when there is nothing to do
   */
  drain(file: SampleFile, elapsed: Millis): SeriesRef[] | undefined {
    const lag = MAX_LAG * rowsOfBlock(this.#parts.heads) * this.#parts.heads.all().length;
    const head = this.#parts.heads
      .all()
      .find(each => this.#isDone(each, elapsed) || this.#lastLogId - each.firstLogId > lag);
    if (!head) return this.#trimAlone(file);
    const cutter = this.#cutter(head);
    const step = file.transaction(() => {
      const cut = cutter.drain(file);
      if (!cut || cut.isLast) this.#removeFrom(file, head);
      return cut;
    });
    const series = step ? cutter.done(step) : [];
    if (step?.isLast) this.#isTrimDue = true;
    if (head.rows.length === 0) this.#remove(head);
    return series;
  }

  #trimAlone(file: SampleFile): [] | undefined {
    if (!this.#isTrimDue || this.#parts.heads.waiting().some(({ row }) => row.logId > 0)) return undefined;
    file.transaction(() => this.#trim(file));
    this.#isTrimDue = false;
    return [];
  }

  #isDone(head: Head, elapsed: Millis): boolean {
    if (head.stream === undefined) return false;
    const { rows } = head;
    const sequence = rows.at(-1)?.sequence ?? 0;
    const seen = this.#seen.get(head);
    const since = seen?.sequence === sequence ? seen.since : elapsed;
    if (seen?.sequence !== sequence) this.#seen.set(head, { sequence, since });
    if (!head.isOver && elapsed - since < IDLE) return false;
    // What waits for the disk is written first.
    return rows.at(-1)?.isLogged ?? !this.#parts.streams.has(head);
  }

  #removeFrom(file: SampleFile, head: Head): void {
    if (!this.#parts.streams.has(head) && head.id !== 0) file.streams.remove(head.id);
  }

  #remove(head: Head): void {
    if (this.#parts.streams.has(head)) return;
    this.#parts.heads.remove(head);
    this.#cutters.delete(head);
    this.#seen.delete(head);
  }
}
