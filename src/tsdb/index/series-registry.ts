// The series in memory and what the file says of them. Comes in: the file's tables; goes out: series by labels and
// by id.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { SeriesBounds } from '../chunks/chunk-row.js';
import type { SampleFile } from '../file.js';
import type { Head } from '../head/head.js';
import type { HeadRow } from '../head/head-row.js';
import type { Heads } from '../head/heads.js';
import type { LoggedScrape } from '../head/log-table.js';
import { SamplesToLog } from '../head/samples-to-log.js';
import type { Outgoing } from '../outgoing/outgoing.js';
import { RefTable } from './ref-table.js';
import type { StoredSeries } from './series-columns.js';
import { SeriesIndex } from './series-index.js';
import type { SeriesRef } from './series-ref.js';

interface WaitingRow {
  readonly head: Head;
  readonly row: HeadRow;
  readonly samples: readonly (readonly [SeriesRef, number])[];
}

/** Series that are not worth looking for. */
const FEW = 1000;

/** All series. */
export class SeriesRegistry {
  readonly index: SeriesIndex;
  readonly #stored: StoredSeries;
  readonly #byId = new RefTable(series => this.#stored.id.get(series));
  readonly #heads: Heads;
  readonly #samplesToLog = new SamplesToLog();
  /** Series made or left without being in the index, and how many of them were needed when it was looked last. */
  #loose = 0;
  #needed = 0;
  readonly #outgoing: Outgoing;

  constructor(stored: StoredSeries, heads: Heads, outgoing: Outgoing) {
    this.#stored = stored;
    this.#outgoing = outgoing;
    this.index = new SeriesIndex(stored);
    this.#heads = heads;
  }

  /** Whether many of the series that are not in the index may be unused. */
  get hasGarbage(): boolean {
    return this.#loose > 2 * this.#needed + FEW;
  }

  /** The series with these labels; one that has no samples yet is made, and is not in the index. */
  resolve(labels: Labels): SeriesRef {
    const known = this.index.find(labels);
    if (known !== undefined) return known;
    this.#loose++;
    return this.index.make(labels);
  }

  /** The series in the index with the labels of one that may not be; itself when there is none. */
  like(series: SeriesRef): SeriesRef {
    if (this.#heads.has(series) || this.index.has(series)) return series;
    return this.index.findLike(series) ?? series;
  }

  /** Remembers a series that gets a sample. @returns the one to use, if there is one with its labels already. */
  admit(series: SeriesRef): SeriesRef {
    const known = this.like(series);
    // In the head only those are that were admitted before.
    return this.#heads.has(known) || this.index.has(known) ? known : this.index.add(known);
  }

  /** Takes back the series that are not in the index, but for those that `hold` calls back for. */
  sweep(hold: (held: (series: SeriesRef) => void) => void): void {
    const isHeld = new Set<SeriesRef>();
    hold(series => {
      if (!this.index.has(series)) isHeld.add(series);
    });
    for (const series of this.index.loose()) if (!isHeld.has(series)) this.index.free(series);
    this.#needed = isHeld.size;
    this.#loose = isHeld.size;
  }

  /** The labels of a series by its number in the file. */
  labelsOf(id: number): Labels | undefined {
    const series = this.#withId(id);
    return series === undefined ? undefined : this.index.labels(series);
  }

  #withId(id: number): SeriesRef | undefined {
    return this.#byId.find(id, series => this.#stored.id.get(series) === id);
  }

