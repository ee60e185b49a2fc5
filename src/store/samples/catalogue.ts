// The series in memory and what the file says of them. Comes in: the file's tables; goes out: series by labels and
// by id.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { SeriesBounds } from './chunk-table.js';
import type { SampleFile } from './file.js';
import type { Head, HeadRow } from './head.js';
import { SeriesIndex } from './series-index.js';
import type { StoredSeries } from './stored-series.js';

/** All series. */
export class Catalogue {
  readonly index = new SeriesIndex();
  readonly #byId = new Map<number, StoredSeries>();
  readonly #head: Head;

  constructor(head: Head) {
    this.#head = head;
  }

  /** The series with these labels; one that has no samples yet is made, and not remembered. */
  resolve(labels: Labels): StoredSeries {
    return this.index.find(labels) ?? this.index.make(labels);
  }

  /** Remembers a series that gets a sample. @returns the one to use, if there is one with its labels already. */
  admit(series: StoredSeries): StoredSeries {
    // In the head only those are that were admitted before; the others have to be looked up.
    if (series.column >= 0 || this.index.all.has(series)) return series;
    return this.index.find(series.labels) ?? this.index.add(series);
  }

  /** Takes over what the file has. What is in the head stays. @throws SQLite's errors, CorruptChunk */
  load(file: SampleFile): void {
    for (const series of this.index.all) series.forgetChunks();
    for (const { id, labels } of file.series.all()) {
      if (this.#byId.has(id)) continue;
      const series = this.index.find(labels) ?? this.index.add(this.index.make(labels));
      series.id = id;
      this.#byId.set(id, series);
    }
    for (const { series, at } of file.series.ends()) this.#byId.get(series)?.addEnd(at);
    for (const bounds of file.chunks.bounds()) this.#bound(bounds.series, bounds);
  }

  /**
   * Puts the scrapes that are not in chunks yet into the head, before those that are there already because the file
   * could not be opened when they came. @throws SQLite's errors, zlib's, CorruptChunk
   */
  replay(file: SampleFile): void {
    const waiting = this.#head.rows.map(row => ({ row, samples: this.#samplesOf(row) }));
    this.#head.drop(waiting.length);
    for (const { at, ids, values } of file.log.all()) {
      const row = this.#head.begin(at);
      for (let i = 0; i < ids.length; i++) {
        const series = this.#byId.get(ids[i] as number);
        if (series) row.set(series, values[i] as number);
      }
      this.#head.push(row.done([], true));
      this.#head.settle();
    }
    for (const { row, samples } of waiting) {
      if (row.at <= this.#head.last) continue;
      const again = this.#head.begin(row.at);
      for (const [series, value] of samples) again.set(series, value);
      this.#head.push(again.done(row.ended, false));
    }
  }

  #samplesOf(row: HeadRow): (readonly [StoredSeries, number])[] {
    const samples: (readonly [StoredSeries, number])[] = [];
    this.#head.each(row, (series, value) => samples.push([series, value]));
    return samples;
  }

  #bound(id: number, bounds: SeriesBounds | undefined): void {
    const series = this.#byId.get(id);
    if (!series) return;
    series.chunks = bounds?.chunks ?? 0;
    series.small = bounds?.small ?? 0;
    series.sealedTo = bounds?.last ?? Number.NEGATIVE_INFINITY;
    series.first = Math.min(bounds?.first ?? Number.POSITIVE_INFINITY, this.#head.from(series));
    series.last = Math.max(series.last, series.sealedTo);
  }

  /** Writes a row's samples and ends, and series that are new, within a transaction. @returns those that are new. */
  write(file: SampleFile, row: HeadRow, added: StoredSeries[]): void {
    const ids = new Float64Array(row.values.length);
    const values = new Float64Array(row.values.length);
    let count = 0;
    this.#head.each(row, (series, value) => {
      if (series.id === 0) {
        series.id = file.series.add(series.labels);
        added.push(series);
      }
      ids[count] = series.id;
      values[count++] = value;
    });
    file.log.append({ at: row.at, ids: ids.subarray(0, count), values: values.subarray(0, count) });
    for (const series of row.ended) if (series.id !== 0) file.series.addEnd(series.id, row.at);
  }

  /** Series that were written are there, or they are not after all. */
  settle(added: readonly StoredSeries[], isWritten: boolean): void {
    for (const series of added) {
      if (isWritten) this.#byId.set(series.id, series);
      else series.id = 0;
    }
  }

  /** Some series have fewer chunks now; those with nothing left go. @throws SQLite's errors */
  shrink(file: SampleFile, ids: ReadonlySet<number>): void {
    const gone = new Set<StoredSeries>();
    for (const id of ids) {
      const bounds = file.chunks.boundsOf(id);
      this.#bound(id, bounds);
      const series = this.#byId.get(id);
      if (series && !bounds && series.column < 0) gone.add(series);
    }
    if (gone.size > 0) file.transaction(() => this.#remove(file, gone));
  }

  #remove(file: SampleFile, gone: ReadonlySet<StoredSeries>): void {
    for (const { id } of gone) file.series.remove(id);
    this.index.remove(gone);
    for (const series of gone) {
      this.#byId.delete(series.id);
      series.id = 0;
      series.first = Number.POSITIVE_INFINITY;
      series.ends = undefined;
    }
  }

  /** Forgets where series ended before a moment. @throws SQLite's errors */
  forgetEnds(file: SampleFile, before: Millis): void {
    file.series.pruneEnds(before);
    for (const series of this.index.all) series.ends = series.endsFrom(before);
  }

  /** The file is another, with nothing in it: what the head has is all there is. */
  startOver(): void {
    this.#byId.clear();
    const gone = new Set<StoredSeries>();
    for (const series of this.index.all) {
      series.id = 0;
      series.forgetChunks();
      series.ends = undefined;
      series.first = this.#head.from(series);
      if (series.column < 0) gone.add(series);
    }
    this.index.remove(gone);
  }

  /** The oldest sample; infinite without any. */
  oldest(): Millis {
    let oldest = Number.POSITIVE_INFINITY;
    for (const series of this.index.all) if (series.first < oldest) oldest = series.first;
    return oldest;
  }
}
