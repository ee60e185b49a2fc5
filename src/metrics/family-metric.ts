// A family of measured samples as a metric of prom-client's registry. It has no counters of its own: its samples are
// the probes' last readings, which is the const-metric pattern of "Writing exporters". Its lines are half written
// beforehand, because prom-client spends 2.5 us on a series and a load balancer has 80,000 of them.

import type { MetricValue } from 'prom-client';
import type { MetricFamily } from '../model/family.js';
import { formatLabels } from '../model/labels.js';

/** Samples of one source (a service, say) in one family: where its values stand, and who they are. */
export interface Part {
  /** Read through this, because every check brings another array. */
  readonly source: { readonly values: readonly number[] };
  /** Index into the values for each series. Sources that are laid out alike share it, and the labels. */
  readonly at: readonly number[];
  readonly target: string;
  /** Label values beside `target`, for each series. */
  readonly labels: readonly (readonly string[])[];
  /** `name{labels} `, made when first printed. */
  prefixes?: string[];
}

/** What prom-client's metrics answer when they are asked for their samples. */
export interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly (MetricValue<string> & { readonly metricName?: string })[];
}

/** One family's samples over all sources; NaN is a sample that is absent. */
export class FamilyMetric {
  readonly name: string;
  readonly help: string;
  readonly type: MetricFamily['type'];
  readonly labelNames: readonly string[];
  readonly aggregator = 'first';
  readonly #parts = new Map<object, Part>();

  constructor(family: MetricFamily) {
    this.name = family.name;
    this.help = family.help;
    this.type = family.type;
    this.labelNames = ['target', ...family.labels];
  }

  /** Replaces what a source has in this family; undefined takes it out. */
  setPart(source: object, part: Part | undefined): void {
    if (part) this.#parts.set(source, part);
    else this.#parts.delete(source);
  }

  /** Whether a source has series here; each of them may be absent at the moment. */
  get hasSamples(): boolean {
    return this.#parts.size > 0;
  }

  /** The samples' lines of the text format, each with its line feed; OpenMetrics writes them alike. */
  lines(): string {
    let text = '';
    for (const part of this.#parts.values()) {
      part.prefixes ??= this.#prefixes(part);
      const { at, prefixes } = part;
      const { values } = part.source;
      for (let i = 0; i < at.length; i++) {
        const value = values[at[i] as number] as number;
        if (Number.isNaN(value)) continue;
        text += `${prefixes[i] as string}${formatValue(value)}\n`;
      }
    }
    return text;
  }

  /** prom-client's way of asking. */
  async get(): Promise<Collected> {
    const values: MetricValue<string>[] = [];
    for (const { source, at, target, labels } of this.#parts.values()) {
      for (let i = 0; i < at.length; i++) {
        const value = source.values[at[i] as number] as number;
        if (Number.isNaN(value)) continue;
        const own = this.labelNames.map((name, n) => [name, n === 0 ? target : (labels[i]?.[n - 1] ?? '')]);
        values.push({ value, labels: Object.fromEntries(own) });
      }
    }
    return { name: this.name, help: this.help, type: this.type, values };
  }

  /** prom-client's `resetMetrics`: readings are not ours to reset. */
  reset(): void {}

  #prefixes({ target, labels }: Part): string[] {
    return labels.map(own => `${this.name}${formatLabels(this.labelNames, [target, ...own])} `);
  }
}

/** A number as Prometheus' text format writes it. */
export function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
