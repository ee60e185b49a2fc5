// The scrape that is open: what the monitor and its rules show at one time, put into the head. Comes in: scrapes and what
// rules made of them; goes out: rows of the head. Nothing is on disk yet when this is done.

import type { Labels } from '../model/labels.js';
import type { LabelMatcher } from '../model/samples.js';
import type { Scrape } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import { BLOCK, type ChunkCutter } from './chunks/cut-chunks.js';
import type { Head } from './head/head.js';
import type { Interim } from './head/interim.js';
import type { RowBuilder } from './head/row-builder.js';
import { RefList } from './index/ref-list.js';
import type { SeriesRef, StoredSeries } from './index/series-columns.js';
import type { SeriesRegistry } from './index/series-registry.js';
import type { Sources } from './index/sources.js';

/** Scrapes kept in memory while the disk is full; the oldest go first. */
const MAX_ROWS = 5 * BLOCK;
/** A clock that goes back further than this was set; less is a correction, which costs a scrape or a few. */
const SET_BACK: Millis = 60_000;

const NONE: ReadonlySet<string> = new Set();

interface AppenderParts {
  readonly stored: StoredSeries;
  readonly head: Head;
  readonly registry: SeriesRegistry;
  readonly sources: Sources;
  readonly interim: Interim;
  readonly chunkCutter: ChunkCutter;
}

interface OpenRow {
  readonly builder: RowBuilder;
  readonly ended: SeriesRef[];
}

/** Puts scrapes into the head. */
export class ScrapeAppender {
  /** Samples that were taken, and those that were left out. */
  appended = 0;
  dropped = 0;
  readonly #parts: AppenderParts;
  readonly #onSetBack: (at: Millis) => void;
  /** Series of the scrape before. */
  #live = new RefList();
  /** The row that samples may still be added to, and the series that end in it. */
  #row: OpenRow | undefined;
  #openAt: Millis | undefined;
  /** What each source showed when it added samples last. */
  readonly #added = new Map<string, readonly SeriesRef[]>();

  /** @param onSetBack called when the clock was set back: what is later has to be forgotten, the head's rows too */
  constructor(parts: AppenderParts, onSetBack: (at: Millis) => void) {
    this.#parts = parts;
    this.#onSetBack = onSetBack;
  }

  /**
   * Puts a scrape into the head and leaves it open: what was made of it may be {@link add}ed to it until {@link settle}. One that
   * is not later than the one before is dropped and counted; what it says about sources holds.
   */
  begin(scrape: Scrape): void {
    this.#parts.interim.clear();
    this.dropped += this.#parts.sources.update(scrape);
    const at = Math.round(scrape.at);
    if (at < this.#parts.head.last - SET_BACK) this.#rewind(at);
    if (Number.isSafeInteger(at) && at > this.#parts.head.last) this.#startRow(at);
    else this.#parts.sources.each(series => this.#drop(series));
  }

  #startRow(at: Millis): void {
    const { last, lastSlot } = this.#parts.stored;
    const builder = this.#parts.head.beginRow(at);
    const live = new RefList();
    this.#parts.sources.each((given, value) => {
      const series = this.#parts.registry.admit(given);
      if (at <= last.get(series) || !builder.set(series, value)) return this.#drop(series);
      live.push(series);
      return series;
    });
    this.appended += live.length;
    const slot = this.#parts.head.nextSlot;
    const ended = [...this.#live.refs.filter(each => lastSlot.get(each) !== slot && last.get(each) < at)];
    for (const series of ended) this.#parts.stored.addEnd(series, at);
    this.#live = live;
    this.#row = { builder, ended };
    this.#openAt = at;
    this.#parts.head.push(builder, ended, false);
    this.#bound();
  }

