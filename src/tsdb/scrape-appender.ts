// The scrape that is open: what the monitor and its rules show at one time, put into the head of its stream; and scrapes of
// other streams, which come whole. Comes in: scrapes and what rules made of them; goes out: rows of the heads. Nothing is on
// disk yet when this is done.

import type { Labels } from '../model/labels.js';
import type { LabelMatcher } from '../model/samples.js';
import type { AppendResult, Scrape } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import { BLOCK } from './chunks/cut-chunks.js';
import type { Head } from './head/head.js';
import type { Heads } from './head/heads.js';
import type { Interim } from './head/interim.js';
import { RefList } from './index/ref-list.js';
import type { StoredSeries } from './index/series-columns.js';
import type { SeriesRef } from './index/series-ref.js';
import type { SeriesRegistry } from './index/series-registry.js';
import { noSamples, type OpenRow, RowAppender } from './row-appender.js';
import type { Stream, Streams } from './streams.js';

/** Scrapes kept in memory while the disk is full; the oldest go first. */
const MAX_ROWS = 5 * BLOCK;
/** A clock that goes back further than this was set; less is a correction, which costs a scrape or a few. */
const SET_BACK: Millis = 60_000;

const NONE: ReadonlySet<string> = new Set();

interface AppenderParts {
  readonly stored: StoredSeries;
  readonly heads: Heads;
  readonly registry: SeriesRegistry;
  readonly streams: Streams;
  readonly interim: Interim;
}

interface AppenderOptions {
  /** Called when the clock was set back: what is later has to be forgotten, the heads' rows too. */
  readonly onSetBack: (at: Millis) => void;
  /** Called when rows of a head are dropped before they are in chunks. */
  readonly onLost: (head: Head) => void;
}

/** Puts scrapes into the heads. */
export class ScrapeAppender {
  /** Samples that were taken, and those that were left out. */
  appended = 0;
  dropped = 0;
  readonly #parts: AppenderParts;
  readonly #options: AppenderOptions;
  readonly #rows: RowAppender;
  readonly #own: Stream;
  /** The row that samples may still be added to, and the series that end in it. */
  #row: Pick<OpenRow, 'builder' | 'ended'> | undefined;
  #openAt: Millis | undefined;
  /** What each source showed when it added samples last. */
  readonly #added = new Map<string, readonly SeriesRef[]>();

  constructor(parts: AppenderParts, options: AppenderOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#rows = new RowAppender(parts);
    this.#own = parts.streams.own;
  }

  /**
   * Puts a scrape of the monitor's own into the head and leaves it open: what was made of it may be {@link add}ed to it until
   * {@link settle}. One that is not later than the one before is dropped and counted; what it says about sources holds.
   */
  begin(scrape: Scrape): void {
    this.#parts.interim.clear();
    this.dropped += this.#own.sources.update(scrape);
    const at = Math.round(scrape.at);
    if (at < this.#own.head.last - SET_BACK) this.#rewind(at);
    if (Number.isSafeInteger(at) && at > this.#own.head.last) {
      this.#row = this.#startRow(this.#own, at);
      this.#openAt = at;
    } else this.#own.sources.each(series => this.#drop(series));
  }

  /**
   * Puts a scrape of another stream into its head. One that is not later than the one before is dropped and counted; what it
   * says about sources holds.
   */
  appendStream(name: string, scrape: Scrape): AppendResult {
    if (scrape.ends) return this.#endStream(name, Math.round(scrape.at));
    const stream = this.#parts.streams.of(name);
    const unknown = stream.sources.update(scrape);
    this.dropped += unknown;
    const at = Math.round(scrape.at);
    if (at < stream.head.last - SET_BACK) this.#rewindStream(at);
    if (Number.isSafeInteger(at) && at > stream.head.last) {
      const { result } = this.#startRow(stream, at);
      stream.head.settle();
      return { ...result, unknown };
    }
    const { dropped } = this;
    stream.sources.each(series => this.#drop(series));
    return { ...noSamples(), outOfOrder: this.dropped - dropped, unknown };
  }

  /** Ends what a stream showed last, and forgets it. */
  #endStream(name: string, at: Millis): AppendResult {
    const stream = this.#parts.streams.of(name);
    stream.sources.clear();
    if (Number.isSafeInteger(at) && at > stream.head.last && stream.live.length > 0) {
      this.#startRow(stream, at);
      stream.head.settle();
    }
    stream.head.isOver = true;
    this.#parts.streams.delete(name);
    return noSamples();
  }

  #startRow(stream: Stream, at: Millis): OpenRow {
    const row = this.#rows.start(stream, at);
    this.appended += row.result.appended;
    this.dropped += row.dropped;
    this.#bound(stream.head);
    return row;
  }

