// A selector that is read again and again, as rules read theirs with every scrape. Comes in: matchers, and a moment; goes out:
// whether its series show something else than when it was read last. It costs a few numbers a series; no labels are made.

import type { LabelMatcher } from '../model/samples.js';
import type { Millis } from '../model/time.js';
import type { Heads } from './head/heads.js';
import type { Interim } from './head/interim.js';
import type { StoredSeries } from './index/series-columns.js';
import type { SeriesIndex } from './index/series-index.js';
import type { SeriesRef } from './index/series-ref.js';

/** What is in memory. */
interface MemoryPlaces {
  readonly stored: StoredSeries;
  readonly index: SeriesIndex;
  readonly heads: Heads;
  readonly interim: Interim;
  /** Changes when the file is read again or samples are forgotten; otherwise a series gets newer samples and no others. */
  readonly generation: () => number;
}

/** What a series shows at a moment: a value, nothing, or what cannot be said without the file. */
type Shown = number | 'nothing' | 'unknown';

export class StandingSelection {
  readonly #matchers: readonly LabelMatcher[];
  readonly #places: MemoryPlaces;
  #series: readonly SeriesRef[] = [];
  #values = new Float64Array();
  /** 1 where a series has a value. */
  #has = new Uint8Array();
  #indexVersion = -1;
  #version = 0;
  #generation = -1;

  constructor(matchers: readonly LabelMatcher[], places: MemoryPlaces) {
    this.#matchers = matchers;
    this.#places = places;
  }

  /**
   * Reads it as an instant query does at a moment.
   * @param lookback how long a sample counts as present
   * @returns a number that is the same while every series shows the same; undefined where that cannot be said
   */
  read(at: Millis, lookback: Millis): number | undefined {
    if (this.#places.interim.mayHaveUnindexed(this.#matchers)) return this.#lose();
    this.#select();
    let isChanged = false;
    for (let i = 0; i < this.#series.length; i++) {
      const shown = this.#shown(this.#series[i] as SeriesRef, at, lookback);
      if (shown === 'unknown') return this.#lose();
      if (this.#isSame(i, shown)) continue;
      isChanged = true;
      this.#has[i] = shown === 'nothing' ? 0 : 1;
      if (shown !== 'nothing') this.#values[i] = shown;
    }
    if (isChanged) this.#version++;
    return this.#version;
  }

  /** A number that is the same while there are no series at all; undefined where there are some. */
  readEmpty(): number | undefined {
    if (this.#places.interim.mayHaveUnindexed(this.#matchers)) return this.#lose();
    this.#select();
    return this.#series.length === 0 ? this.#version : undefined;
  }

  /**
   * Reads the samples that are kept, as a range that ends at a moment does: what is shown between two scrapes is in none.
   * @returns a number that is the same while there are the same; undefined where that cannot be said
   */
  readKept(at: Millis): number | undefined {
    this.#select();
    const generation = this.#places.generation();
    let isChanged = this.#generation !== generation;
    this.#generation = generation;
    for (let i = 0; i < this.#series.length; i++) {
      const last = this.#places.stored.last.get(this.#series[i] as SeriesRef);
      if (last > at) return this.#lose();
      if (last !== this.#values[i]) isChanged = true;
      this.#values[i] = last;
    }
    if (isChanged) this.#version++;
    return this.#version;
  }

  /** The next reading is another one, whatever it finds. */
  #lose(): undefined {
    this.#indexVersion = -1;
    return undefined;
  }

  #select(): void {
    const { index } = this.#places;
    if (index.version === this.#indexVersion) return;
    const series = index.select(this.#matchers);
    this.#indexVersion = index.version;
    if (series.length === 0 && this.#series.length === 0) return;
    this.#series = series;
    this.#values = new Float64Array(series.length);
    this.#has = new Uint8Array(series.length);
    this.#version++;
  }

  #isSame(i: number, shown: number | 'nothing'): boolean {
    if (this.#has[i] === 0) return shown === 'nothing';
    return shown !== 'nothing' && Object.is(this.#values[i], shown);
  }

  #shown(series: SeriesRef, at: Millis, lookback: Millis): Shown {
    const { stored, heads, interim } = this.#places;
    const isInterim = interim.within(at - lookback + 1, at) !== undefined;
    if (isInterim && interim.has(series)) return interim.value(series) as number;
    if (isInterim && interim.hasEnded(series)) return 'nothing';
    const last = stored.last.get(series);
    if (last <= at - lookback) return 'nothing';
    const end = stored.ends(series).at(-1) ?? Number.NEGATIVE_INFINITY;
    if (last > at || end > at) return 'unknown';
    if (end > last) return 'nothing';
    return heads.lastValue(series) ?? 'unknown';
  }
}
