// Readings in, metrics out: what /metrics shows of everything that is probed. Comes in: a check's readings; goes
// out: families in prom-client's registry. Called by app.ts for every result.

import type { Metric, Registry } from 'prom-client';
import type { MetricFamily } from '../model/family.js';
import type { Layout, Readings } from '../model/result.js';
import { FamilyMetric } from './family-metric.js';

/** Longest layout that is compared with others; a load balancer's has no equal. */
const SHARED = 1000;

/** A layout family by family, for every source that has it: a thousand services of one kind are laid out alike. */
interface Plan {
  readonly layout: Layout;
  readonly families: readonly {
    readonly family: FamilyMetric;
    readonly at: readonly number[];
    readonly labels: readonly (readonly string[])[];
  }[];
  /** What it is found by, beside others; undefined for one that is not shared. */
  readonly hash: number | undefined;
  sources: number;
}

interface Source {
  readonly target: string;
  readonly plan: Plan;
  readonly layout: Layout;
  values: readonly number[];
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
  readonly #plans = new Map<number, Plan[]>();
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
      known = this.#layOut(target, readings.layout, readings.values);
      this.#sources.set(source, known);
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
    const { plan } = source;
    for (const { family } of plan.families) family.setPart(source, undefined);
    if (--plan.sources > 0 || plan.hash === undefined) return;
    const rest = this.#plans.get(plan.hash)?.filter(each => each !== plan) ?? [];
    if (rest.length > 0) this.#plans.set(plan.hash, rest);
    else this.#plans.delete(plan.hash);
  }

  #layOut(target: string, given: Layout, values: readonly number[]): Source {
    const plan = this.#planOf(given);
    const source = { target, plan, layout: plan.layout, values };
    plan.sources++;
    for (const { family, at, labels } of plan.families)
      family.setPart(source, { source, at, target, labels });
    return source;
  }

  #planOf(layout: Layout): Plan {
    const hash = layout.families.length <= SHARED ? hashOf(layout) : undefined;
    const alike = hash === undefined ? [] : (this.#plans.get(hash) ?? []);
    const known = alike.find(plan => isSame(plan.layout, layout));
    if (known) return known;
    const plan = { layout, families: this.#byFamily(layout), hash, sources: 0 };
    if (hash !== undefined) this.#plans.set(hash, [...alike, plan]);
    return plan;
  }

  #byFamily(layout: Layout): Plan['families'] {
    const places = new Map<string, number[]>();
    for (const [i, name] of layout.families.entries()) {
      const known = places.get(name);
      if (known) known.push(i);
      else places.set(name, [i]);
    }
    return [...places].map(([name, at]) => {
      const family = this.#families.get(name);
      if (!family) throw new Error(`a probe recorded ${name}, which no kind declares`);
      return { family, at, labels: at.map(i => layout.labels[i] ?? []) };
    });
  }
}

/** A number, since a text would be as long as the layout. */
function hashOf({ families, labels }: Layout): number {
  let hash = families.length;
  const add = (text: string) => {
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  };
  for (const name of families) add(name);
  for (const own of labels) for (const text of own) add(text);
  return hash;
}

function isSame(a: Layout, b: Layout): boolean {
  const isEqual = (one: readonly string[] = [], other: readonly string[] = []) =>
    one.length === other.length && one.every((text, i) => text === other[i]);
  return isEqual(a.families, b.families) && a.families.every((_, i) => isEqual(a.labels[i], b.labels[i]));
}
