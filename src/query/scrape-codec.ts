// A scrape on its way between threads. Comes in: thousands of small arrays with the same few texts in them; goes out:
// three large arrays, which are handed over and not copied, and every text once.

import { TimeSlicer } from '../concurrency/time-slicer.js';
import type { Scrape, ScrapeLayout, ScrapePart } from '../model/scrape.js';
import type { Millis } from '../model/time.js';

/** What a part takes in `parts`: how many values, whether NaN is one, how many series (-1: no layout). */
const PART = 3;

/** Survives the way between threads. */
export interface PackedScrape {
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
}

/**
 * Packs a scrape by pieces; its arrays stay as they are. Each layout is looked at once, since it may be made for that.
 */
export async function packScrape(scrape: Scrape): Promise<PackedScrape> {
  const { at, isInterim = false, clockSetBy = 0, parts, gone } = scrape;
  const slicer = new TimeSlicer();
  const texts = new Map<string, number>();
  const series = new GrowingRow();
  const shapes = new Int32Array(parts.length * PART);
  const values = new Float64Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let value = 0;
  for (const [i, part] of parts.entries()) {
    const { layout } = part;
    shapes.set([part.values.length, part.keepsNaN ? 1 : 0, layout?.series.length ?? -1], i * PART);
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
    at,
    isInterim,
    clockSetBy,
    gone,
    sources,
    parts: shapes,
    series: series.end(),
    texts: [...texts.keys()],
    values,
  };
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
export function buffersOf({ parts, series, values }: PackedScrape): ArrayBuffer[] {
  return [parts.buffer, series.buffer, values.buffer];
}

/** The scrape that was packed. Equal texts are one; layouts are made when they are looked at. */
export function unpackScrape(packed: PackedScrape): Scrape {
  const { at, isInterim, clockSetBy, gone, sources, parts } = packed;
  const place = { series: 0, value: 0 };
  return {
    at,
    isInterim,
    ...(clockSetBy === 0 ? {} : { clockSetBy }),
    gone,
    parts: sources.map((source, i) => unpackPart(packed, source, parts.subarray(i * PART), place)),
  };
}

function unpackPart(
  { series, texts, values }: PackedScrape,
  source: string,
  [count = 0, keepsNaN, length = -1]: Int32Array,
  place: { series: number; value: number },
): ScrapePart {
  const [start, value] = [place.series, place.value];
  place.value += count;
  for (let i = 0; i < length; i++) place.series += 1 + (series[place.series] as number);
  return {
    source,
    values: values.subarray(value, place.value),
    ...(keepsNaN ? { keepsNaN: true } : {}),
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
