// The newest scrapes of all streams in memory: a head for each stream, whose rows have columns for its own series and no
// others. Comes in: rows; goes out: a series' samples, whichever streams brought them.

import type { Millis } from '../../model/time.js';
import { joinRuns } from '../chunks/merge.js';
import type { Run } from '../chunks/run.js';
import type { StoredSeries } from '../index/series-columns.js';
import type { SeriesRef } from '../index/series-ref.js';
import { Arena } from './arena.js';
import { Head, type Sequence } from './head.js';
import type { HeadRow } from './head-row.js';
import type { Place } from './places.js';
import type { RowBuilder } from './row-builder.js';
import { TimedSamples } from './timed-samples.js';

/** A row that is not on disk. */
export interface UnwrittenRow {
  readonly head: Head;
  readonly row: HeadRow;
}

/** The heads of one store. */
export class Heads {
  readonly timed = new TimedSamples();
  /** That of the monitor's own scrapes. */
  readonly own: Head;
  readonly #stored: StoredSeries;
  readonly #sequence: Sequence = { last: 0 };
  /** By number. */
  readonly #heads: (Head | undefined)[] = [];
  readonly #byStream = new Map<string, Head>();
  /** Heads that may have rows which are not on disk: with hundreds of streams few have. */
  readonly #unwritten = new Set<Head>();

