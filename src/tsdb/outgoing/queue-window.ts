// The samples of some scrapes that are sent together, as columns. Comes in: rows; goes out: their samples in the order in which
// they were stored, which is that of time for each series.

import type { Millis } from '../../model/time.js';
import type { OutgoingRow } from './outgoing-table.js';

/** What is sent before the next window is read. */
export interface QueueWindow {
  /** The last row in it. */
  readonly to: number;
  /** How it was divided into requests when it was read first. */
  readonly split: string;
  /** Series by their ids in the file; entry i of each column is of one sample. */
  readonly ids: Float64Array<ArrayBuffer>;
  readonly times: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  /** 1: no sample, but the end of the series. */
  readonly ends: Uint8Array<ArrayBuffer>;
  /** The newest sample. */
  readonly newest: Millis;
}

/** The samples of rows. */
export function windowOf(rows: readonly OutgoingRow[], to: number, split: string): QueueWindow {
  const length = rows.reduce((sum, { samples, count }) => sum + (samples ? count : 0), 0);
  const window = {
    to,
    split,
    ids: new Float64Array(length),
    times: new Float64Array(length),
    values: new Float64Array(length),
    ends: new Uint8Array(length),
  };
  const filler = new Filler(window);
  for (const row of rows) filler.add(row);
  return { ...window, newest: filler.newest };
}

class Filler {
  newest = Number.NEGATIVE_INFINITY;
  readonly #window: Omit<QueueWindow, 'newest'>;
  #next = 0;

  constructor(window: Omit<QueueWindow, 'newest'>) {
    this.#window = window;
  }

  add({ at, samples }: OutgoingRow): void {
    if (!samples) return;
    const { ids, values, timed, ended } = samples;
    for (let i = 0; i < ids.length; i++) this.#add(ids[i] as number, at, values[i] as number, 0);
    for (const sample of timed) this.#add(sample.id, sample.at, sample.value, 0);
    for (const id of ended) this.#add(id, at, Number.NaN, 1);
  }

  #add(id: number, at: Millis, value: number, isEnd: number): void {
    const i = this.#next++;
    const { ids, times, values, ends } = this.#window;
    ids[i] = id;
    times[i] = at;
    values[i] = value;
    ends[i] = isEnd;
    if (at > this.newest) this.newest = at;
  }
}
