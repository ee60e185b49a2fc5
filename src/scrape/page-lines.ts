// The sample lines of a page as columns: what is known of them when the next page of the same target comes.

import { METRIC_TYPES, type MetricType } from '../textparse/metric-type.js';

/** In place of a slot: the series is dropped by `metric_relabel_configs`, or has no slot yet. */
export const DROPPED = -1;
export const NEW = -2;

const SMALLEST = 16;
const TYPE_NUMBER = new Map(METRIC_TYPES.map((type, i) => [type, i]));

/** Lines whose page is not known any more: memory that comes and goes with each scrape makes the collector run more often. */
const free: PageLines[] = [];
const MAX_FREE = 4;
/** Larger ones are not kept. */
const MAX_FREE_LINES = 20_000;

/** Columns that grow; entry i is the i-th sample of the page. Places count bytes from the page's beginning. */
export class PageLines {
  length = 0;
  /** Where the line before it ends: comments and metadata may stand between this place and the series. */
  starts: Uint32Array;
  series: Uint32Array;
  /** Where the values begin. */
  valueStarts: Uint32Array;
  /** The places of the series in the layout, or why there is none. */
  slots: Int32Array;
  values: Float64Array;
  /** Milliseconds, NaN for none; undefined while no sample has a time of its own. */
  times: Float64Array | undefined;
  /** Where the last line ends. */
  end = 0;
  #types: Uint8Array;

  constructor(capacity: number) {
    const size = Math.max(capacity, SMALLEST);
    this.starts = new Uint32Array(size);
    this.series = new Uint32Array(size);
    this.valueStarts = new Uint32Array(size);
    this.slots = new Int32Array(size);
    this.values = new Float64Array(size);
    this.#types = new Uint8Array(size);
  }

  /** Empty ones with room for so many lines. */
  static take(capacity: number): PageLines {
    const fitting = free.findIndex(({ starts: { length } }) => length >= capacity && length <= 2 * capacity);
    return fitting < 0 ? new PageLines(capacity) : (free.splice(fitting, 1)[0] as PageLines);
  }

  /** They are not used any more. */
  release(): void {
    this.length = 0;
    this.end = 0;
    this.times = undefined;
    if (free.length < MAX_FREE && this.starts.length <= MAX_FREE_LINES) free.push(this);
  }

  /** Adds a line that ends at a place. @returns its number, for its series to be set */
  add(end: number, value: number, time: number): number {
    const line = this.length++;
    if (line === this.starts.length) this.#grow();
    this.starts[line] = this.end;
    this.end = end;
    this.values[line] = value;
    if (!Number.isNaN(time)) this.#setTime(line, time);
    return line;
  }

  /** The type that was declared last before the series: bounds of buckets are written after it. */
  typeOf(line: number): MetricType {
    return METRIC_TYPES[this.#types[line] as number] as MetricType;
  }

  setSeries(line: number, series: number, valueStart: number, slot: number, type: MetricType): void {
    this.series[line] = series;
    this.valueStarts[line] = valueStart;
    this.slots[line] = slot;
    this.#types[line] = TYPE_NUMBER.get(type) as number;
  }

  /** The series of a line is that of another page's line, whose bytes before the value are the same. */
  copySeries(line: number, known: PageLines, from: number): void {
    const shift = (this.starts[line] as number) - (known.starts[from] as number);
    this.series[line] = (known.series[from] as number) + shift;
    this.valueStarts[line] = (known.valueStarts[from] as number) + shift;
    this.slots[line] = known.slots[from] as number;
    this.#types[line] = known.#types[from] as number;
  }

  #setTime(line: number, time: number): void {
    this.times ??= new Float64Array(this.starts.length).fill(Number.NaN);
    this.times[line] = time;
  }

  #grow(): void {
    const size = this.starts.length * 2;
    this.starts = grown(this.starts, new Uint32Array(size));
    this.series = grown(this.series, new Uint32Array(size));
    this.valueStarts = grown(this.valueStarts, new Uint32Array(size));
    this.slots = grown(this.slots, new Int32Array(size));
    this.values = grown(this.values, new Float64Array(size));
    this.#types = grown(this.#types, new Uint8Array(size));
    if (this.times) this.times = grown(this.times, new Float64Array(size).fill(Number.NaN));
  }
}

function grown<T extends Uint8Array | Uint32Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