  constructor(stored: StoredSeries) {
    this.#stored = stored;
    this.own = new Head(stored, 0, undefined, this.#sequence);
    this.#heads.push(this.own);
  }

  /** The number of the last scrape. */
  get sequence(): number {
    return this.#sequence.last;
  }

  /** All heads, the monitor's own first. */
  all(): Head[] {
    return this.#heads.filter(head => head !== undefined);
  }

  /** The head of a stream, made if there is none; undefined: the monitor's own. */
  of(stream: string | undefined): Head {
    if (stream === undefined) return this.own;
    const known = this.#byStream.get(stream);
    if (known) return known;
    const hole = this.#heads.indexOf(undefined);
    const number = hole < 0 ? this.#heads.length : hole;
    const head = new Head(this.#stored, number, stream, this.#sequence);
    this.#heads[number] = head;
    this.#byStream.set(stream, head);
    return head;
  }

  /** Forgets a stream's head, which has no rows. */
  remove(head: Head): void {
    if (head.stream === undefined) return;
    this.#heads[head.number] = undefined;
    this.#byStream.delete(head.stream);
    this.#unwritten.delete(head);
  }

  /** How many series have columns. */
  get width(): number {
    return this.all().reduce((sum, head) => sum + head.width, 0);
  }

  /** Shows a row that was begun: see {@link Head.push}. */
  push(head: Head, builder: RowBuilder, ended: readonly SeriesRef[], isLogged: boolean, logId = 0): void {
    head.push(builder, ended, isLogged);
    if (!isLogged) this.#unwritten.add(head);
    (head.rows.at(-1) as HeadRow).logId = logId;
    this.#show(head);
  }

  /** Shows the newest row of a head as it is by now. */
  update(head: Head, ended: readonly SeriesRef[]): void {
    head.update(ended);
  }

  #show(head: Head): void {
    const row = head.rows.at(-1) as HeadRow;
    const { timed } = row;
    for (const [i, series] of (timed?.series ?? []).entries()) {
      const at = timed?.times[i] as Millis;
      this.timed.add(series, at, timed?.values[i] as number, row.sequence);
      head.timed.add(series);
    }
  }

  /** Rows that are not on disk, in the order they came; of a row that samples may still be added to that one is left out. */
  waiting(): UnwrittenRow[] {
    const waiting: UnwrittenRow[] = [];
    for (const head of this.#unwritten) {
      const rows = head.waiting();
      if (rows.length === 0) this.#unwritten.delete(head);
      const open = head.isOpen ? head.rows.at(-1) : undefined;
      for (const row of rows) if (row !== open) waiting.push({ head, row });
    }
    return waiting.sort((a, b) => a.row.sequence - b.row.sequence);
  }

  /** What was written is on no disk any more: all rows wait again. */
  unwrite(): void {
    for (const head of this.all()) {
      for (const row of head.rows) row.isLogged = false;
      this.#unwritten.add(head);
    }
  }

  /** The first number in the log of streams that is needed. */
  get firstLogId(): number {
    return Math.min(...this.all().map(head => head.firstLogId));
  }

  settle(): void {
    for (const head of this.all()) head.settle();
  }

  /** Whether there are samples of a series. */
  has(series: SeriesRef): boolean {
    return this.#stored.places.column.get(series) >= 0 || this.timed.has(series);
  }

  /** Lets go of the oldest rows of a head. */
  drop(head: Head, count: number): void {
    head.drop(count, series => {
      const sealedTo = this.#stored.sealedTo.get(series);
      // What another head has of it begins after what is in chunks: between its samples were those of this one.
      this.#stored.places.leave(series, head.number, ({ head }) => this.#head(head).slotAfter(sealedTo));
    });
  }

  /** Lets go of all rows. */
  clear(): void {
    for (const head of this.all()) head.clear();
    this.timed.clear();
  }

  /** A series' oldest sample here; infinite when there is none. */
  first(series: SeriesRef): Millis {
    const { places } = this.#stored;
    if (!this.timed.has(series) && places.former(series).length === 0) return this.from(series);
    const firsts = this.#places(series).map(place => this.#head(place.head).from(place));
    return Math.min(this.timed.first(series), ...firsts);
  }

  /** The moment from which on a series' samples are all here; infinite when it has none here. */
  from(series: SeriesRef): Millis {
    const { places, sealedTo } = this.#stored;
    const isTimed = this.timed.has(series);
    if (!isTimed && places.former(series).length === 0) {
      if (places.column.get(series) < 0) return Number.POSITIVE_INFINITY;
      return this.#head(places.head.get(series)).from({ fromSlot: places.fromSlot.get(series) });
    }
    const froms = this.#places(series).map(place => this.#head(place.head).from(place));
    return isTimed ? Math.max(sealedTo.get(series) + 1, ...froms) : Math.max(...froms);
  }

  /**
   * A series' samples at `from <= t <= to` of scrapes up to a number. Equal times of series of one stream without gaps are
   * one array. Values are allocated in `arena`.
   */
  read(
    series: SeriesRef,
    from: Millis,
    to: Millis,
    arena: Arena = new Arena(),
    upTo = Number.POSITIVE_INFINITY,
  ): Run {
    const { places } = this.#stored;
    if (!this.timed.has(series) && places.former(series).length === 0) {
      const column = places.column.get(series);
      if (column < 0) return EMPTY;
      const place = { column, fromSlot: places.fromSlot.get(series) };
      return this.#head(places.head.get(series)).read(place, from, to, arena, upTo);
    }
    const runs = this.#places(series).map(place => this.#head(place.head).read(place, from, to, arena, upTo));
    return merged([...runs, this.timed.read(series, from, to, upTo)]);
  }

  /** A series' newest sample, if it is here, not in what was imported beyond it, and of a scrape up to a number. */
  lastValue(series: SeriesRef, upTo = Number.POSITIVE_INFINITY): number | undefined {
    const { places, last } = this.#stored;
    const column = places.column.get(series);
    const at = last.get(series);
    const slot = places.lastSlot.get(series);
    const value =
      column < 0 ? undefined : this.#head(places.head.get(series)).valueAt(column, slot, at, upTo);
    if (value !== undefined || !this.timed.has(series)) return value;
    return this.timed.read(series, at, at, upTo).values[0];
  }

  #places(series: SeriesRef): Place[] {
    const { places } = this.#stored;
    const latest = places.in(series, places.head.get(series));
    return latest ? [...places.former(series), latest] : [];
  }

  #head(number: number): Head {
    return this.#heads[number] as Head;
  }
}

const EMPTY: Run = { times: new Float64Array(), values: new Float64Array() };

/** Runs of one series as one, by time. */
function merged(runs: readonly Run[]): Run {
  const some = runs.filter(run => run.times.length > 0);
  if (some.length < 2) return some[0] ?? EMPTY;
  const { times, values } = joinRuns(some);
  const order = Array.from(times.keys()).sort((a, b) => (times[a] as number) - (times[b] as number));
  return {
    times: Float64Array.from(order, i => times[i] as number),
    values: Float64Array.from(order, i => values[i] as number),
  };
}
