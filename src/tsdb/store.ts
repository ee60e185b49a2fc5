// The registry's samples over time. Comes in: scrapes; goes out: series in a window of time, as the language asks for
// them. Used by the thread that evaluates queries; synchronous. A disk that fails never takes the monitor with it:
// what could not be written waits in memory.

import type { Labels } from '../model/labels.js';
import type { LabelMatcher, SampleSource, Series } from '../model/samples.js';
import type { AppendResult, Scrape } from '../model/scrape.js';
import { type Clock, type Millis, systemClock } from '../model/time.js';
import { ResilientDatabase } from '../store/resilient-database.js';
import { ByteCache } from './chunks/cache.js';
import { rescueSamples, SampleFile } from './file.js';
import { Heads } from './head/heads.js';
import { Interim } from './head/interim.js';
import { KnownSelections } from './index/known-selections.js';
import { StoredSeries } from './index/series-columns.js';
import type { SeriesRef } from './index/series-ref.js';
import { SeriesRegistry } from './index/series-registry.js';
import { Journal } from './journal.js';
import { Maintenance } from './maintenance.js';
import { Outgoing, type QueueStatus, type WindowRequest } from './outgoing/outgoing.js';
import type { QueueWindow } from './outgoing/queue-window.js';
import { PartReader } from './part-reader.js';
import { deleteFrom } from './rewind.js';
import { ScrapeAppender } from './scrape-appender.js';
import { StandingSelection } from './standing-selection.js';
import type { SampleStats, SampleStoreOptions } from './store-options.js';
import { Streams } from './streams.js';
import { type Seen, WindowReader } from './window-reader.js';

/** Samples so much later than now are looked at before they are believed. */
const FUTURE: Millis = 60_000;

export type { SampleStats, SampleStoreOptions } from './store-options.js';

/** Opened by the constructor, closed by {@link close}. */
export class SampleStore implements SampleSource {
  readonly #options: SampleStoreOptions;
  readonly #clock: Clock;
  readonly #cache: ByteCache;
  readonly #stored = new StoredSeries();
  readonly #heads = new Heads(this.#stored);
  readonly #outgoing = new Outgoing();
  readonly #registry = new SeriesRegistry(this.#stored, this.#heads, this.#outgoing);
  readonly #selections = new KnownSelections(this.#registry.index);
  readonly #streams = new Streams(this.#heads, this.#registry);
  readonly #interim = new Interim(this.#registry.index);
  readonly #journal: Journal;
  readonly #appender: ScrapeAppender;
  readonly #reader: PartReader;
  readonly #guarded: ResilientDatabase<SampleFile>;
  readonly #maintenance: Maintenance;
  /** What is known of the file is from an opening for reading alone. */
  #isReadOnly = false;
  /** Changes when numbers of series become those of others. */
  #generation = 0;
  /** What other processes have written is known. */
  #isFresh = false;

