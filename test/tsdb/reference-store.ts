// What a sample store of several streams has to keep, written down as plainly as it can be: no rows, chunks or files.

import type { AppendResult } from '../../src/model/scrape.js';

/** A sample as a target shows it. */
export interface ShownSample {
  readonly series: string;
  readonly value: number;
  /** Its own time, if it has one. */
  readonly time?: number;
}

interface ReferenceSeries {
  readonly samples: Map<number, number>;
  readonly ends: Set<number>;
  last: number;
  /** The stream that brought the newest sample. */
  writer: string;
}

interface ReferenceStream {
  last: number;
  /** Series of the last scrape that end when they are not in the next one. */
  live: Set<string>;
}

const HOUR = 3_600_000;
const TEN_MINUTES = 600_000;

/** Scrapes of streams and what they amount to. */
export class ReferenceStore {
  readonly #series = new Map<string, ReferenceSeries>();
  readonly #streams = new Map<string, ReferenceStream>();

  #of(series: string): ReferenceSeries {
    const known = this.#series.get(series) ?? { samples: new Map(), ends: new Set(), last: -1, writer: '' };
    this.#series.set(series, known);
    return known;
  }

  #stream(name: string): ReferenceStream {
    const known = this.#streams.get(name) ?? { last: -1, live: new Set() };
    this.#streams.set(name, known);
    return known;
  }

  append(name: string, at: number, shown: readonly ShownSample[], tracksStaleness: boolean): AppendResult {
    const stream = this.#stream(name);
    const result = { appended: 0, outOfOrder: 0, duplicates: 0, outOfBounds: 0, unknown: 0 };
    if (at <= stream.last) return { ...result, outOfOrder: shown.length };
    const live = new Set<string>();
    for (const { series, value, time } of shown) {
      const taken = time ?? at;
      if (taken < at - HOUR || taken > at + TEN_MINUTES) {
        result.outOfBounds++;
        continue;
      }
      const kept = this.#of(series);
      if (taken > kept.last) {
        kept.samples.set(taken, value);
        kept.last = taken;
        kept.writer = name;
        result.appended++;
      } else if (taken < kept.last) {
        result.outOfOrder++;
        continue;
      } else if (!Object.is(kept.samples.get(taken), value)) {
        result.duplicates++;
        if (time === undefined) continue;
      } else if (time === undefined) continue;
      if (time === undefined || tracksStaleness) live.add(series);
    }
    this.#end(name, stream, at, live);
    stream.last = at;
    return result;
  }

  #end(name: string, stream: ReferenceStream, at: number, live: Set<string>): void {
    for (const series of stream.live) {
      const kept = this.#of(series);
      if (!live.has(series) && kept.last < at && kept.writer === name) kept.ends.add(at);
    }
    stream.live = live;
  }

  endStream(name: string, at: number): void {
    const stream = this.#stream(name);
    if (at > stream.last) this.#end(name, stream, at, new Set());
    this.#streams.delete(name);
  }

  /** What was shown before is not known after it: series that are not shown again do not end. */
  restart(): void {
    for (const stream of this.#streams.values()) stream.live.clear();
  }

  /** `name: 1@10 end@20` for each series with a sample or an end in a window; of the samples the newest alone if `isLatest`. */
  printed(from: number, to: number, isLatest = false): string[] {
    const isIn = (at: number) => from <= at && at <= to;
    return [...this.#series]
      .map(([series, { samples, ends }]): [string, [number, string][]] => {
        const all = [...samples]
          .filter(([at]) => isIn(at))
          .sort(([a], [b]) => a - b)
          .map(([at, value]): [number, string] => [at, `${value}@${at}`]);
        const over = [...ends].filter(isIn).map((at): [number, string] => [at, `end@${at}`]);
        return [series, [...(isLatest ? all.slice(-1) : all), ...over]];
      })
      .filter(([, all]) => all.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([series, all]) => {
        const sorted = all.sort(([a], [b]) => a - b).map(([, text]) => text);
        return `${series}: ${sorted.join(' ')}`;
      });
  }
}
