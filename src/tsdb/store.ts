// The registry's samples over time. Comes in: scrapes; goes out: series in a window of time, as the language asks for
// them. Used by the thread that evaluates queries; synchronous. A disk that fails never takes the monitor with it:
// what could not be written waits in memory.

import type { Labels } from '../model/labels.js';
import type { Matcher, SampleSource, Series } from '../model/samples.js';
import type { Scrape } from '../model/scrape.js';
import { type Clock, type Millis, systemClock } from '../model/time.js';
import { ResilientDatabase } from '../store/resilient-database.js';
import { ByteCache } from './chunks/cache.js';
import { BLOCK, ChunkCutter, type CutStep } from './chunks/cut-chunks.js';
import { rescueSamples, SampleFile } from './file.js';
import { Head } from './head/head.js';
import { Interim } from './head/interim.js';
import type { RowBuilder } from './head/row-builder.js';
import { RefList } from './index/ref-list.js';
import { type SeriesRef, StoredSeries } from './index/series-columns.js';
import { SeriesRegistry } from './index/series-registry.js';
import { Sources } from './index/sources.js';
import { Maintenance } from './maintenance.js';
import { forgetFrom } from './rewind.js';
import { Selection, type SeriesOf, type Wanted } from './selection.js';
import type { SampleStats, SampleStoreOptions } from './store-options.js';
import { WindowReader } from './window-reader.js';

/** Scrapes kept in memory while the disk is full; the oldest go first. */
const MOST_ROWS = 5 * BLOCK;
/** Scrapes that waited and are written with the next one. */
const CATCH_UP = 20;
/** Samples so much later than now are looked at before they are believed. */
const FUTURE: Millis = 60_000;
/** A clock that goes back further than this was set; less is a correction, which costs a scrape or a few. */
const SET_BACK: Millis = 60_000;

/** Times that reading by parts is begun. A file that is only read may be loaded again at every part. */
const ATTEMPTS = 3;
/** Reading goes on for so long before others may have their turn. */
const SLICE: Millis = 5;

const NONE: ReadonlySet<string> = new Set();

export type { SampleStats, SampleStoreOptions } from './store-options.js';

/** Opened by the constructor, closed by {@link close}. */
export class SampleStore implements SampleSource {
  readonly #options: SampleStoreOptions;
  readonly #clock: Clock;
  readonly #cache: ByteCache;
  readonly #stored = new StoredSeries();
  readonly #head = new Head(this.#stored);
  readonly #registry = new SeriesRegistry(this.#stored, this.#head);
  readonly #sources = new Sources(this.#registry);
  readonly #interim = new Interim(this.#registry.index);
  readonly #chunkCutter = new ChunkCutter(this.#head, this.#stored);
  /** Series of the scrape before. */
  #live = new RefList();
  /** The row that samples may still be added to, and the series that end in it. */
  #row: OpenRow | undefined;
  #openAt: Millis | undefined;
  /** What each source showed when it added samples last. */
  readonly #added = new Map<string, readonly SeriesRef[]>();
  readonly #guarded: ResilientDatabase<SampleFile>;
  readonly #maintenance: Maintenance;
  /** What is known of the file is from an opening for reading alone. */
  #isReadOnly = false;
  /** Changes when numbers of series become those of others. */
  #generation = 0;
  #appended = 0;
  #dropped = 0;