  /** Does not throw for a disk's sake: see {@link stats} for its problem. */
  constructor(options: SampleStoreOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#cache = new ByteCache(options.cacheBytes ?? 32 * 1024 * 1024);
    const [stored, heads, registry] = [this.#stored, this.#heads, this.#registry];
    const outgoing = this.#outgoing;
    const parts = { stored, heads, registry, streams: this.#streams, interim: this.#interim };
    const onQueued = () => options.onQueued?.();
    this.#journal = new Journal({ ...parts, outgoing, onQueued });
    this.#appender = new ScrapeAppender(parts, {
      onSetBack: at => this.#rewind(at),
      onLost: head => this.#journal.resetHead(head),
    });
    this.#reader = new PartReader({
      read: action => this.#read(action),
      reader: (file, from, seen) => this.#window(file, from, seen),
      generation: () => this.#generation,
      progress: () => ({
        sequence: this.#heads.sequence,
        newest: this.#stored.newest,
        isInterim: this.#interim.isOpen,
      }),
      elapsed: () => this.#clock.elapsed(),
    });
    const { retention, maxBytes = 0 } = options;
    this.#maintenance = new Maintenance(
      { registry, stored, journal: this.#journal, cache: this.#cache, outgoing, clock: this.#clock },
      { limits: { retention, maxBytes }, hold: held => this.#eachHeld(held) },
    );
    this.#guarded = new ResilientDatabase({
      ...options,
      open: () => this.#open(),
      openToRead: () => this.#openToRead(),
      keepsReading: true,
      close: file => file.close(),
      onLost: () => this.#closeFile(),
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
      appended: this.#appender.appended,
      dropped: this.#appender.dropped,
      chunks,
      bytes: this.#guarded.readable?.size ?? 0,
      errors: this.#guarded.errors,
      pending: this.#heads.waiting().length,
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
   * Keeps scrapes of other streams than the monitor's own as {@link append} does, all with one write; a scrape of the monitor's
   * own that was begun stays open. @returns what became of each
   */
  appendStreams(scrapes: readonly (Scrape & { readonly stream: string })[]): AppendResult[] {
    const results = scrapes.map(scrape => this.#appender.appendStream(scrape.stream, scrape));
    this.#flush();
    return results;
  }

  /**
   * Takes a scrape as {@link append} does and shows it to readers, but leaves it open: what was made of it may be
   * {@link add}ed to it before both are kept by {@link commit}.
   */
  beginScrape(scrape: Scrape): void {
    this.#appender.begin(scrape);
  }

  /** Shows a scrape until the next one without keeping it, as {@link ScrapeAppender.showInterim} says. */
  showInterim(scrape: Scrape): void {
    this.#appender.showInterim(scrape);
  }

  /** Adds a source's samples to the scrape that was begun, as {@link ScrapeAppender.add} says. */
  add(...source: Parameters<ScrapeAppender['add']>): number {
    return this.#appender.add(...source);
  }

  /** Repeats at a moment what was shown last, as {@link ScrapeAppender.carryOver} says. */
  carryOver(at: Millis, lookback: Millis): void {
    if (this.#appender.carryOver(at, lookback)) this.#flush();
  }

  /** Ends series, as {@link ScrapeAppender.end} says. */
  end(matchers: readonly LabelMatcher[], since: Millis): boolean {
    return this.#appender.end(matchers, since);
  }

  /** The time of the scrape that was begun and is not on disk yet; undefined when there is none. */
  get openAt(): Millis | undefined {
    return this.#appender.openAt;
  }

  /** Keeps the scrape that was begun with all that was added: on disk when this returns, if the disk will have it. */
  commit(): void {
    this.#appender.settle();
    this.#flush();
  }

  /** As the interface says, and {@link PartReader.select}. */
  select(...window: Parameters<PartReader['select']>): Series[] {
    return this.#reader.select(...window);
  }

  /** As the interface says, and {@link PartReader.latest}. */
  latest(...window: Parameters<PartReader['latest']>): Series[] {
    return this.#reader.latest(...window);
  }

  /** A selector that is read again and again, of what is in memory. */
  standing(matchers: readonly LabelMatcher[]): StandingSelection {
    const { index } = this.#registry;
    return new StandingSelection(matchers, {
      stored: this.#stored,
      index,
      heads: this.#heads,
      interim: this.#interim,
      generation: () => this.#generation,
    });
  }

  /** The clock was set back: forgets what is later. */
  #rewind(at: Millis): void {
    this.#generation++;
    const { file, log } = this.#options;
    const from = new Date(this.#stored.newest).toISOString();
    const fields = { file, from, to: new Date(at).toISOString() };
    log('warn', 'The clock was set back; samples of the time to come are forgotten', fields);
    this.#guarded.use(opened => deleteFrom(opened, at, this.#outgoing));
    this.#heads.clear();
    for (const head of this.#heads.all()) head.queuedTo = Number.NEGATIVE_INFINITY;
    this.#closeFile();
    this.#stored.clearTimes();
    const opened = this.#guarded.opened;
    if (opened) this.#guarded.use(() => this.#reread(opened));
  }

  #reread(file: SampleFile): void {
    this.#load(file);
    this.#registry.replay(file);
    this.#outgoing.load(file);
    this.#maintenance.findMergeable();
  }

  /**
   * Labels of the series that satisfy all matchers of one of the sets and have a sample at `from <= t <= to`, sorted.
   * Chunks are not read: one that spans the window counts. @throws the disk's error
   */
  series(matcherSets: readonly (readonly LabelMatcher[])[], from: Millis, to: Millis): Labels[] {
    return this.#read(file =>
      this.#window(file, from, { to, upTo: Number.POSITIVE_INFINITY }).series(matcherSets),
    );
  }

  #window(file: SampleFile | undefined, from: Millis, { to, upTo }: Seen): WindowReader {
    const places = {
      stored: this.#stored,
      index: this.#registry.index,
      selections: this.#selections,
      heads: this.#heads,
      interim: this.#interim,
      file,
    };
    return new WindowReader(places, from, to, upTo);
  }

  /**
   * Merges chunks, deletes what is too old or too much and gives its space back, until the monotonic clock's
   * `deadline`, which the last step may pass by some milliseconds. @returns whether there is more to do.
   */
  maintain(deadline: Millis): boolean {
    while (!this.#guarded.isClosed && this.#clock.elapsed() < deadline) {
      const isBusy = this.#guarded.use(file =>
        this.#maintenance.step(file, () => this.#reload(file), deadline),
      );
      if (!isBusy) return false;
    }
    return !this.#guarded.isClosed;
  }

  /** Whether what {@link maintain} did last should go on soon. */
  get isMaintenanceUrgent(): boolean {
    return this.#maintenance.isUrgent;
  }

  /** Scrapes are queued for receivers of these names from now on, and for no others. */
  setQueues(names: readonly string[]): void {
    this.#outgoing.setNames(names, undefined);
    this.#guarded.use(file => this.#outgoing.load(file));
  }

  /** How the receivers do, and the newest sample that was queued; 0 before the first. */
  queues(): { readonly newest: Millis; readonly queues: readonly QueueStatus[] } {
    return { newest: this.#outgoing.newest, queues: this.#outgoing.statuses };
  }

  /** What a receiver is to get next, as {@link Outgoing.next} says; undefined while the disk fails, too. */
  nextWindow(name: string, request: WindowRequest): QueueWindow | undefined {
    return this.#guarded.use(file => this.#outgoing.next(file, name, request));
  }

  /** The labels of a series of a window. */
  labelsOf(id: number): Labels | undefined {
    return this.#registry.labelsOf(id);
  }

  /** Changes when numbers of series may be those of others. */
  get generation(): number {
    return this.#generation;
  }

  /** Calls back for series that may not be in the index and are not to be forgotten. */
  #eachHeld(held: (series: SeriesRef) => void): void {
    this.#streams.eachHeld(held);
    this.#interim.eachHeld(held);
    this.#appender.eachHeld(held);
    this.#journal.eachHeld(held);
    this.#maintenance.mergeable.forEach(held);
  }

  /** Writes what waits and closes the file. */
  close(): void {
    this.#heads.settle();
    while (!this.#guarded.isClosed && this.#heads.waiting().length > 0) if (!this.#flush()) break;
    const waiting = this.#heads.waiting().length;
    if (waiting > 0 && !this.#guarded.isClosed) {
      this.#options.log('error', 'Samples could not be written and are lost', { scrapes: waiting });
    }
    if (this.#guarded.opened) this.#guarded.use(file => file.leaveReadable());
    this.#guarded.close();
  }

  #open(): SampleFile {
    const { file: path, log } = this.#options;
    const file = new SampleFile(path, this.#cache, this.#guarded.damage);
    if (this.#isReadOnly) this.#clearCaches();
    this.#isReadOnly = false;
    this.#reloadFile(file);
    log('info', 'Samples opened', { file: path, series: this.#registry.index.size });
    return file;
  }

  #openToRead(): SampleFile {
    const { file: path, log } = this.#options;
    const file = new SampleFile(path, this.#cache, this.#guarded.damage, true);
    this.#isReadOnly = true;
    this.#reloadFile(file);
    log('info', 'Samples opened read-only', { file: path, series: this.#registry.index.size });
    return file;
  }

  /** @throws SQLite's errors; the file is closed then */
  #reloadFile(file: SampleFile): void {
    // Rows are rebuilt below; one that is open cannot be added to any more.
    this.#appender.loseRow();
    try {
      this.#load(file);
      this.#registry.replay(file);
      if (!this.#isReadOnly) this.#outgoing.load(file);
      this.#journal.reset();
      this.#maintenance.reset();
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** The file that can be written now may be another than the one that was read. */
  #clearCaches(): void {
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

  #closeFile(): void {
    this.#generation++;
    this.#cache.clear();
    this.#maintenance.mergeable.clear();
    this.#journal.reset();
    this.#registry.startOver();
    this.#heads.unwrite();
  }

  /** @returns whether something was written. */
  #flush(): boolean {
    if (this.#heads.waiting().length === 0) return false;
    const isWritten = this.#guarded.use(file => {
      this.#maintenance.addMergeable(
        this.#journal.write(file, () => this.#reload(file), !this.#reader.isReading),
      );
      return true;
    });
    if (isWritten && this.#heads.waiting().length === 0) this.#guarded.succeeded();
    return isWritten ?? false;
  }

  /** Another process has written: an import. */
  #reload(file: SampleFile): void {
    if (this.#options.isAlone || !file.wasChanged()) return;
    this.#cache.clear();
    this.#load(file);
    this.#maintenance.findMergeable();
  }

  /** Runs an action that reads many windows: whether another process has written is looked at once, before it. */
  readingMany<T>(action: () => T): T {
    try {
      this.#isFresh = this.#read(() => true);
    } catch {
      // Each reading says itself what is wrong with the disk.
    }
    try {
      return action();
    } finally {
      this.#isFresh = false;
    }
  }

  /** Runs an action of others within {@link readingMany}: what another process has written by now is in what they read. */
  readingOthers<T>(action: () => T): T {
    const wasFresh = this.#isFresh;
    this.#isFresh = false;
    try {
      return action();
    } finally {
      this.#isFresh = wasFresh;
    }
  }

  #read<T>(action: (file: SampleFile | undefined) => T): T {
    return this.#guarded.read(file => {
      if (file && !this.#isFresh) this.#reload(file);
      return action(file);
    });
  }
}