  /**
   * Takes what changed since the last scrape and shows it to readers of last samples until the next one, without keeping
   * it. What rules make of it may be {@link add}ed until {@link settle}.
   */
  showInterim(scrape: Scrape): void {
    const { sources, head, live } = this.#own;
    this.dropped += sources.update(scrape);
    this.#parts.interim.clear();
    const at = Math.round(scrape.at);
    if (at < head.last - SET_BACK) this.#rewind(at);
    if (!Number.isSafeInteger(at) || at <= head.last) return;
    this.#parts.interim.begin(at);
    sources.each((given, value) => {
      const series = this.#parts.registry.like(given);
      this.#parts.interim.set(series, value);
      return series;
    });
    for (const series of live.refs) this.#parts.interim.end(series);
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
    const at = this.#own.head.last;
    const { last } = this.#parts.stored;
    const shown = new Set<SeriesRef>();
    for (const { labels, value } of samples) {
      const series = this.#parts.registry.admit(this.#parts.registry.resolve(labels));
      if (at > last.get(series) && row.builder.set(series, value)) shown.add(series);
      else {
        if (at === last.get(series) && !Object.is(this.#parts.heads.lastValue(series), value)) conflicts++;
        this.#drop(series);
      }
    }
    this.appended += shown.size;
    const before = this.#added.get(source) ?? [];
    const over = before.filter(series => !shown.has(series) && last.get(series) < at);
    this.#end(row, elsewhere.size === 0 ? over : over.filter(each => !elsewhere.has(this.#keyOf(each))));
    if (samples.length > 0) this.#added.set(source, [...shown]);
    else this.#added.delete(source);
    this.#own.head.update(row.ended);
    return conflicts;
  }

  /**
   * Repeats at a moment what every source of every stream showed last, rules among them: the clock was set, and what was true
   * before is true after it. Without, what is looked for in the last minutes would be missing until its source shows it again.
   * What is not shown and was at a time since `lookback` before (the clock was set back to that time) has ended.
   * @returns whether there is a scrape with it
   */
  carryOver(at: Millis, lookback: Millis): boolean {
    const shown = [...this.#added].map(
      ([source, all]) =>
        [source, all.map(series => [series, this.#parts.heads.lastValue(series)] as const)] as const,
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
    this.#carryOverStreams(at);
    this.#endAll([], at - lookback, () => true);
    this.settle();
    return true;
  }

  #carryOverStreams(at: Millis): void {
    for (const stream of this.#parts.streams.all()) {
      if (stream === this.#own || at <= stream.head.last) continue;
      this.#startRow(stream, at);
      stream.head.settle();
    }
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
   * Ends series at the time of the scrape that was begun: those that have had a sample since a moment and none in it, but for
   * series of other streams.
   * @returns whether one was begun
   */
  end(matchers: readonly LabelMatcher[], since: Millis): boolean {
    const { writer } = this.#parts.stored;
    return this.#endAll(matchers, since, series => writer.get(series) <= this.#own.head.number);
  }

  #endAll(
    matchers: readonly LabelMatcher[],
    since: Millis,
    isMeant: (series: SeriesRef) => boolean,
  ): boolean {
    const row = this.#row;
    if (!row) return false;
    const at = this.#own.head.last;
    const { last } = this.#parts.stored;
    const matching = this.#parts.registry.index.select(matchers);
    const ended = new Set(row.ended);
    const hasEnded = (series: SeriesRef) =>
      ended.has(series) ||
      (this.#parts.stored.ends(series).at(-1) ?? Number.NEGATIVE_INFINITY) > last.get(series);
    const over = matching.filter(
      series => last.get(series) >= since && last.get(series) < at && isMeant(series) && !hasEnded(series),
    );
    this.#end(row, over);
    this.#own.head.update(row.ended);
    return true;
  }

  #end(row: Pick<OpenRow, 'ended'>, over: readonly SeriesRef[]): void {
    for (const series of over) {
      this.#parts.stored.addEnd(series, this.#own.head.last, this.#parts.heads.sequence);
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
  #bound(head: Head): void {
    if (head.rows.length <= MAX_ROWS) return;
    const lost = head.rows.slice(0, BLOCK).filter(row => !row.isLogged);
    for (const row of lost) {
      head.each(row, () => this.dropped++);
      for (const [i, series] of (row.timed?.series ?? []).entries()) {
        this.#parts.heads.timed.dropUpTo(series, row.timed?.times[i] as Millis);
        this.dropped++;
      }
    }
    this.#options.onLost(head);
    this.#parts.heads.drop(head, BLOCK);
  }

  #rewind(at: Millis): void {
    this.#row = undefined;
    for (const stream of this.#parts.streams.all()) stream.live = new RefList();
    this.#options.onSetBack(at);
  }

  /**
   * The clock was set back, and the monitor's own scrape has not shown it yet: what comes until then is dropped. If it has,
   * this stream's last scrape was begun before and came after it.
   */
  #rewindStream(at: Millis): void {
    const { last } = this.#own.head;
    if (at >= last - SET_BACK) this.#rewind(Math.max(at, last + 1));
  }

  /** The time of the scrape that was begun and is not settled; undefined when there is none. */
  get openAt(): Millis | undefined {
    return this.#openAt;
  }

  /** Closes the scrape that was begun; nothing can be added to it any more. */
  settle(): void {
    this.#openAt = undefined;
    this.#row = undefined;
    this.#own.head.settle();
  }

  /** The rows have been built again: the one that was begun cannot be added to any more. */
  loseRow(): void {
    this.#row = undefined;
  }

  /** Calls back for series that may not be in the index and are not to be forgotten. */
  eachHeld(held: (series: SeriesRef) => void): void {
    for (const shown of this.#added.values()) shown.forEach(held);
    this.#row?.ended.forEach(held);
  }
}
