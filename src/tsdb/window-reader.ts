// Series in a window of time, out of the head and the file. Comes in: matchers; goes out: series with their samples.

import { compareLabels, type Labels } from '../model/labels.js';
import type { LabelMatcher, Series } from '../model/samples.js';
import { lowerBound, upperBound } from '../model/sorted.js';
import type { Millis } from '../model/time.js';
import { Assembler } from './chunks/assemble.js';
import type { Run } from './chunks/run.js';
import type { SampleFile } from './file.js';
import { Arena } from './head/arena.js';
import type { Heads } from './head/heads.js';
import type { Interim } from './head/interim.js';
import { type KnownSelections, type LabelledSeries, labelled } from './index/known-selections.js';
import type { StoredSeries } from './index/series-columns.js';
import type { SeriesIndex } from './index/series-index.js';
import type { SeriesRef } from './index/series-ref.js';
import { Latest } from './latest.js';

/** Where samples are, and what is known of their series. */
interface SamplePlaces {
  readonly stored: StoredSeries;
  readonly index: SeriesIndex;
  readonly selections: KnownSelections;
  readonly heads: Heads;
  /** Samples between the newest scrape and the next. */
  readonly interim: Interim;
  /** Undefined while the file cannot be opened. */
  readonly file: SampleFile | undefined;
}

/** What is seen by a question: samples up to a time, of scrapes up to a number. */
export interface Seen {
  readonly to: Millis;
  readonly upTo: number;
}

const NONE = new Float64Array();

/** Reads samples at `from <= t <= to`; every method throws SQLite's errors. */
export class WindowReader {
  readonly #places: SamplePlaces;
  readonly #from: Millis;
  readonly #to: Millis;
  readonly #upTo: number;
  readonly #arena = new Arena();
  readonly #assembler: Assembler;
  readonly #latest: Latest;

  /** @param upTo the number of the last scrape that is seen */
  constructor(places: SamplePlaces, from: Millis, to: Millis, upTo = Number.POSITIVE_INFINITY) {
    this.#upTo = upTo;
    this.#places = places;
    this.#from = from;
    this.#to = to;
    this.#assembler = new Assembler(from, to);
    this.#latest = new Latest(from, to);
  }

  /** Whether this reader is for what is seen at a moment, and for this file. */
  reads({ to, upTo }: Seen, file: SampleFile | undefined): boolean {
    return to === this.#to && upTo === this.#upTo && file === this.#places.file;
  }

  /** A series with all its samples; undefined where it has nothing. */
  all({ series, labels }: LabelledSeries): Series | undefined {
    const run = this.#isAllInHead(series)
      ? this.#places.heads.read(series, this.#from, this.#to, this.#arena, this.#upTo)
      : this.#assembler.join(this.#runs(series));
    return this.#withEnds(series, labels, run, undefined);
  }

  /** A series with its last sample, that of the interim if it is in the window; undefined where it has nothing. */
  last({ series, labels }: LabelledSeries): Series | undefined {
    const { interim } = this.#places;
    const interimAt = interim.within(this.#from, this.#to);
    const interimValue = interimAt === undefined ? undefined : interim.value(series);
    const run =
      interimValue === undefined ? this.#lastRun(series) : this.#latest.at(interimAt as Millis, interimValue);
    return run && this.#withEnds(series, labels, run, interimAt);
  }

  #lastRun(series: SeriesRef): Run | undefined {
    const { stored, heads } = this.#places;
    const last = stored.last.get(series);
    const value = last <= this.#to ? heads.lastValue(series, this.#upTo) : undefined;
    return value === undefined ? this.#latest.of(this.#runs(series)) : this.#latest.at(last, value);
  }

  /** Labels of series that satisfy one of the sets and have a sample. */
  series(matcherSets: readonly (readonly LabelMatcher[])[]): Labels[] {
    const { index, interim } = this.#places;
    const hasInterim = interim.within(this.#from, this.#to) !== undefined;
    const found = new Set(matcherSets.flatMap(matchers => index.select(matchers)));
    const fresh = hasInterim ? matcherSets.flatMap(matchers => interim.unindexed(matchers)) : [];
    return [...found]
      .filter(series => this.#hasSample(series) || (hasInterim && interim.has(series)))
      .concat([...new Set(fresh)])
      .map(series => index.labels(series))
      .sort(compareLabels);
  }

  #withEnds(
    series: SeriesRef,
    labels: Labels,
    { times, values }: Run,
    interimAt: Millis | undefined,
  ): Series | undefined {
    const ends = this.#ends(series, interimAt);
    return values.length > 0 || ends.length > 0 ? { labels, times, values, ends } : undefined;
  }

  /** Series that may have something, sorted by labels. @param withInterim those that only the interim shows, too */
  matching(matchers: readonly LabelMatcher[], withInterim: boolean): LabelledSeries[] {
    const { stored, index, interim, selections } = this.#places;
    const hasInterim = withInterim && interim.within(this.#from, this.#to) !== undefined;
    const mayHave = (series: SeriesRef) =>
      stored.mayHave(series, this.#from, this.#to) || (hasInterim && interim.has(series));
    const unindexed = hasInterim ? interim.unindexed(matchers) : [];
    if (unindexed.length === 0) return selections.select(matchers, mayHave);
    return labelled(index, index.select(matchers).filter(mayHave).concat(unindexed));
  }

  #ends(series: SeriesRef, interimAt: Millis | undefined): Float64Array {
    const { stored, interim } = this.#places;
    const kept = stored.ends(series, this.#upTo);
    const all = interimAt !== undefined && interim.hasEnded(series) ? [...kept, interimAt] : kept;
    if (all.length === 0) return NONE;
    const ends = Float64Array.from(all);
    const [start, end] = [lowerBound(ends, this.#from), upperBound(ends, this.#to)];
    return start < end ? ends.subarray(start, end) : NONE;
  }

  /** Whether the head has all samples of a series in the window, so that no chunk has to be read. */
  #isAllInHead(series: SeriesRef): boolean {
    const { stored, heads, file } = this.#places;
    if (!file || stored.id.get(series) === 0) return true;
    return this.#from >= heads.from(series) || this.#from > stored.sealedTo.get(series);
  }

  #runs(series: SeriesRef): Run[] {
    const { stored, heads, file } = this.#places;
    const headFrom = heads.from(series);
    const runs: Run[] = [];
    if (file && !this.#isAllInHead(series)) {
      const until = Math.min(this.#to, headFrom);
      runs.push(...file.runs(stored.id.get(series), this.#from, until));
    }
    if (this.#to >= heads.first(series))
      runs.push(heads.read(series, this.#from, this.#to, this.#arena, this.#upTo));
    return runs;
  }

  #hasSample(series: SeriesRef): boolean {
    const { stored, heads, file } = this.#places;
    const [from, to] = [this.#from, this.#to];
    const first = stored.first.get(series);
    const last = stored.last.get(series);
    if (first > to || last < from) return false;
    if (first >= from || last <= to) return true;
    if (heads.has(series) && heads.read(series, from, to).values.length > 0) return true;
    return file !== undefined && file.chunks.within(stored.id.get(series), from, to).length > 0;
  }
}
