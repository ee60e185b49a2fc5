// Which series have which labels. Comes in: series; goes out: those that satisfy matchers.

import type { Labels } from '../../model/labels.js';
import type { LabelMatcher } from '../../model/samples.js';
import { IntegerColumn } from '../head/number-column.js';
import { hashOf, LabelSets } from './label-sets.js';
import { RefList } from './ref-list.js';
import { RefTable } from './ref-table.js';
import type { StoredSeries } from './series-columns.js';
import type { SeriesRef } from './series-ref.js';

const FREE = 0;
const LOOSE = 1;
const HERE = 2;

/** Series by their labels. Those that have had samples are in the index; the others have labels and nothing else. */
export class SeriesIndex {
  readonly #stored: StoredSeries;
  readonly #sets = new LabelSets();
  readonly #byLabels = new RefTable(series => this.#sets.hash(series));
  /** Series by the number of a pair they have. */
  readonly #lists: (RefList | undefined)[] = [];
  /** State of a number: free, a series with labels only, or a series in the index. */
  readonly #state = new IntegerColumn(FREE);
  #version = 0;

  constructor(stored: StoredSeries) {
    this.#stored = stored;
  }

  /** Changes whenever a series comes into the index or leaves it. */
  get version(): number {
    return this.#version;
  }

  /** How many are in the index. */
  get size(): number {
    return this.#byLabels.size;
  }

  /** Calls back for all in the index, in no order. */
  each(series: (series: SeriesRef) => void): void {
    this.#eachThatIs(HERE, series);
  }

  /** All in the index, in no order. */
  all(): SeriesRef[] {
    return this.#allThatAre(HERE);
  }

  /** Those with labels that are not in the index. */
  loose(): SeriesRef[] {
    return this.#allThatAre(LOOSE);
  }

  #allThatAre(state: number): SeriesRef[] {
    const found: SeriesRef[] = [];
    this.#eachThatIs(state, series => found.push(series));
    return found;
  }

  #eachThatIs(state: number, callback: (series: SeriesRef) => void): void {
    for (let series = 0; series < this.#stored.bound; series++)
      if (this.#state.get(series) === state) callback(series);
  }

  /** Whether a series is in the index. */
  has(series: SeriesRef): boolean {
    return this.#state.get(series) === HERE;
  }

  /** A series with these labels, not in the index yet. */
  make(labels: Labels): SeriesRef {
    const series = this.#stored.add();
    this.#sets.set(series, labels);
    this.#state.set(series, LOOSE);
    return series;
  }

  /** Takes a series back that is not in the index. */
  free(series: SeriesRef): void {
    this.#sets.release(series);
    this.#state.set(series, FREE);
    this.#stored.free(series);
  }

  /** Takes a series whose labels no other one has into the index. @returns it */
  add(series: SeriesRef): SeriesRef {
    this.#version++;
    this.#byLabels.add(series);
    this.#state.set(series, HERE);
    for (const pair of this.#sets.numbers(series)) {
      this.#lists[pair] ??= new RefList();
      this.#lists[pair].push(series);
    }
    return series;
  }

  /** A series' labels. */
  labels(series: SeriesRef): Labels {
    return this.#sets.labels(series);
  }

  /** Whether these are a series' labels. */
  isLabelled(series: SeriesRef, labels: Labels): boolean {
    const numbers = this.#sets.find(labels);
    return numbers !== undefined && this.#sets.isSet(series, numbers);
  }

  /** The series in the index with exactly these labels. */
  find(labels: Labels): SeriesRef | undefined {
    const numbers = this.#sets.find(labels);
    if (!numbers) return undefined;
    return this.#byLabels.find(hashOf(numbers), series => this.#sets.isSet(series, numbers));
  }

  /** The series in the index with the same labels as one that may not be. */
  findLike(series: SeriesRef): SeriesRef | undefined {
    const numbers = this.#sets.numbers(series);
    return this.#byLabels.find(hashOf(numbers), each => this.#sets.isSet(each, numbers));
  }

  /** Takes series out of the index. Their labels stay until they are freed. */
  remove(gone: ReadonlySet<SeriesRef>): void {
    this.#version++;
    const pairs = new Set<number>();
    for (const series of gone) {
      this.#byLabels.delete(series);
      this.#state.set(series, LOOSE);
      for (const pair of this.#sets.numbers(series)) pairs.add(pair);
    }
    for (const pair of pairs) {
      this.#lists[pair]?.remove(gone);
      if (this.#lists[pair]?.length === 0) this.#lists[pair] = undefined;
    }
  }

  /** Series that satisfy all matchers, in no order. */
  select(matchers: readonly LabelMatcher[]): SeriesRef[] {
    const { base, rest } = this.#narrow(matchers);
    const tests = rest.map(matcher => this.#tester(matcher));
    const found: SeriesRef[] = [];
    for (let i = 0; i < base.length; i++) {
      const series = base[i] as SeriesRef;
      if (tests.every(test => test(series))) found.push(series);
    }
    return found;
  }

  /** The fewest series that one matcher alone leaves, and the matchers still to be asked. */
  #narrow(matchers: readonly LabelMatcher[]): { base: ArrayLike<SeriesRef>; rest: readonly LabelMatcher[] } {
    const lists = matchers
      .filter(({ op, value }) => op === '=' && value !== '')
      .map(matcher => ({ matcher, refs: this.#refs(this.#sets.pairs.find(matcher.name, matcher.value)) }));
    if (lists.length > 0) {
      const fewest = lists.reduce((a, b) => (b.refs.length < a.refs.length ? b : a));
      return { base: fewest.refs, rest: matchers.filter(matcher => matcher !== fewest.matcher) };
    }
    const present = matchers.find(matcher => !matcher.matches(''));
    if (!present) return { base: this.all(), rest: matchers };
    return { base: this.#matching(present), rest: matchers.filter(matcher => matcher !== present) };
  }

  /** Series that have a pair. */
  #refs(pair: number): Uint32Array {
    return this.#lists[pair]?.refs ?? NONE;
  }

  #matching(matcher: LabelMatcher): SeriesRef[] {
    const found: SeriesRef[] = [];
    for (const { value, number } of this.#sets.pairs.named(matcher.name))
      if (matcher.matches(value)) for (const series of this.#refs(number)) found.push(series);
    return found;
  }

  /** A matcher that is asked once about each value: a regular expression takes longer than looking it up. */
  #tester(matcher: LabelMatcher): (series: SeriesRef) => boolean {
    const { name, op, value } = matcher;
    if ((op === '=' || op === '!=') && value !== '') {
      const pair = this.#sets.pairs.find(name, value);
      if (op === '=') return series => pair !== 0 && this.#sets.has(series, pair);
      return series => pair === 0 || !this.#sets.has(series, pair);
    }
    const known = new Map<number, boolean>();
    return series => {
      const pair = this.#sets.pairNamed(series, name);
      let matches = known.get(pair);
      if (matches === undefined) {
        matches = matcher.matches(pair === 0 ? '' : this.#sets.pairs.at(pair).value);
        known.set(pair, matches);
      }
      return matches;
    };
  }
}

const NONE = new Uint32Array();
