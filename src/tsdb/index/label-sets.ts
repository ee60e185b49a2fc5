// The labels of each series, as numbers one after the other: label sets as objects of their own were most of what a
// series took.

import { Labels } from '../../model/labels.js';
import { IntegerColumn } from '../head/number-column.js';
import { LabelPairs } from './label-pairs.js';
import type { SeriesRef } from './series-ref.js';

/** FNV-1a's. */
const START = 0x811c9dc5;
const FACTOR = 0x01000193;

/** A label set as the numbers of its pairs, sorted by name. */
type PairNumbers = readonly number[];

/** The labels of series. */
export class LabelSets {
  readonly pairs = new LabelPairs();
  /** Lists of label names: few, and shared by many series. */
  readonly #names: (readonly string[])[] = [];
  readonly #places = new Map<string, number>();
  /** Of each series: where its numbers begin, and which list its names are. */
  readonly #start = new IntegerColumn(0);
  readonly #list = new IntegerColumn(0);
  readonly #numbers = new IntegerColumn(0);
  #end = 0;
  /** Where numbers of label sets were that are no more, by how many. */
  readonly #holes = new Map<number, number[]>();

  /** Gives a series its labels. */
  set(series: SeriesRef, { names, values }: Labels): void {
    const start = this.#holes.get(names.length)?.pop() ?? this.#end;
    if (start === this.#end) this.#end += names.length;
    for (const [i, name] of names.entries())
      this.#numbers.set(start + i, this.pairs.use(name, values[i] as string));
    this.#start.set(series, start);
    this.#list.set(series, this.#listOf(names));
  }

  #listOf(names: readonly string[]): number {
    const key = names.join('\0');
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.#names.push([...names]) - 1;
    this.#places.set(key, place);
    return place;
  }

  /** Takes a series' labels from it. */
  release(series: SeriesRef): void {
    const start = this.#start.get(series);
    const { length } = this.#namesOf(series);
    for (let i = 0; i < length; i++) this.pairs.release(this.#numbers.get(start + i));
    const holes = this.#holes.get(length);
    if (holes) holes.push(start);
    else this.#holes.set(length, [start]);
  }

  #namesOf(series: SeriesRef): readonly string[] {
    return this.#names[this.#list.get(series)] as readonly string[];
  }

  /** A series' labels, as a new object. */
  labels(series: SeriesRef): Labels {
    const start = this.#start.get(series);
    const names = this.#namesOf(series);
    const values = new Array<string>(names.length);
    for (let i = 0; i < names.length; i++) values[i] = this.pairs.at(this.#numbers.get(start + i)).value;
    return Labels.sorted(names, values);
  }

  /** The pairs of a series' labels. */
  numbers(series: SeriesRef): number[] {
    const start = this.#start.get(series);
    return this.#namesOf(series).map((_, i) => this.#numbers.get(start + i));
  }

  /** Whether a pair is one of a series' labels. */
  has(series: SeriesRef, pair: number): boolean {
    const start = this.#start.get(series);
    const end = start + this.#namesOf(series).length;
    for (let i = start; i < end; i++) if (this.#numbers.get(i) === pair) return true;
    return false;
  }

  /** The pair with a series' label of that name; 0 when it has none. */
  pairNamed(series: SeriesRef, name: string): number {
    const place = this.#namesOf(series).indexOf(name);
    return place < 0 ? 0 : this.#numbers.get(this.#start.get(series) + place);
  }

  /** Whether these are a series' labels. */
  isSet(series: SeriesRef, numbers: PairNumbers): boolean {
    const start = this.#start.get(series);
    if (this.#namesOf(series).length !== numbers.length) return false;
    return numbers.every((number, i) => this.#numbers.get(start + i) === number);
  }

  /** Labels as numbers; undefined when there are none of that kind yet. */
  find({ names, values }: Labels): PairNumbers | undefined {
    const numbers: number[] = [];
    for (let i = 0; i < names.length; i++) {
      const number = this.pairs.find(names[i] as string, values[i] as string);
      if (number === 0) return undefined;
      numbers.push(number);
    }
    return numbers;
  }

  /** The same number for the same labels. */
  hash(series: SeriesRef): number {
    return hashOf(this.numbers(series));
  }
}

/** The same number for the same pairs. */
export function hashOf(numbers: PairNumbers): number {
  let hash = START;
  for (const number of numbers) hash = Math.imul(hash ^ number, FACTOR);
  return hash;
}
