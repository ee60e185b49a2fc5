// A scrape on its way between threads. Comes in: thousands of small arrays with the same few texts in them; goes out:
// a few large arrays, which are handed over and not copied, and every text once.

import { TimeSlicer } from '../concurrency/time-slicer.js';
import type { Scrape, ScrapeLayout, ScrapePart } from '../model/scrape.js';
import type { Millis } from '../model/time.js';

/** What a part takes in `parts`: how many values, its flags, how many series (-1: no layout). */
const PART = 3;
const KEEPS_NAN = 1;
const HAS_TIMESTAMPS = 2;
const TRACKS_STALENESS = 4;

/** Survives the way between threads. */
export interface PackedScrape {
  readonly stream: string | undefined;
  readonly ends: boolean;
  readonly at: Millis;
  readonly isInterim: boolean;
  readonly clockSetBy: Millis;
  readonly gone: readonly string[];
  /** The source of each part. */
  readonly sources: readonly string[];
  readonly parts: Int32Array<ArrayBuffer>;
  /** For each series of a layout how many texts it has, and which. */
  readonly series: Uint32Array<ArrayBuffer>;
  readonly texts: readonly string[];
  /** Of all parts, one after the other. */
  readonly values: Float64Array<ArrayBuffer>;
  /** Of the parts that have any, one after the other. */
  readonly timestamps: Float64Array<ArrayBuffer>;
}

/**
 * Packs a scrape by pieces; its arrays stay as they are. Each layout is looked at once, since it may be made for that.
 */
export async function packScrape(scrape: Scrape): Promise<PackedScrape> {
  const { stream, ends = false, at, isInterim = false, clockSetBy = 0, parts, gone } = scrape;
  const slicer = new TimeSlicer();
  const texts = new Map<string, number>();
  const series = new GrowingRow();
  const shapes = new Int32Array(parts.length * PART);
  const values = new Float64Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let value = 0;
  for (const [i, part] of parts.entries()) {
    const { layout } = part;
    shapes.set([part.values.length, flagsOf(part), layout?.series.length ?? -1], i * PART);
    values.set(part.values, value);
    value += part.values.length;
    for (const flat of layout?.series ?? []) {
      series.push(flat.length);
      for (const text of flat) {
        const known = texts.get(text) ?? texts.size;
        if (known === texts.size) texts.set(text, known);
        series.push(known);
      }
      if (slicer.isLong) await slicer.yieldIfDue();
    }
  }
  const sources = parts.map(({ source }) => source);
  return {
    stream,
    ends,
    at,
    isInterim,
    clockSetBy,
    gone,
    sources,
    parts: shapes,
    series: series.end(),
    texts: [...texts.keys()],
    values,
    timestamps: timestampsOf(parts),
  };
}

function flagsOf({ keepsNaN, timestamps, tracksStaleness }: ScrapePart): number {
  return (
    (keepsNaN ? KEEPS_NAN : 0) | (timestamps ? HAS_TIMESTAMPS : 0) | (tracksStaleness ? TRACKS_STALENESS : 0)
  );
}

/** As many for a part as it has values. */
function timestampsOf(parts: readonly ScrapePart[]): Float64Array<ArrayBuffer> {
  const timed = parts.filter(part => part.timestamps !== undefined);
  const all = new Float64Array(timed.reduce((sum, { values }) => sum + values.length, 0)).fill(Number.NaN);
  let at = 0;
  for (const { values, timestamps = [] } of timed) {
    for (let i = 0; i < values.length; i++) all[at + i] = timestamps[i] ?? Number.NaN;
    at += values.length;
  }
  return all;
}

/** Whole numbers, how many is not known beforehand. */
class GrowingRow {
  #numbers = new Uint32Array(0);
  #length = 0;

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new Uint32Array(Math.max(1024, this.#length * 2));
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length++] = number;
  }

  end(): Uint32Array<ArrayBuffer> {
    return this.#numbers.slice(0, this.#length);
  }
}

/** What is handed over rather than copied. */
export function buffersOf({ parts, series, values, timestamps }: PackedScrape): ArrayBuffer[] {
  return [parts.buffer, series.buffer, values.buffer, timestamps.buffer];
}

/** The scrape that was packed. Equal texts are one; layouts are made when they are looked at. */
export function unpackScrape(packed: PackedScrape): Scrape {
  const { stream, ends, at, isInterim, clockSetBy, gone, sources, parts } = packed;
  const place = { series: 0, value: 0, timestamp: 0 };
  return {
    ...(stream === undefined ? {} : { stream }),
    ...(ends ? { ends } : {}),
    at,
    isInterim,
    ...(clockSetBy === 0 ? {} : { clockSetBy }),
    gone,
    parts: sources.map((source, i) => unpackPart(packed, source, parts.subarray(i * PART), place)),
  };
}

function unpackPart(
  { series, texts, values, timestamps }: PackedScrape,
  source: string,
  [count = 0, flags = 0, length = -1]: Int32Array,
  place: { series: number; value: number; timestamp: number },
): ScrapePart {
  const [start, value, timestamp] = [place.series, place.value, place.timestamp];
  place.value += count;
  if (flags & HAS_TIMESTAMPS) place.timestamp += count;
  for (let i = 0; i < length; i++) place.series += 1 + (series[place.series] as number);
  return {
    source,
    values: values.subarray(value, place.value),
    ...(flags & KEEPS_NAN ? { keepsNaN: true } : {}),
    ...(flags & HAS_TIMESTAMPS ? { timestamps: timestamps.subarray(timestamp, place.timestamp) } : {}),
    ...(flags & TRACKS_STALENESS ? { tracksStaleness: true } : {}),
    get layout() {
      return length < 0 ? undefined : unpackLayout(series, start, length, texts);
    },
  };
}

function unpackLayout(
  series: Uint32Array,
  start: number,
  length: number,
  texts: readonly string[],
): ScrapeLayout {
  let place = start;
  const next = () => {
    const end = place + 1 + (series[place] as number);
    const flat = Array.from(series.subarray(place + 1, end), text => texts[text] as string);
    place = end;
    return flat;
  };
  return { series: Array.from({ length }, next) };
}