  /** Does not throw for a disk's sake: see {@link stats} for its problem. */
  constructor(options: SampleStoreOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#cache = new ByteCache(options.cacheBytes ?? 32 * 1024 * 1024);
    const { retention, maxBytes = 0 } = options;
    this.#maintenance = new Maintenance(
      { registry: this.#registry, stored: this.#stored, cache: this.#cache, clock: this.#clock },
      { limits: { retention, maxBytes }, hold: held => this.#hold(held) },
    );
    this.#guarded = new ResilientDatabase({
      ...options,
      open: () => this.#open(),
      openToRead: () => this.#openToRead(),
      keepsReading: true,
      close: file => file.close(),
      onLost: () => this.#forgetFile(),
      rescue: aside => rescueSamples(options.file, aside),
      words: {
        corrupt: 'The samples are corrupt; they were set aside and new ones begun',
        failing: 'Samples cannot be written; they are kept in memory meanwhile',
        well: 'Samples can be written again',
      },
    });
    this.#guarded.open();
  }

  stats(): SampleStats {
    const oldest = this.#registry.oldest();
    let chunks = 0;
    this.#registry.index.each(series => {
      chunks += this.#stored.chunks.get(series);
    });
    return {
      series: this.#registry.index.size,
      appended: this.#appended,
      dropped: this.#dropped,
      chunks,
      bytes: this.#guarded.readable?.size ?? 0,
      errors: this.#guarded.errors,
      pending: this.#unlogged(),
      oldest: Number.isFinite(oldest) ? oldest : undefined,
      problem: this.#guarded.problem,
      damage: { rows: this.#guarded.damage.rows, at: this.#guarded.damage.at },
    };
  }

  /**
   * Keeps a scrape: on disk when this returns, or in memory if the disk will not have it. A scrape that is not later
   * than the one before is dropped and counted; what it says about sources holds.
   */
  append(scrape: Scrape): void {
    this.beginScrape(scrape);
    this.commit();
  }

  /**
   * Takes a scrape as {@link append} does and shows it to readers, but leaves it open: what was made of it may be
   * {@link add}ed to it before both are kept by {@link commit}.
   */
  beginScrape(scrape: Scrape): void {
    this.#interim.clear();
    this.#dropped += this.#sources.update(scrape);
    const at = Math.round(scrape.at);
    if (at < this.#head.last - SET_BACK) this.#rewind(at);
    if (Number.isSafeInteger(at) && at > this.#head.last) this.#take(at);
    else this.#sources.each(series => this.#drop(series));
  }

  /** The clock was set back. */
  #rewind(at: Millis): void {
    this.#generation++;
    const { file, log } = this.#options;
    const fields = { file, from: new Date(this.#head.last).toISOString(), to: new Date(at).toISOString() };
    log('warn', 'The clock was set back; samples of the time to come are forgotten', fields);
    this.#guarded.use(opened => forgetFrom(opened, at));
    this.#row = undefined;
    this.#live = new RefList();
    this.#head.drop(this.#head.rows.length);
    this.#forgetFile();
    this.#stored.forgetTimes();
    const opened = this.#guarded.opened;
    if (opened) this.#guarded.use(() => this.#reread(opened));
  }

  #reread(file: SampleFile): void {
    this.#load(file);
    this.#registry.replay(file);
    this.#maintenance.findMergeable();
  }

  #take(at: Millis): void {
    const { last, lastSlot } = this.#stored;
    const builder = this.#head.begin(at);
    const live = new RefList();
    this.#sources.each((given, value) => {
      const series = this.#registry.admit(given);
      if (at <= last.get(series) || !builder.set(series, value)) return this.#drop(series);
      live.push(series);
      return series;
    });
    this.#appended += live.length;
    const slot = this.#head.nextSlot;
    const ended = [...this.#live.refs.filter(each => lastSlot.get(each) !== slot && last.get(each) < at)];
    for (const series of ended) this.#stored.addEnd(series, at);
    this.#live = live;
    this.#row = { builder, ended };
    this.#openAt = at;
    this.#head.push(builder, ended, false);
    this.#bound();
  }

  /**
   * Takes what changed since the last scrape and shows it to readers of last samples until the next one, without keeping
   * it. What rules make of it may be {@link add}ed until {@link commit}.
   */
  showInterim(scrape: Scrape): void {
    this.#dropped += this.#sources.update(scrape);
    this.#interim.clear();
    const at = Math.round(scrape.at);
    if (at < this.#head.last - SET_BACK) this.#rewind(at);
    if (!Number.isSafeInteger(at) || at <= this.#head.last) return;
    this.#interim.begin(at);
    this.#sources.each((given, value) => {
      const series = this.#registry.like(given);
      this.#interim.set(series, value);
      return series;
    });
    for (const series of this.#live.refs) this.#interim.end(series);
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
      if (this.#interim.isOpen) return this.#addToInterim(source, samples);
      this.#dropped += samples.length;
      return 0;
    }
    let conflicts = 0;
    const at = this.#head.last;
    const { last } = this.#stored;
    const shown = new Set<SeriesRef>();
    for (const { labels, value } of samples) {
      const series = this.#registry.admit(this.#registry.resolve(labels));
      if (at > last.get(series) && row.builder.set(series, value)) shown.add(series);
      else {
        if (at === last.get(series) && !Object.is(this.#head.lastValue(series), value)) conflicts++;
        this.#drop(series);
      }
    }
    this.#appended += shown.size;
    const before = this.#added.get(source) ?? [];
    const over = before.filter(series => !shown.has(series) && last.get(series) < at);
    this.#end(row, elsewhere.size === 0 ? over : over.filter(each => !elsewhere.has(this.#keyOf(each))));
    if (samples.length > 0) this.#added.set(source, [...shown]);
    else this.#added.delete(source);
    this.#head.update(row.ended);
    return conflicts;
  }

  /**
   * Repeats at a moment what every source showed last, rules among them: the clock was set, and what was true before is true
   * after it. Without, what is looked for in the last minutes would be missing until its source shows it again. What is not
   * shown and was at a time since `lookback` before (the clock was set back to that time) has ended.
   */
  carryOver(at: Millis, lookback: Millis): void {
    const shown = [...this.#added].map(
      ([source, all]) =>
        [source, all.map(series => [series, this.#head.lastValue(series)] as const)] as const,
    );
    this.beginScrape({ at, parts: [], gone: [] });
    const row = this.#row;
    if (!row) return;
    for (const [source, values] of shown) {
      const repeated: SeriesRef[] = [];
      for (const [known, value] of values) {
        const series = this.#registry.admit(known);
        if (value !== undefined && row.builder.set(series, value)) repeated.push(series);
      }
      this.#appended += repeated.length;
      this.#added.set(source, repeated);
    }
    this.end([], at - lookback);
    this.commit();
  }

  #addToInterim(
    source: string,
    samples: readonly { readonly labels: Labels; readonly value: number }[],
  ): number {
    let conflicts = 0;
    for (const { labels, value } of samples) {
      const series = this.#interim.find(labels) ?? this.#registry.resolve(labels);
      if (this.#interim.add(series, labels, value)) continue;
      this.#dropped++;
      if (!Object.is(this.#interim.value(series), value)) conflicts++;
    }
    for (const series of this.#added.get(source) ?? []) this.#interim.end(series);
    return conflicts;
  }

  /**
   * Ends series at the time of the scrape that was begun: those that have had a sample since a moment and none in it.
   * @returns whether one was begun
   */
  end(matchers: readonly Matcher[], since: Millis): boolean {
    const row = this.#row;
    if (!row) return false;
    const at = this.#head.last;
    const { last } = this.#stored;
    const matching = this.#registry.index.select(matchers);
    const ended = new Set(row.ended);
    const over = matching.filter(
      series => !ended.has(series) && last.get(series) >= since && last.get(series) < at,
    );
    this.#end(row, over);
    this.#head.update(row.ended);
    return true;
  }

  #end(row: OpenRow, over: readonly SeriesRef[]): void {
    for (const series of over) {
      this.#stored.addEnd(series, this.#head.last);
      row.ended.push(series);
    }
  }

  #keyOf(series: SeriesRef): string {
    return this.#registry.index.labels(series).key;
  }

  /** The time of the scrape that was begun and is not on disk yet; undefined when there is none. */
  get openAt(): Millis | undefined {
    return this.#openAt;
  }

  /** Keeps the scrape that was begun with all that was added: on disk when this returns, if the disk will have it. */
  commit(): void {
    this.#openAt = undefined;
    this.#row = undefined;
    this.#head.settle();
    this.#flush();
  }

  #drop(series: SeriesRef): SeriesRef {
    this.#dropped++;
    return series;
  }

  /** Memory has an end: a disk that is full for hours costs the oldest samples. */
  #bound(): void {
    if (this.#head.rows.length <= MOST_ROWS) return;
    const lost = this.#head.rows.slice(0, BLOCK);
    for (const row of lost) if (!row.isLogged) this.#head.each(row, () => this.#dropped++);
    this.#chunkCutter.reset();
    this.#head.drop(lost.length);
  }

  /**
   * As the interface says; series are left out as soon as those before them have more than `limit` samples together.
   * @param pause called every few milliseconds: scrapes may be kept in it and other windows read, which changes nothing here
   * @throws the disk's error, what `pause` throws; what a damaged file held is gone, and it is answered from what there is.
   */
  select(
    matchers: readonly Matcher[],
    from: Millis,
    to: Millis,
    limit = Number.POSITIVE_INFINITY,
    pause?: () => void,
  ): Series[] {
    return this.#readByParts({ matchers, from, to, pause, isLatest: false }, () => {
      let left = limit;
      return (reader, each) => {
        if (left < 0) return undefined;
        const series = reader.all(each);
        left -= series?.values.length ?? 0;
        return series;
      };
    });
  }

  /** As the interface says; `pause` as in {@link select}. @throws the disk's error, what `pause` throws */
  latest(matchers: readonly Matcher[], from: Millis, to: Millis, pause?: () => void): Series[] {
    return this.#readByParts(
      { matchers, from, to, pause, isLatest: true },
      () => (reader, each) => reader.last(each),
    );
  }

  /** @param begin what makes a series for the reader, from the first one on */
  #readByParts(wanted: Wanted, begin: () => SeriesOf): Series[] {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const selection = new Selection(wanted, this.#head.last, this.#interim.isOpen);
      const found = this.#tryByParts(selection, wanted, begin());
      if (found) return found;
    }
    return this.#readAtOnce(wanted, begin());
  }

  /** Others have to wait, but what changes meanwhile cannot keep it from coming to an end. */
  #readAtOnce({ from, to, matchers, isLatest }: Wanted, seriesOf: SeriesOf): Series[] {
    return this.#read(file => {
      const reader = this.#reader(file, from, to);
      return reader.matching(matchers, isLatest).flatMap(each => seriesOf(reader, each) ?? []);
    });
  }

  /** @returns undefined when the series are others than they were, and it has to begin again */
  #tryByParts(selection: Selection, wanted: Wanted, seriesOf: SeriesOf): Series[] | undefined {
    const { from, to, matchers, isLatest } = wanted;
    const matching = this.#read(file => this.#reader(file, from, to).matching(matchers, isLatest));
    // The first reading may have loaded the file.
    const generation = this.#generation;
    while (selection.next < matching.length) {
      if (selection.next > 0) wanted.pause?.();
      if (this.#generation !== generation) return undefined;
      const until = selection.until(this.#head.last, this.#interim.isOpen);
      if (until === undefined) return undefined;
      const deadline = this.#clock.elapsed() + (selection.mayPause ? SLICE : Number.POSITIVE_INFINITY);
      selection.take(
        this.#read(file => {
          const reader = selection.readerOf(file, until, () => this.#reader(file, from, until));
          const read = () =>
            selection.part(
              matching,
              each => seriesOf(reader, each),
              () => this.#clock.elapsed() >= deadline,
            );
          return file ? file.reading(read) : read();
        }),
      );
    }
    return selection.found;
  }

  /**
   * Labels of the series that satisfy all matchers of one of the sets and have a sample at `from <= t <= to`, sorted.
   * Chunks are not read: one that spans the window counts. @throws the disk's error
   */
  series(matcherSets: readonly (readonly Matcher[])[], from: Millis, to: Millis): Labels[] {
    return this.#read(file => this.#reader(file, from, to).series(matcherSets));
  }

  #reader(file: SampleFile | undefined, from: Millis, to: Millis): WindowReader {
    const places = {
      stored: this.#stored,
      index: this.#registry.index,
      head: this.#head,
      interim: this.#interim,
      file,
    };
    return new WindowReader(places, from, to);
  }

  /**
   * Merges chunks, deletes what is too old or too much and gives its space back, until the monotonic clock's
   * `deadline`, which the last step may pass by some milliseconds. @returns whether there is more to do.
   */
  maintain(deadline: Millis): boolean {
    while (!this.#guarded.isClosed && this.#clock.elapsed() < deadline) {
      const isBusy = this.#guarded.use(file => this.#maintenance.step(file, () => this.#reload(file)));
      if (!isBusy) return false;
    }
    return !this.#guarded.isClosed;
  }

  /** Calls back for series that may not be in the index and are not to be forgotten. */
  #hold(held: (series: SeriesRef) => void): void {
    this.#sources.eachHeld(held);
    this.#interim.eachHeld(held);
    for (const shown of this.#added.values()) shown.forEach(held);
    this.#live.refs.forEach(held);
    this.#row?.ended.forEach(held);
    for (const { ended } of this.#head.rows) ended.forEach(held);
    this.#maintenance.mergeable.forEach(held);
    this.#chunkCutter.queue.forEach(held);
  }

  /** Writes what waits and closes the file. */
  close(): void {
    while (!this.#guarded.isClosed && this.#unlogged() > 0) if (!this.#flush()) break;
    const waiting = this.#unlogged();
    if (waiting > 0 && !this.#guarded.isClosed) {
      this.#options.log('error', 'Samples could not be written and are lost', { scrapes: waiting });
    }
    if (this.#guarded.opened) this.#guarded.use(file => file.leaveReadable());
    this.#guarded.close();
  }

  #open(): SampleFile {
    const { file: path, log } = this.#options;
    const file = new SampleFile(path, this.#cache, this.#guarded.damage);
    if (this.#isReadOnly) this.#forgetRead();
    this.#isReadOnly = false;
    this.#takeUp(file);
    log('info', 'Samples opened', { file: path, series: this.#registry.index.size });
    return file;
  }

  #openToRead(): SampleFile {
    const { file: path, log } = this.#options;
    const file = new SampleFile(path, this.#cache, this.#guarded.damage, true);
    this.#isReadOnly = true;
    this.#takeUp(file);
    log('info', 'Samples opened read-only', { file: path, series: this.#registry.index.size });
    return file;
  }

  /** @throws SQLite's errors; the file is closed then */
  #takeUp(file: SampleFile): void {
    // Rows are rebuilt below; one that is open cannot be added to any more.
    this.#row = undefined;
    try {
      this.#load(file);
      this.#registry.replay(file);
      this.#chunkCutter.reset();
      this.#maintenance.begin();
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** The file that can be written now may be another than the one that was read. */
  #forgetRead(): void {
    this.#generation++;
    this.#cache.clear();
    this.#maintenance.mergeable.clear();
    this.#registry.startOver();
  }

  #load(file: SampleFile): void {
    this.#generation++;
    this.#guarded.withRepair(() => {
      this.#registry.load(file);
      this.#registry.verify(file, this.#clock.now() + FUTURE);
    });
  }

  #forgetFile(): void {
    this.#generation++;
    this.#cache.clear();
    this.#maintenance.mergeable.clear();
    this.#chunkCutter.reset();
    this.#registry.startOver();
    for (const row of this.#head.rows) row.isLogged = false;
  }

  /** Rows at the head's end that are not on disk. */
  #unlogged(): number {
    const { rows } = this.#head;
    return rows.length - 1 - rows.findLastIndex(row => row.isLogged);
  }

  /** @returns whether something was written. */
  #flush(): boolean {
    if (this.#unlogged() === 0) return false;
    const isWritten = this.#guarded.use(file => {
      // Asked for here: opening the file puts what it has before them.
      const rows = this.#head.rows.slice(-this.#unlogged()).slice(0, CATCH_UP);
      const step = this.#write(file, rows);
      for (const row of rows) row.isLogged = true;
      if (!step) return true;
      this.#maintenance.addMergeable(this.#chunkCutter.done(step));
      return true;
    });
    if (isWritten && this.#unlogged() === 0) this.#guarded.succeeded();
    return isWritten ?? false;
  }

  #write(file: SampleFile, rows: SampleRows): CutStep | undefined {
    const added: SeriesRef[] = [];
    try {
      const step = file.transaction(() => {
        this.#reload(file);
        for (const row of rows) this.#registry.write(file, row, added);
        return this.#chunkCutter.step(file);
      });
      this.#registry.settle(added, true);
      return step;
    } catch (error) {
      this.#registry.settle(added, false);
      throw error;
    }
  }

  /** Another process has written: an import. */
  #reload(file: SampleFile): void {
    if (this.#options.isAlone || !file.wasChanged()) return;
    this.#cache.clear();
    this.#load(file);
    this.#maintenance.findMergeable();
  }

  #read<T>(action: (file: SampleFile | undefined) => T): T {
    return this.#guarded.read(file => {
      if (file) this.#reload(file);
      return action(file);
    });
  }
}

type SampleRows = Head['rows'];

interface OpenRow {
  readonly builder: RowBuilder;
  readonly ended: SeriesRef[];
}
