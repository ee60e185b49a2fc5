// A family of measured samples as a metric of prom-client's registry. It keeps no numbers of its own: its samples are
// the sources' last readings, which is the const-metric pattern of "Writing exporters". Its lines are half written
// beforehand, because prom-client spends 2.5 us on a series and a load balancer has 80,000 of them; and a thousand
// services that are laid out alike have these halves in common.

import type { MetricValue } from 'prom-client';
import type { MetricFamily } from '../model/family.js';
import { escapeLabelValue } from '../model/labels.js';
import type { Layout } from '../model/result.js';
import type { TextWriter } from './text-writer.js';

/** A source as it is at present; another layout or other values are other objects. */
export interface SourceView {
  readonly target: string;
  readonly layout: Layout;
  readonly values: readonly number[];
}

/** What prom-client's metrics answer when they are asked for their samples. */
export interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly (MetricValue<string> & { readonly metricName?: string })[];
}

/** The series of one layout that are of this family. */
interface Rows {
  /** Where they stand in the layout and in its sources' values. */
  readonly at: readonly number[];
  /** What each line says before the target and behind it, made when first printed. */
  around?: { readonly heads: readonly string[]; readonly tails: readonly string[] };
}

/** One family's samples over all sources; NaN is a sample that is absent. */
export class FamilyMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricFamily['type'];
  readonly aggregator = 'first';
  /** What its series may be called, a histogram's three ways, and their labels beside `target`. */
  readonly series: ReadonlyMap<string, readonly string[]>;
  readonly #sources: ReadonlyMap<string, SourceView>;
  readonly #rows = new Map<Layout, Rows>();

  /** @param sources the readings of all sources, in the order they are printed in */
  constructor(family: MetricFamily, sources: ReadonlyMap<string, SourceView>) {
    const { name, labels } = family;
    this.name = name;
    this.help = family.help;
    this.type = family.type;
    this.series = new Map(
      family.type === 'histogram'
        ? [
            [`${name}_bucket`, ['le', ...labels]],
            [`${name}_sum`, labels],
            [`${name}_count`, labels],
          ]
        : [[name, labels]],
    );
    this.#sources = sources;
  }

  /** Says which series of a layout are of this family; undefined when no source has the layout any more. */
  setRows(layout: Layout, at: readonly number[] | undefined): void {
    if (at) this.#rows.set(layout, { at });
    else this.#rows.delete(layout);
  }

  /** Which series of a layout are of this family: where they stand in it. */
  rowsOf(layout: Layout): readonly number[] {
    return this.#rows.get(layout)?.at ?? [];
  }

  /** Whether a source has series here; each of them may be absent at the moment. */
  get hasSamples(): boolean {
    return this.#rows.size > 0;
  }

  /** Writes the samples' lines of the text format; OpenMetrics writes them alike. */
  write(writer: TextWriter): void {
    if (!this.hasSamples) return;
    for (const { target, layout, values } of this.#sources.values()) {
      const rows = this.#rows.get(layout);
      if (!rows) continue;
      rows.around ??= this.#around(layout, rows.at);
      const { heads, tails } = rows.around;
      const own = escapeLabelValue(target);
      for (let i = 0; i < tails.length; i++) {
        const value = values[rows.at[i] as number] as number;
        if (Number.isNaN(value)) continue;
        writer.add(`${heads[i] as string}${own}${tails[i] as string}${formatValue(value)}\n`);
      }
    }
  }

  /** prom-client's way of asking. */
  async get(): Promise<Collected> {
    const values: Collected['values'][number][] = [];
    for (const source of this.hasSamples ? this.#sources.values() : []) {
      const { target, layout } = source;
      for (const i of this.#rows.get(layout)?.at ?? []) {
        const value = source.values[i] as number;
        if (Number.isNaN(value)) continue;
        const metricName = layout.families[i] as string;
        const labels = Object.fromEntries(this.labelsOf(metricName, target, layout.labels[i]));
        values.push(metricName === this.name ? { value, labels } : { value, labels, metricName });
      }
    }
    return { name: this.name, help: this.help, type: this.type, values };
  }

  /** prom-client's `resetMetrics`: readings are not ours to reset. */
  reset(): void {}

  /** A series' labels in the order they are printed in: a histogram's as prom-client has them, the target last. */
  labelsOf(series: string, target: string, values: readonly string[] = []): [name: string, value: string][] {
    const names = this.series.get(series) ?? [];
    const own = names.map((name, i): [string, string] => [name, values[i] ?? '']);
    return this.type === 'histogram' ? [...own, ['target', target]] : [['target', target], ...own];
  }

  #around({ families, labels }: Layout, at: readonly number[]): Required<Rows>['around'] {
    const heads: string[] = [];
    const tails: string[] = [];
    for (const i of at) {
      const series = families[i] as string;
      const all = this.labelsOf(series, '', labels[i]);
      const own = all.findIndex(([name]) => name === 'target');
      const texts = all.map(([name, value]) => `${name}="${escapeLabelValue(value)}"`);
      const head = [`${series}{`, ...texts.slice(0, own).map(text => `${text},`), 'target="'].join('');
      heads.push(head === heads.at(-1) ? (heads.at(-1) as string) : head);
      tails.push(['"', ...texts.slice(own + 1).map(text => `,${text}`), '} '].join(''));
    }
    return { heads, tails };
  }
}

/** A number as Prometheus' text format writes it. */
export function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