  /** Takes over what the file has. What is in the head stays. @throws SQLite's errors, CorruptChunk */
  load(file: SampleFile): void {
    for (const series of this.index.all()) this.#stored.clearChunks(series);
    for (const { id, labels } of file.series.all()) {
      if (this.#withId(id) !== undefined) continue;
      const series = this.index.find(labels) ?? this.index.add(this.index.make(labels));
      this.#stored.id.set(series, id);
      this.#byId.add(series);
    }
    for (const { series: id, at } of file.series.ends()) {
      const series = this.#withId(id);
      if (series !== undefined) this.#stored.addEnd(series, at);
    }
    for (const bounds of file.chunks.bounds()) this.#bound(bounds.series, bounds);
  }

  /**
   * Puts the scrapes that are not in chunks yet into the heads, among those that are there already because the file
   * could not be opened when they came, or was set aside. Those that an earlier opening of the file put there go.
   * @throws SQLite's errors, zlib's, CorruptChunk
   */
  replay(file: SampleFile): void {
    this.#heads.settle();
    const waiting = this.#heads.waiting().sort((a, b) => a.row.at - b.row.at);
    const rows = waiting.map(({ head, row }) => ({ head, row, samples: samplesOf(head, row) }));
    this.#heads.clear();
    const heads = this.#headsOf(file);
    for (const logged of file.log.all()) {
      while ((rows[0]?.row.at ?? Number.POSITIVE_INFINITY) < logged.at)
        this.#again(rows.shift() as WaitingRow);
      this.#replayed(heads.get(logged.stream) ?? this.#unnamed(heads, logged.stream), logged);
    }
    for (const each of rows) this.#again(each);
    this.#heads.settle();
  }

  /** The heads of streams by their numbers in a file. */
  #headsOf(file: SampleFile): Map<number, Head> {
    for (const head of this.#heads.all()) head.id = 0;
    const heads = new Map([[0, this.#heads.own]]);
    for (const { id, name } of file.streams.all()) {
      const head = this.#heads.of(name);
      head.id = id;
      heads.set(id, head);
    }
    return heads;
  }

  /** The head of a stream whose row is lost. */
  #unnamed(heads: Map<number, Head>, id: number): Head {
    const head = this.#heads.of(`stream ${id}`);
    head.id = id;
    heads.set(id, head);
    return head;
  }

  #replayed(head: Head, { id: logId, at, ids, values, timed }: LoggedScrape): void {
    if (at <= head.last) return;
    const row = head.beginRow(at);
    // What is in a chunk already comes from there: of another stream's samples between there may be no rows any more.
    const { sealedTo, writer } = this.#stored;
    let isNeeded = logId === 0 || ids.length + timed.length === 0;
    const put = (id: number, at: Millis, set: (series: SeriesRef) => void) => {
      const series = this.#withId(id);
      if (series === undefined) return;
      writer.set(series, head.number);
      if (at <= sealedTo.get(series)) return;
      set(series);
      isNeeded = true;
    };
    for (let i = 0; i < ids.length; i++)
      put(ids[i] as number, at, series => row.set(series, values[i] as number));
    for (const { id, at, value } of timed) put(id, at, series => row.addTimed(series, at, value));
    if (isNeeded) this.#heads.push(head, row, [], true, logId);
  }

  /** A row that was in memory, laid down again. */
  #again({ head, row, samples }: WaitingRow): void {
    if (row.at <= head.last) return;
    const again = head.beginRow(row.at);
    for (const [series, value] of samples) again.set(series, value);
    for (const [i, series] of (row.timed?.series ?? []).entries())
      again.addTimed(series, row.timed?.times[i] as Millis, row.timed?.values[i] as number);
    this.#heads.push(head, again, row.ended, false);
  }

  /**
   * Reads the chunks of series that seem to have samples after a moment: such a series takes no others until then, and
   * an index may be damaged. @throws DamagedRow, Inconsistent, SQLite's errors
   */
  verify(file: SampleFile, moment: Millis): void {
    const { id, sealedTo } = this.#stored;
    for (const series of this.index.all()) {
      if (id.get(series) === 0 || sealedTo.get(series) <= moment) continue;
      for (const row of file.chunks.within(id.get(series), moment, Number.POSITIVE_INFINITY))
        file.chunks.read(row);
    }
  }

  #bound(id: number, bounds: SeriesBounds | undefined): void {
    const series = this.#withId(id);
    if (series === undefined) return;
    const { first, last, sealedTo } = this.#stored;
    this.setChunkBounds(series, bounds);
    sealedTo.set(series, bounds?.last ?? Number.NEGATIVE_INFINITY);
    first.set(series, Math.min(bounds?.first ?? Number.POSITIVE_INFINITY, this.#heads.first(series)));
    last.set(series, Math.max(last.get(series), sealedTo.get(series)));
    this.#stored.newest = Math.max(this.#stored.newest, last.get(series));
  }

  /** How many chunks a series has by now. */
  setChunkBounds(series: SeriesRef, bounds: SeriesBounds | undefined): void {
    this.#stored.chunks.set(series, bounds?.chunks ?? 0);
    this.#stored.small.set(series, bounds?.small ?? 0);
  }

  /**
   * Writes a row's samples and ends, and series and the stream that are new, within a transaction.
   * @param added takes the series that are new
   */
  write(file: SampleFile, head: Head, row: HeadRow, added: SeriesRef[]): void {
    const { id } = this.#stored;
    const idOf = (series: SeriesRef) => {
      if (id.get(series) === 0) this.#assignId(file, series, added);
      return id.get(series);
    };
    const samples = this.#samplesToLog.of(head, row, idOf);
    if (head.stream !== undefined && head.id === 0) head.id = file.streams.add(head.stream);
    row.logId = file.log.append({ stream: head.id, at: row.at, ...samples });
    const ended = row.ended.map(series => id.get(series)).filter(each => each !== 0);
    for (const each of ended) file.series.addEnd(each, row.at);
    this.#outgoing.add(file, head, row.at, samples, ended);
  }

  #assignId(file: SampleFile, series: SeriesRef, added: SeriesRef[]): void {
    this.#stored.id.set(series, file.series.add(this.index.labels(series)));
    added.push(series);
  }

  /** Series that were written are there, or they are not after all. */
  finishWrite(added: readonly SeriesRef[], isWritten: boolean): void {
    for (const series of added) {
      if (isWritten) this.#byId.add(series);
      else this.#stored.id.set(series, 0);
    }
  }

  /** Some series have fewer chunks now; those with nothing left go. @throws SQLite's errors */
  shrink(file: SampleFile, ids: ReadonlySet<number>): void {
    const gone = new Set<SeriesRef>();
    for (const id of ids) {
      const bounds = file.chunks.boundsOf(id);
      this.#bound(id, bounds);
      const series = this.#withId(id);
      if (series !== undefined && !bounds && !this.#heads.has(series)) gone.add(series);
    }
    if (gone.size > 0) file.transaction(() => this.#remove(file, gone));
  }

  #remove(file: SampleFile, gone: ReadonlySet<SeriesRef>): void {
    file.series.remove([...gone].map(series => this.#stored.id.get(series)));
    this.index.remove(gone);
    this.#loose += gone.size;
    for (const series of gone) {
      this.#byId.delete(series);
      this.#stored.id.set(series, 0);
      this.#stored.first.set(series, Number.POSITIVE_INFINITY);
      this.#stored.clearEnds(series);
    }
  }

  /** Forgets where series ended before a moment. @throws SQLite's errors */
  deleteEnds(file: SampleFile, before: Millis): void {
    file.series.pruneEnds(before);
    this.#stored.clearEndsBefore(before);
  }

  /** The file is another, with nothing in it: what the head has is all there is. */
  startOver(): void {
    this.#byId.clear();
    const gone = new Set<SeriesRef>();
    for (const series of this.index.all()) {
      this.#stored.id.set(series, 0);
      this.#stored.clearChunks(series);
      this.#stored.clearEnds(series);
      this.#stored.first.set(series, this.#heads.first(series));
      if (!this.#heads.has(series)) gone.add(series);
    }
    this.index.remove(gone);
    this.#loose += gone.size;
  }

  /** The oldest sample; infinite without any. */
  oldest(): Millis {
    // Series that are not in the index have no first sample.
    return this.#stored.first.least();
  }
}

function samplesOf(head: Head, row: HeadRow): (readonly [SeriesRef, number])[] {
  const samples: (readonly [SeriesRef, number])[] = [];
  head.each(row, (series, value) => samples.push([series, value]));
  return samples;
}
