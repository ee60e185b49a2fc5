// What the sources of a stream show at a time becomes a row of its head. Comes in: a stream and a moment; goes out: the
// row, which is open, the series that have ended, and what became of the samples.

import type { AppendResult } from '../model/scrape.js';
import type { Millis } from '../model/time.js';
import type { Heads } from './head/heads.js';
import type { RowBuilder } from './head/row-builder.js';
import { RefList } from './index/ref-list.js';
import type { StoredSeries } from './index/series-columns.js';
import type { SeriesRef } from './index/series-ref.js';
import type { SeriesRegistry } from './index/series-registry.js';
import type { SourceSamples } from './index/sources.js';
import type { Stream } from './streams.js';

/** How far a sample's own time may be before and after its scrape's: what Prometheus' head takes (tsdb/head_append.go). */
const OLDEST: Millis = 3_600_000;
const NEWEST: Millis = 600_000;

/** A row that samples may still be added to. */
export interface OpenRow {
  readonly builder: RowBuilder;
  readonly ended: SeriesRef[];
  readonly result: AppendResult;
  /** Samples that were shown and are not in the row. */
  readonly dropped: number;
}

interface AppenderParts {
  readonly stored: StoredSeries;
  readonly heads: Heads;
  readonly registry: SeriesRegistry;
}

type Tally = { -readonly [K in keyof AppendResult]: AppendResult[K] };

/** Samples that are counted. */
export const noSamples = (): Tally => ({
  appended: 0,
  outOfOrder: 0,
  duplicates: 0,
  outOfBounds: 0,
  unknown: 0,
});

/** A row that samples of one source after the other are put into. */
interface StartedRow {
  readonly at: Millis;
  readonly builder: RowBuilder;
  readonly result: Tally;
  readonly live: LiveSeries;
  /** Series that are live though they have no sample at the time of the row. */
  readonly timed: Set<SeriesRef>;
  shown: number;
}

/** The live series of a scrape, which mostly are those of the scrape before: then there is no list to be made. */
class LiveSeries {
  readonly #before: Uint32Array;
  readonly #list: RefList;
  /** As many are those of the scrape before, in their order. */
  #same = 0;
  #changed: RefList | undefined;

  constructor(before: RefList) {
    this.#list = before;
    this.#before = before.refs;
  }

  push(series: SeriesRef): void {
    if (this.#changed) this.#changed.push(series);
    else if (this.#before[this.#same] === series) this.#same++;
    else {
      this.#changed = this.#copy();
      this.#changed.push(series);
    }
  }

  /** All of the scrape before are live, and no others. */
  get isSame(): boolean {
    return !this.#changed && this.#same === this.#before.length;
  }

  end(): RefList {
    return this.isSame ? this.#list : (this.#changed ?? this.#copy());
  }

  #copy(): RefList {
    const copy = new RefList();
    for (let i = 0; i < this.#same; i++) copy.push(this.#before[i] as SeriesRef);
    return copy;
  }
}

/** Appends rows to the heads of one store. */
export class RowAppender {
  readonly #parts: AppenderParts;

  constructor(parts: AppenderParts) {
    this.#parts = parts;
  }

  /** Begins a row and shows it. @param at later than the head's last row */
  start(stream: Stream, at: Millis): OpenRow {
    const { head } = stream;
    const row: StartedRow = {
      at,
      builder: head.beginRow(at),
      result: noSamples(),
      live: new LiveSeries(stream.live),
      timed: new Set(),
      shown: 0,
    };
    for (const source of stream.sources.all()) this.#appendSource(row, source);
    const { builder, result, live, timed, shown } = row;
    const ended = live.isSame
      ? []
      : this.#ended(stream, at, series => builder.has(series) || timed.has(series));
    stream.live = live.end();
    this.#parts.heads.push(head, builder, ended, false);
    return { builder, ended, result, dropped: shown - result.appended };
  }

  #appendSource(row: StartedRow, source: SourceSamples): void {
    const { builder, live, result } = row;
    const { series, values, keepsNaN, timestamps } = source;
    const count = Math.min(series.length, values.length);
    for (let i = 0; i < count; i++) {
      const value = values[i] as number;
      if (!keepsNaN && Number.isNaN(value)) continue;
      row.shown++;
      const given = series[i] as SeriesRef;
      const hasOwnTime = timestamps !== undefined && !Number.isNaN(timestamps[i]);
      if (hasOwnTime) this.#appendTimed(row, source, i);
      else if (builder.setNext(given, value)) {
        result.appended++;
        live.push(given);
      } else series[i] = this.#append(row, given, value);
    }
  }

  /** @returns the series from now on */
  #append({ at, builder, result, live }: StartedRow, given: SeriesRef, value: number): SeriesRef {
    const series = this.#parts.registry.admit(given);
    if (this.#isNew(series, at, value, result)) builder.set(series, value);
    if (builder.has(series)) live.push(series);
    return series;
  }

  /** The same for a sample with a time of its own. */
  #appendTimed(
    row: StartedRow,
    { series: all, values, timestamps, tracksStaleness }: SourceSamples,
    i: number,
  ) {
    const { at, builder, result, live, timed } = row;
    const ownTime = timestamps?.[i] as Millis;
    if (!(ownTime >= at - OLDEST && ownTime <= at + NEWEST)) {
      result.outOfBounds++;
      return;
    }
    const series = this.#parts.registry.admit(all[i] as SeriesRef);
    all[i] = series;
    const value = values[i] as number;
    const time = Math.round(ownTime);
    if (this.#isNew(series, time, value, result)) builder.addTimed(series, time, value);
    if (tracksStaleness && this.#parts.stored.last.get(series) === time) {
      live.push(series);
      timed.add(series);
    }
  }

  #isNew(series: SeriesRef, at: Millis, value: number, result: Tally): boolean {
    const last = this.#parts.stored.last.get(series);
    if (at > last) result.appended++;
    else if (at < last) result.outOfOrder++;
    // As in Prometheus the same sample again is none, and no error.
    else if (!Object.is(this.#parts.heads.lastValue(series), value)) result.duplicates++;
    return at > last;
  }

  /** Ends the series of a stream's scrape before that are not in this one. */
  #ended({ head, live }: Stream, at: Millis, isShown: (series: SeriesRef) => boolean): SeriesRef[] {
    const { last, writer } = this.#parts.stored;
    const ended: SeriesRef[] = [];
    for (const series of live.refs) {
      // Where another stream has gone on with a series, it goes on.
      if (isShown(series) || last.get(series) >= at || writer.get(series) !== head.number) continue;
      this.#parts.stored.addEnd(series, at, this.#parts.heads.sequence);
      ended.push(series);
    }
    return ended;
  }
}
