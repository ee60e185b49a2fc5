// Series of the selectors that were read last, with their labels and in their order: dashboards and rules ask for the same few
// again and again, and finding and naming a handful of series takes longer than reading their last samples.

import { compareLabels, type Labels } from '../../model/labels.js';
import type { LabelMatcher } from '../../model/samples.js';
import type { SeriesIndex } from './series-index.js';
import type { SeriesRef } from './series-ref.js';

/** Of more series labels are not kept. */
const MAX_SERIES = 32;
const MAX_SELECTIONS = 64;

export interface LabelledSeries {
  readonly series: SeriesRef;
  readonly labels: Labels;
}

interface KnownSelection {
  /** Of the index, when it was read. */
  readonly version: number;
  readonly series: readonly LabelledSeries[];
}

export class KnownSelections {
  readonly #index: SeriesIndex;
  /** By the array of matchers, which a parsed expression keeps; the one that was read first comes first. */
  readonly #known = new Map<readonly LabelMatcher[], KnownSelection>();

  constructor(index: SeriesIndex) {
    this.#index = index;
  }

  /** Series of the index that satisfy all matchers and a condition, sorted by labels. */
  select(matchers: readonly LabelMatcher[], condition: (series: SeriesRef) => boolean): LabelledSeries[] {
    const known = this.#known.get(matchers);
    if (known?.version === this.#index.version) return known.series.filter(({ series }) => condition(series));
    const found = this.#index.select(matchers);
    if (found.length > MAX_SERIES) return labelled(this.#index, found.filter(condition));
    const series = labelled(this.#index, found);
    this.#keep(matchers, { version: this.#index.version, series });
    return series.filter(each => condition(each.series));
  }

  #keep(matchers: readonly LabelMatcher[], selection: KnownSelection): void {
    this.#known.delete(matchers);
    this.#known.set(matchers, selection);
    if (this.#known.size <= MAX_SELECTIONS) return;
    const [first] = this.#known.keys();
    if (first) this.#known.delete(first);
  }
}

/** Series with their labels, sorted by them. */
export function labelled(index: SeriesIndex, series: readonly SeriesRef[]): LabelledSeries[] {
  return series
    .map(each => ({ series: each, labels: index.labels(each) }))
    .sort((a, b) => compareLabels(a.labels, b.labels));
}
