// Readings in, metrics out: what /metrics shows of everything that is probed. Comes in: a check's readings; goes
// out: families in prom-client's registry. Called by app.ts for every result.

import type { Metric, Registry } from 'prom-client';
import type { MetricFamily } from '../model/family.js';
import type { Layout, Readings } from '../model/result.js';
import { FamilyMetric, type Part } from './family-metric.js';

interface Source {
  readonly target: string;
  layout: Layout;
  values: readonly number[];
  families: FamilyMetric[];
}

/** A source as it is at present; another layout or other values are other objects. */
export interface SourceView {
  readonly target: string;
  readonly layout: Layout;
  readonly values: readonly number[];
}

/** Holds each source's last readings. A series that is not repeated is gone. */
export class Exposition {
  readonly #families = new Map<string, FamilyMetric>();
  readonly #sources = new Map<string, Source>();
  #version = 0;

  /** Registers every family there may be; a family named twice is taken once. */
  constructor(registry: Registry, families: Iterable<MetricFamily>) {
    for (const family of families) {
      if (this.#families.has(family.name)) continue;
      const metric = new FamilyMetric(family);
      this.#families.set(family.name, metric);
      registry.registerMetric(metric as unknown as Metric);
    }
  }

  /** Changes whenever a sample may have. */
  get version(): number {
    return this.#version;
  }

  /** Something outside the readings has changed what /metrics shows. */
  touch(): void {
    this.#version++;
  }

  /**
   * Replaces a source's readings. `source` says whose they are (a target may have several sources), `target` is the
   * label. Readings without a layout have the last one's.
   */
  observe(source: string, target: string, readings: Readings): void {
    this.#version++;
    let known = this.#sources.get(source);
    if (!known || readings.layout) {
      if (known) this.#takeOut(known);
      if (!readings.layout) return;
      known = { target, layout: readings.layout, values: readings.values, families: [] };
      this.#sources.set(source, known);
      this.#layOut(known, target, readings.layout);
    }
    known.values = readings.values;
  }

  /** Takes everything of a source away. */
  forget(source: string): void {
    const known = this.#sources.get(source);
    if (!known) return;
    this.#version++;
    this.#takeOut(known);
    this.#sources.delete(source);
  }

  /** Every source by its name. */
  sources(): ReadonlyMap<string, SourceView> {
    return this.#sources;
  }

  /** Label names of a family, `target` first. */
  labelNames(family: string): readonly string[] {
    return this.#families.get(family)?.labelNames ?? [];
  }

  #takeOut(source: Source): void {
    for (const family of source.families) family.setPart(source, undefined);
    source.families = [];
  }

  #layOut(source: Source, target: string, layout: Layout): void {
    const places = new Map<string, number[]>();
    for (const [i, name] of layout.families.entries()) {
      const known = places.get(name);
      if (known) known.push(i);
      else places.set(name, [i]);
    }
    for (const [name, at] of places) {
      const family = this.#families.get(name);
      if (!family) throw new Error(`a probe recorded ${name}, which no kind declares`);
      const labels = at.map(i => layout.labels[i] ?? []);
      const part: Part = { source, at: Int32Array.from(at), target, labels };
      family.setPart(source, part);
      source.families.push(family);
    }
  }
}
