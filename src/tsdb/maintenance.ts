// What a sample store does between scrapes, a slice at a time: deletes what is too old or too much, puts what streams that are
// over have left into chunks, merges small chunks, compresses labels, gives space back, compares chunks with their index.

import type { Clock, Millis } from '../model/time.js';
import type { ByteCache } from './chunks/cache.js';
import { ENOUGH, mergeChunks } from './chunks/merge.js';
import { pruneChunks } from './chunks/retention.js';
import type { SampleFile } from './file.js';
import type { StoredSeries } from './index/series-columns.js';
import type { SeriesRef } from './index/series-ref.js';
import type { SeriesRegistry } from './index/series-registry.js';
import type { Journal } from './journal.js';
import type { Outgoing } from './outgoing/outgoing.js';

/** Retention is looked at this often. */
const PRUNE_INTERVAL: Millis = 60_000;
/** Pages given back at a time. */
const SHRINK_BATCH = 64;
/** Series whose chunks are merged at a time. */
const MERGE_BATCH = 64;
/** Scrapes that wait to be sent and are deleted at a time for their size. */
const FEW_SCRAPES = 20;
/** Chunks compared with their index at a time. */
const CHECK_BATCH = 100;

/** The parts of the store that are looked after. */
interface MaintenanceParts {
  readonly registry: SeriesRegistry;
  readonly stored: StoredSeries;
  readonly journal: Journal;
  readonly cache: ByteCache;
  readonly outgoing: Outgoing;
  readonly clock: Clock;
}

interface MaintenanceOptions {
  /** How long samples are kept, and bytes the file may have; 0 is no limit. */
  readonly limits: { readonly retention: Millis; readonly maxBytes: number };
  /** Calls back for series that may not be in the index and must not be forgotten. */
  readonly hold: (held: (series: SeriesRef) => void) => void;
}

/** The maintenance of one store, whichever file it has open. */
export class Maintenance {
  /** Series with many small chunks. */
  readonly mergeable = new Set<SeriesRef>();
  readonly #parts: MaintenanceParts;
  readonly #options: MaintenanceOptions;
  #pruneAt: Millis = 0;
  /** The last chunk that was compared with the index, and the last bundle; undefined when all were. */
  #checkedTo: number | undefined;
  #bundlesCheckedTo: number | undefined;
  /** The journal holds what has since been merged. */
  #isUnsettled = true;
  #isUrgent = true;

  constructor(parts: MaintenanceParts, options: MaintenanceOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Whether the last step was one that others wait for: a file that grows, or answers that take longer. */
  get isUrgent(): boolean {
    return this.#isUrgent;
  }

  /** To be called when a file was opened and its series are loaded. */
  reset(): void {
    this.findMergeable();
    this.#checkedTo = 0;
    this.#bundlesCheckedTo = 0;
  }

  /** Looks at all series. */
  findMergeable(): void {
    this.addMergeable(this.#parts.registry.index.all());
  }

  /** Those of the series that have enough small chunks are merged. */
  addMergeable(all: Iterable<SeriesRef>): void {
    for (const series of all) if (this.#parts.stored.small.get(series) >= ENOUGH) this.mergeable.add(series);
  }

  /**
   * Does one slice of the work. @param reload loads what an import has written
   * @param deadline the monotonic clock: when the slice is to end, if it has several steps
   * @returns whether there is more to do
   */
  step(file: SampleFile, reload: () => void, deadline: Millis): boolean {
    this.#isUrgent = true;
    return (
      this.#prune(file, reload) ||
      this.#drain(file) ||
      this.#merge(file, reload, deadline) ||
      this.#compactLabels(file, deadline) ||
      this.#tidy(file) ||
      this.#check(file)
    );
  }

  #drain(file: SampleFile): boolean {
    const series = this.#parts.journal.drain(file, this.#parts.clock.elapsed());
    if (series) this.addMergeable(series);
    return series !== undefined;
  }

  #prune(file: SampleFile, reload: () => void): boolean {
    const { registry, cache, clock } = this.#parts;
    const { limits, hold } = this.#options;
    if (clock.elapsed() < this.#pruneAt) return false;
    reload();
    const batch = pruneChunks(file, limits, clock.now());
    // What waits to be sent is kept no longer than samples are.
    const isOlder = this.#pruneOutgoing(file, batch?.before);
    if (batch) {
      this.#isUnsettled = true;
      registry.shrink(file, batch.series);
      return true;
    }
    if (isOlder) return true;
    registry.deleteEnds(file, registry.oldest());
    if (registry.hasGarbage) registry.sweep(hold);
    cache.age();
    this.#pruneAt = clock.elapsed() + PRUNE_INTERVAL;
    return false;
  }

  /** @param before samples of before it have been deleted */
  #pruneOutgoing(file: SampleFile, before: Millis | undefined): boolean {
    const { outgoing, clock } = this.#parts;
    const { retention, maxBytes } = this.#options.limits;
    // Nothing else is left to be deleted.
    if (before === undefined && maxBytes > 0 && file.used > maxBytes)
      return outgoing.prune(file, Number.POSITIVE_INFINITY, FEW_SCRAPES);
    return outgoing.prune(file, before ?? clock.now() - retention);
  }

  /** Some series with one write: chunks of series that were cut together are on the same pages, or in the same rows. */
  #merge(file: SampleFile, reload: () => void, deadline: Millis): boolean {
    const { registry, stored, clock } = this.#parts;
    if (this.mergeable.size === 0) return false;
    reload();
    const some: SeriesRef[] = [];
    for (const series of this.mergeable) {
      if (stored.id.get(series) === 0) this.mergeable.delete(series);
      else some.push(series);
      if (some.length === MERGE_BATCH) break;
    }
    const ids = some.map(series => stored.id.get(series));
    const isTime = () => clock.elapsed() >= deadline;
    const { count, isChanged } = file.transaction(() => mergeChunks(file, ids, ENOUGH, isTime));
    for (const series of some.slice(0, count)) {
      this.mergeable.delete(series);
      registry.setChunkBounds(series, file.chunks.boundsOf(stored.id.get(series)));
    }
    if (isChanged) this.#isUnsettled = true;
    return true;
  }

  /** Labels of series that are there for a while take a tenth of the bytes in a row of many. */
  #compactLabels(file: SampleFile, deadline: Millis): boolean {
    if (!file.series.isCompactable) return false;
    this.#isUrgent = false;
    file.transaction(() => file.series.compact(() => this.#parts.clock.elapsed() >= deadline));
    // Their pages are free now.
    this.#isUnsettled = true;
    return true;
  }

  #tidy(file: SampleFile): boolean {
    if (!this.#isUnsettled) return false;
    if (file.shrink(SHRINK_BATCH)) return true;
    file.checkpoint();
    this.#isUnsettled = false;
    return false;
  }

  /** Once after the file was opened: whether what is in it can be found. */
  #check(file: SampleFile): boolean {
    if (this.#checkedTo !== undefined) this.#checkedTo = file.chunks.checkIndex(this.#checkedTo, CHECK_BATCH);
    else if (this.#bundlesCheckedTo !== undefined)
      this.#bundlesCheckedTo = file.chunks.checkBundles(this.#bundlesCheckedTo, CHECK_BATCH);
    return this.#checkedTo !== undefined || this.#bundlesCheckedTo !== undefined;
  }
}
