// A scrape on its way between threads. Comes in: thousands of small arrays with the same few texts in them; goes out:
// a few large arrays, which are handed over and not copied, and every text once.

import { TimeSlicer } from '../concurrency/time-slicer.js';
import type { Scrape, ScrapeLayout, ScrapePart, StreamScrape } from '../model/scrape.js';
import type { Millis } from '../model/time.js';

/** What a part takes in `parts`: how many values, its flags, how many series (-1: no layout). */
const PART = 3;
const KEEPS_NAN = 1;
const HAS_TIMESTAMPS = 2;
const TRACKS_STALENESS = 4;

/** Parts of scrapes, one after the other. Survives the way between threads. */
interface PackedParts {
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

/** A scrape of the monitor's own. */
export interface PackedScrape extends PackedParts {
  readonly at: Millis;
  readonly isInterim: boolean;
  readonly clockSetBy: Millis;
  readonly gone: readonly string[];
}

/** Scrapes of other streams: entry i of each is of the same one. */
export interface PackedStreams extends PackedParts {
  readonly streams: readonly string[];
  readonly times: Float64Array<ArrayBuffer>;
  readonly gone: readonly (readonly string[])[];
  /** How many parts it has; -1: the stream is over. */
  readonly counts: Int32Array<ArrayBuffer>;
}

const OVER = -1;

/**
 * Packs a scrape by pieces; its arrays stay as they are. Each layout is looked at once, since it may be made for that.
 */
export async function packScrape(scrape: Scrape): Promise<PackedScrape> {
  const { at, isInterim = false, clockSetBy = 0, parts, gone } = scrape;
  return { at, isInterim, clockSetBy, gone, ...(await packParts(parts)) };
}

/** The same for scrapes of other streams. */
export async function packStreams(scrapes: readonly StreamScrape[]): Promise<PackedStreams> {
  return {
    streams: scrapes.map(({ stream }) => stream),
    times: Float64Array.from(scrapes, ({ at }) => at),
    gone: scrapes.map(({ gone }) => gone),
    counts: Int32Array.from(scrapes, ({ parts, ends }) => (ends ? OVER : parts.length)),
    ...(await packParts(scrapes.flatMap(({ parts, ends }) => (ends ? [] : parts)))),
  };
}

async function packParts(parts: readonly ScrapePart[]): Promise<PackedParts> {
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
  return {
    sources: parts.map(({ source }) => source),
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

/** What is handed over rather than copied: to hand over an array costs as much as to copy a thousand bytes. */
export function buffersOf({ series, values, timestamps }: PackedParts): ArrayBuffer[] {
  return [series, values, timestamps].filter(({ length }) => length > 0).map(({ buffer }) => buffer);
}

/** The scrape that was packed. Equal texts are one; layouts are made when they are looked at. */
export function unpackScrape(packed: PackedScrape): Scrape {
  const { at, isInterim, clockSetBy, gone } = packed;
  const next = unpackParts(packed);
  return {
    at,
    isInterim,
    ...(clockSetBy === 0 ? {} : { clockSetBy }),
    gone,
    parts: packed.sources.map(next),
  };
}

/** The same for scrapes of other streams. */
export function unpackStreams(packed: PackedStreams): StreamScrape[] {
  const { streams, times, gone, counts } = packed;
  const next = unpackParts(packed);
  return streams.map((stream, i) => {
    const count = counts[i] as number;
    const scrape = { stream, at: times[i] as Millis, gone: gone[i] as readonly string[] };
    if (count === OVER) return { ...scrape, parts: [], ends: true };
    return { ...scrape, parts: Array.from({ length: count }, next) };
  });
}

/** @returns what gives one part after the other */
function unpackParts(packed: PackedParts): () => ScrapePart {
  const place = { series: 0, value: 0, timestamp: 0 };
  let part = 0;
  return () => {
    return unpackPart(packed, part++, place);
  };
}

type MutablePart = { -readonly [K in keyof ScrapePart]: ScrapePart[K] };

function unpackPart(
  { sources, parts, series, texts, values, timestamps }: PackedParts,
  index: number,
  place: { series: number; value: number; timestamp: number },
): ScrapePart {
  const count = parts[index * PART] as number;
  const flags = parts[index * PART + 1] as number;
  const length = parts[index * PART + 2] as number;
  const end = place.value + count;
  const part: MutablePart = { source: sources[index] as string, values: values.subarray(place.value, end) };
  place.value = end;
  if (flags & KEEPS_NAN) part.keepsNaN = true;
  if (flags & TRACKS_STALENESS) part.tracksStaleness = true;
  if (flags & HAS_TIMESTAMPS) {
    part.timestamps = timestamps.subarray(place.timestamp, place.timestamp + count);
    place.timestamp += count;
  }
  if (length < 0) return part;
  const start = place.series;
  for (let i = 0; i < length; i++) place.series += 1 + (series[place.series] as number);
  Object.defineProperty(part, 'layout', { get: () => unpackLayout(series, start, length, texts) });
  return part;
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
