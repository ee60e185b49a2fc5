// Which series each source shows: scrapes bring only what changed, and this remembers the rest.

import { Labels } from '../../model/labels.js';
import type { Scrape, ScrapePart } from '../../model/scrape.js';
import type { SeriesRef } from './series-columns.js';
import type { SeriesRegistry } from './series-registry.js';

interface InterimSource {
  /** Replaced where another source had the same series before. */
  readonly series: Int32Array;
  /** Our own: what came is not kept. */
  values: Float64Array;
  keepsNaN: boolean;
}

/** The sources of all scrapes so far. */
export class Sources {
  readonly #sources = new Map<string, InterimSource>();
  readonly #registry: SeriesRegistry;

  constructor(registry: SeriesRegistry) {
    this.#registry = registry;
  }

  /** Takes over what changed. @returns values of sources whose layout never came, so that their series are unknown. */
  update({ parts, gone }: Scrape): number {
    for (const source of gone) this.#sources.delete(source);
    return parts.reduce((unknown, part) => unknown + (this.#updatePart(part) ? 0 : part.values.length), 0);
  }

  #updatePart({ source, layout, values, keepsNaN }: ScrapePart): boolean {
    const known = this.#sources.get(source);
    if (layout) {
      const series = Int32Array.from(layout.series, (flat, i) => this.#same(known?.series[i], flat));
      this.#sources.set(source, { series, values: Float64Array.from(values), keepsNaN: keepsNaN === true });
    } else if (known) {
      if (known.values.length === values.length) known.values.set(values);
      else known.values = Float64Array.from(values);
      known.keepsNaN = keepsNaN === true;
    }
    return layout !== undefined || known !== undefined;
  }

  /** Most of a changed layout is as it was. */
  #same(before: SeriesRef | undefined, flat: readonly string[]): SeriesRef {
    const labels = labelsOf(flat);
    if (before !== undefined && this.#registry.index.isLabelled(before, labels)) return before;
    return this.#registry.resolve(labels);
  }

  /** Every series of a source, those without samples too. */
  eachHeld(held: (series: SeriesRef) => void): void {
    for (const { series } of this.#sources.values()) series.forEach(held);
  }

  /** Calls back for each series that is there; what is returned is the series from now on. */
  each(sample: (series: SeriesRef, value: number) => SeriesRef): void {
    for (const { series, values, keepsNaN } of this.#sources.values()) {
      const count = Math.min(series.length, values.length);
      for (let i = 0; i < count; i++) {
        const value = values[i] as number;
        if (keepsNaN || !Number.isNaN(value)) series[i] = sample(series[i] as SeriesRef, value);
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
