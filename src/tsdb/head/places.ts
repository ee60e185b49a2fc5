// Where series are in the rows of the heads: in which head, and in which column there. Nearly all are in one head at most.
// One that moves from a stream to another (its target has another address, say) is in both until the rows of before are
// in chunks.

import type { SeriesRef } from '../index/series-ref.js';
import { IntegerColumn } from './number-column.js';

/** A series' place in the rows of one head. */
export interface Place {
  /** The number of the head. */
  readonly head: number;
  readonly column: number;
  /** The first row of the head in which the column is this series', and the last in which it has a sample. */
  readonly fromSlot: number;
  readonly lastSlot: number;
}

const NONE: readonly Place[] = [];

/** The places of all series. */
export class Places {
  /** Of each series the place that samples were put into last; column -1: it has none. */
  readonly head = new IntegerColumn(0);
  readonly column = new IntegerColumn(-1);
  readonly fromSlot = new IntegerColumn(0);
  readonly lastSlot = new IntegerColumn(-1);
  /** Further places of series that have more than one. */
  readonly #former = new Map<SeriesRef, readonly Place[]>();

  /** Whether samples of a series are put into this head at present. */
  isIn(series: SeriesRef, head: number): boolean {
    return this.column.get(series) >= 0 && this.head.get(series) === head;
  }

  /** The places of a series but for the latest. */
  former(series: SeriesRef): readonly Place[] {
    return this.#former.size === 0 ? NONE : (this.#former.get(series) ?? NONE);
  }

  /** A series' place in a head; undefined when it has none there. */
  in(series: SeriesRef, head: number): Place | undefined {
    if (!this.isIn(series, head)) return this.former(series).find(place => place.head === head);
    return this.#latest(series);
  }

  #latest(series: SeriesRef): Place {
    return {
      head: this.head.get(series),
      column: this.column.get(series),
      fromSlot: this.fromSlot.get(series),
      lastSlot: this.lastSlot.get(series),
    };
  }

  /** Samples of a series are put into this head from now on; its column there is -1 when it has none yet. */
  moveTo(series: SeriesRef, head: number): void {
    if (this.head.get(series) === head) return;
    const again = this.former(series).find(place => place.head === head);
    const others = this.former(series).filter(place => place !== again);
    if (this.column.get(series) >= 0) others.push(this.#latest(series));
    this.#setFormer(series, others);
    this.#set(series, again ?? { head, column: -1, fromSlot: 0, lastSlot: -1 });
  }

  /** A series has no samples in a head any more. @param fromSlot of what is left, from which slot on it is whole */
  leave(series: SeriesRef, head: number, fromSlot: (place: Place) => number): void {
    const former = this.former(series);
    const others = former
      .filter(place => place.head !== head)
      .map(place => ({ ...place, fromSlot: Math.max(place.fromSlot, fromSlot(place)) }));
    if (this.isIn(series, head)) {
      this.#set(series, others.pop() ?? { head, column: -1, fromSlot: 0, lastSlot: -1 });
    } else if (former.length > 0) {
      const latest = this.#latest(series);
      this.fromSlot.set(series, Math.max(latest.fromSlot, fromSlot(latest)));
    }
    if (former.length > 0) this.#setFormer(series, others);
  }

  /** A series has no samples in any head. */
  clear(series: SeriesRef): void {
    this.#set(series, { head: 0, column: -1, fromSlot: 0, lastSlot: -1 });
    this.#former.delete(series);
  }

  #set(series: SeriesRef, { head, column, fromSlot, lastSlot }: Place): void {
    this.head.set(series, head);
    this.column.set(series, column);
    this.fromSlot.set(series, fromSlot);
    this.lastSlot.set(series, lastSlot);
  }

  #setFormer(series: SeriesRef, places: readonly Place[]): void {
    if (places.length > 0) this.#former.set(series, places);
    else this.#former.delete(series);
  }
}
