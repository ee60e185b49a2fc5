// Which series each source of a stream shows: scrapes bring only what changed, and this remembers the rest.

import { Labels } from '../../model/labels.js';
import type { Scrape, ScrapePart } from '../../model/scrape.js';
import type { SeriesRef } from './series-ref.js';
import type { SeriesRegistry } from './series-registry.js';

interface KnownSource extends SourceSamples {
  /** Our own: what came is not kept. */
  values: Float64Array;
  keepsNaN: boolean;
  timestamps: Float64Array | undefined;
  tracksStaleness: boolean;
}

/** What one source shows at a time. */
export interface SourceSamples {
  /** Entries may be replaced, by a series that has the same labels and is in the index. */
  readonly series: Int32Array;
  /** Value i is that of series i; what one of them is longer is nothing. */
  readonly values: Float64Array;
  /** NaN is a value; otherwise it is nothing. */
  readonly keepsNaN: boolean;
  /** Times that samples of the last scrape had of their own; NaN: the scrape's. */
  readonly timestamps: Float64Array | undefined;
  /** Series whose samples have times of their own end when they are not shown any more. */
  readonly tracksStaleness: boolean;
}

/** A sample of a source: its own time, NaN when it has none, and whether its series ends when it is not shown any more. */
type OnSample = (series: SeriesRef, value: number, at: number, tracksStaleness: boolean) => SeriesRef;

/** The sources of one stream's scrapes so far. */
export class Sources {
  readonly #sources = new Map<string, KnownSource>();
  readonly #registry: SeriesRegistry;

  constructor(registry: SeriesRegistry) {
    this.#registry = registry;
  }

  /** Takes over what changed. @returns values of sources whose layout never came, so that their series are unknown. */
  update({ parts, gone }: Scrape): number {
    for (const source of gone) this.#sources.delete(source);
    return parts.reduce((unknown, part) => unknown + (this.#updatePart(part) ? 0 : part.values.length), 0);
  }

  #updatePart({ source, layout, values, ...rest }: ScrapePart): boolean {
    const known = this.#sources.get(source);
    const keepsNaN = rest.keepsNaN === true;
    const timestamps = rest.timestamps && Float64Array.from(rest.timestamps);
    const tracksStaleness = rest.tracksStaleness === true;
    if (layout) {
      const series = Int32Array.from(layout.series, (flat, i) => this.#same(known?.series[i], flat));
      const fresh = { series, values: Float64Array.from(values), keepsNaN, timestamps, tracksStaleness };
      this.#sources.set(source, fresh);
    } else if (known) {
      if (known.values.length === values.length) known.values.set(values);
      else known.values = Float64Array.from(values);
      Object.assign(known, { keepsNaN, timestamps, tracksStaleness });
    }
    return layout !== undefined || known !== undefined;
  }

  /** Most of a changed layout is as it was. */
  #same(before: SeriesRef | undefined, flat: readonly string[]): SeriesRef {
    const labels = labelsOf(flat);
    if (before !== undefined && this.#registry.index.isLabelled(before, labels)) return before;
    return this.#registry.resolve(labels);
  }

  /** Forgets all sources. */
  clear(): void {
    this.#sources.clear();
  }

  /** Every series of a source, those without samples too. */
  eachHeld(held: (series: SeriesRef) => void): void {
    for (const { series } of this.#sources.values()) series.forEach(held);
  }

  /** All sources. */
  all(): Iterable<SourceSamples> {
    return this.#sources.values();
  }

  /** Calls back for each series that is there; what is returned is the series from now on. */
  each(sample: OnSample): void {
    for (const { series, values, keepsNaN, timestamps, tracksStaleness } of this.#sources.values()) {
      const count = Math.min(series.length, values.length);
      for (let i = 0; i < count; i++) {
        const value = values[i] as number;
        if (!keepsNaN && Number.isNaN(value)) continue;
        const at = timestamps?.[i] ?? Number.NaN;
        series[i] = sample(series[i] as SeriesRef, value, at, tracksStaleness);
      }
    }
  }
}

function labelsOf(flat: readonly string[]): Labels {
  const names: string[] = [];
  const values: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    if (flat[i + 1] === '') continue;
    names.push(flat[i] as string);
    values.push(flat[i + 1] as string);
  }
  return Labels.sorted(names, values);
}