  /**
   * Takes what changed since the last scrape and shows it to readers of last samples until the next one, without keeping
   * it. What rules make of it may be {@link add}ed until {@link settle}.
   */
  showInterim(scrape: Scrape): void {
    this.dropped += this.#parts.sources.update(scrape);
    this.#parts.interim.clear();
    const at = Math.round(scrape.at);
    if (at < this.#parts.head.last - SET_BACK) this.#rewind(at);
    if (!Number.isSafeInteger(at) || at <= this.#parts.head.last) return;
    this.#parts.interim.begin(at);
    this.#parts.sources.each((given, value) => {
      const series = this.#parts.registry.like(given);
      this.#parts.interim.set(series, value);
      return series;
    });
    for (const series of this.#live.refs) this.#parts.interim.end(series);
  }

  /**
   * Adds what a source (a rule) shows at the time of the scrape that was begun. It counts until the source shows
   * something else: series it showed before and does not show now have ended, all of them when it shows none, but for
   * `elsewhere`: those go on in another place.
   * @returns how many samples were left out since their series has another value at this time, of a rule before it say
   */
  add(
    source: string,
    samples: readonly { readonly labels: Labels; readonly value: number }[],
    elsewhere: ReadonlySet<string> = NONE,
  ): number {
    const row = this.#row;
    if (!row) {
      if (this.#parts.interim.isOpen) return this.#addToInterim(source, samples);
      this.dropped += samples.length;
      return 0;
    }
    let conflicts = 0;
    const at = this.#parts.head.last;
    const { last } = this.#parts.stored;
    const shown = new Set<SeriesRef>();
    for (const { labels, value } of samples) {
      const series = this.#parts.registry.admit(this.#parts.registry.resolve(labels));
      if (at > last.get(series) && row.builder.set(series, value)) shown.add(series);
      else {
        if (at === last.get(series) && !Object.is(this.#parts.head.lastValue(series), value)) conflicts++;
        this.#drop(series);
      }
    }
    this.appended += shown.size;
    const before = this.#added.get(source) ?? [];
    const over = before.filter(series => !shown.has(series) && last.get(series) < at);
    this.#end(row, elsewhere.size === 0 ? over : over.filter(each => !elsewhere.has(this.#keyOf(each))));
    if (samples.length > 0) this.#added.set(source, [...shown]);
    else this.#added.delete(source);
    this.#parts.head.update(row.ended);
    return conflicts;
  }

  /**
   * Repeats at a moment what every source showed last, rules among them: the clock was set, and what was true before is true
   * after it. Without, what is looked for in the last minutes would be missing until its source shows it again. What is not
   * shown and was at a time since `lookback` before (the clock was set back to that time) has ended.
   * @returns whether there is a scrape with it
   */
  carryOver(at: Millis, lookback: Millis): boolean {
    const shown = [...this.#added].map(
      ([source, all]) =>
        [source, all.map(series => [series, this.#parts.head.lastValue(series)] as const)] as const,
    );
    this.begin({ at, parts: [], gone: [] });
    const row = this.#row;
    if (!row) return false;
    for (const [source, values] of shown) {
      const repeated: SeriesRef[] = [];
      for (const [known, value] of values) {
        const series = this.#parts.registry.admit(known);
        if (value !== undefined && row.builder.set(series, value)) repeated.push(series);
      }
      this.appended += repeated.length;
      this.#added.set(source, repeated);
    }
    this.end([], at - lookback);
    this.settle();
    return true;
  }

  #addToInterim(
    source: string,
    samples: readonly { readonly labels: Labels; readonly value: number }[],
  ): number {
    let conflicts = 0;
    for (const { labels, value } of samples) {
      const series = this.#parts.interim.find(labels) ?? this.#parts.registry.resolve(labels);
      if (this.#parts.interim.add(series, labels, value)) continue;
      this.dropped++;
      if (!Object.is(this.#parts.interim.value(series), value)) conflicts++;
    }
    for (const series of this.#added.get(source) ?? []) this.#parts.interim.end(series);
    return conflicts;
  }

  /**
   * Ends series at the time of the scrape that was begun: those that have had a sample since a moment and none in it.
   * @returns whether one was begun
   */
  end(matchers: readonly LabelMatcher[], since: Millis): boolean {
    const row = this.#row;
    if (!row) return false;
    const at = this.#parts.head.last;
    const { last } = this.#parts.stored;
    const matching = this.#parts.registry.index.select(matchers);
    const ended = new Set(row.ended);
    const over = matching.filter(
      series => !ended.has(series) && last.get(series) >= since && last.get(series) < at,
    );
    this.#end(row, over);
    this.#parts.head.update(row.ended);
    return true;
  }

  #end(row: OpenRow, over: readonly SeriesRef[]): void {
    for (const series of over) {
      this.#parts.stored.addEnd(series, this.#parts.head.last);
      row.ended.push(series);
    }
  }

  #keyOf(series: SeriesRef): string {
    return this.#parts.registry.index.labels(series).key;
  }

  #drop(series: SeriesRef): SeriesRef {
    this.dropped++;
    return series;
  }

  /** Memory has an end: a disk that is full for hours costs the oldest samples. */
  #bound(): void {
    if (this.#parts.head.rows.length <= MAX_ROWS) return;
    const lost = this.#parts.head.rows.slice(0, BLOCK);
    for (const row of lost) if (!row.isLogged) this.#parts.head.each(row, () => this.dropped++);
    this.#parts.chunkCutter.reset();
    this.#parts.head.drop(lost.length);
  }

  #rewind(at: Millis): void {
    this.#row = undefined;
    this.#live = new RefList();
    this.#onSetBack(at);
  }

  /** The time of the scrape that was begun and is not settled; undefined when there is none. */
  get openAt(): Millis | undefined {
    return this.#openAt;
  }

  /** Closes the scrape that was begun; nothing can be added to it any more. */
  settle(): void {
    this.#openAt = undefined;
    this.#row = undefined;
    this.#parts.head.settle();
  }

  /** The rows have been built again: the one that was begun cannot be added to any more. */
  loseRow(): void {
    this.#row = undefined;
  }

  /** Calls back for series that may not be in the index and are not to be forgotten. */
  eachHeld(held: (series: SeriesRef) => void): void {
    for (const shown of this.#added.values()) shown.forEach(held);
    this.#live.refs.forEach(held);
    this.#row?.ended.forEach(held);
  }
}
