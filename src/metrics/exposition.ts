// Readings in, metrics out: what /metrics shows of everything that is probed. Comes in: a check's readings; goes out:
// families in prom-client's registry.

import type { Metric, Registry } from 'prom-client';
import type { MetricFamily } from '../model/family.js';
import type { Layout, Readings } from '../model/result.js';
import { FamilyMetric, type SourceView } from './family-metric.js';

/** Longest layout that is compared with others; a load balancer's has no equal. */
const SHARED = 1000;

/** A layout and every source that has it: a thousand services of one kind are laid out alike. */
interface LayoutGroup {
  readonly layout: Layout;
  readonly families: readonly FamilyMetric[];
  /** What it is found by, beside others; undefined for one that is not shared. */
  readonly hash: number | undefined;
  sources: number;
}

interface ExpositionSource extends SourceView {
  readonly group: LayoutGroup;
  values: readonly number[];
}

/** Which lines a page has, whatever their values are. */
export interface Outline {
  /** All sources, in the order they are printed in. */
  readonly sources: readonly SourceView[];
  /** Of each family that has series: which of the sources have some, and how many there are, absent ones included. */
  readonly members: ReadonlyMap<
    FamilyMetric,
    { readonly sources: readonly number[]; readonly series: number }
  >;
}

/** Holds each source's last readings. A series that is not repeated is gone. */
export class Exposition {
  /** By the names their series have. */
  readonly #families = new Map<string, FamilyMetric>();
  readonly #sources = new Map<string, ExpositionSource>();
  readonly #layouts = new Map<number, LayoutGroup[]>();
  #version = 0;
  #structure = 0;
  #outline: { readonly structure: number; readonly outline: Outline } | undefined;

  /** Registers every family there may be; a family named twice is taken once. */
  constructor(registry: Registry, families: Iterable<MetricFamily>) {
    for (const family of new Map([...families].map(each => [each.name, each])).values()) {
      const metric = new FamilyMetric(family, this.#sources);
      for (const name of metric.series.keys()) this.#families.set(name, metric);
      registry.registerMetric(metric as unknown as Metric);
    }
  }

  /** Changes whenever a sample may have. */
  get version(): number {
    return this.#version;
  }

  /** Changes whenever a series may have come or gone, one that is absent for the moment not included. */
  get structure(): number {
    return this.#structure;
  }

  /** Which lines a page has; the same object as long as {@link structure} is the same. */
  get outline(): Outline {
    if (this.#outline?.structure !== this.#structure)
      this.#outline = { structure: this.#structure, outline: outlineOf([...this.#sources.values()]) };
    return this.#outline.outline;
  }

  /** Something outside the readings has changed what /metrics shows. */
  markChanged(): void {
    this.#version++;
  }

  /**
   * Replaces a source's readings. `source` says whose they are (a target may have several sources), `target` is the
   * label. Readings without a layout have the last one's.
   */
  observe(source: string, target: string, readings: Readings): void {
    this.#version++;
    let known = this.#sources.get(source);
    const { layout } = readings;
    const isNew = layout && !(known?.target === target && isSame(known.layout, layout));
    if (!known || isNew) {
      if (known) this.#removeSource(known);
      if (!layout) return;
      known = this.#addSource(target, layout, readings.values);
      this.#sources.set(source, known);
    }
    known.values = readings.values;
  }

  /** Takes everything of a source away. */
  remove(source: string): void {
    const known = this.#sources.get(source);
    if (!known) return;
    this.#version++;
    this.#removeSource(known);
    this.#sources.delete(source);
  }

  /** Every source by its name. */
  sources(): ReadonlyMap<string, SourceView> {
    return this.#sources;
  }

  /** A series' labels with the target among them, in the order they are printed in. */
  labelsOf(series: string, target: string, values: readonly string[] | undefined): [string, string][] {
    return this.#families.get(series)?.labelsOf(series, target, values) ?? [];
  }

  #removeSource({ group }: ExpositionSource): void {
    this.#structure++;
    if (--group.sources > 0) return;
    for (const family of group.families) family.setRows(group.layout, undefined);
    if (group.hash === undefined) return;
    const rest = this.#layouts.get(group.hash)?.filter(each => each !== group) ?? [];
    if (rest.length > 0) this.#layouts.set(group.hash, rest);
    else this.#layouts.delete(group.hash);
  }

  #addSource(target: string, given: Layout, values: readonly number[]): ExpositionSource {
    this.#structure++;
    const group = this.#layoutGroupOf(given);
    group.sources++;
    return { target, group, layout: group.layout, values };
  }

  #layoutGroupOf(layout: Layout): LayoutGroup {
    const hash = layout.families.length <= SHARED ? hashOf(layout) : undefined;
    const alike = hash === undefined ? [] : (this.#layouts.get(hash) ?? []);
    const known = alike.find(group => isSame(group.layout, layout));
    if (known) return known;
    // Families identify a group by its layout object, so it must not be shared with the caller.
    const own = { ...layout };
    const group = { layout: own, families: this.#assignRows(own), hash, sources: 0 };
    if (hash !== undefined) this.#layouts.set(hash, [...alike, group]);
    return group;
  }

  /** Assigns rows to families. */
  #assignRows(layout: Layout): FamilyMetric[] {
    const places = new Map<FamilyMetric, number[]>();
    for (const [i, name] of layout.families.entries()) {
      const family = this.#families.get(name);
      if (!family) throw new Error(`a probe recorded ${name}, which no kind declares`);
      const known = places.get(family);
      if (known) known.push(i);
      else places.set(family, [i]);
    }
    for (const [family, at] of places) family.setRows(layout, at);
    return [...places.keys()];
  }
}

function outlineOf(sources: readonly ExpositionSource[]): Outline {
  const all = new Map<FamilyMetric, { sources: number[]; series: number }>();
  for (const [i, { group }] of sources.entries())
    for (const family of group.families) {
      const members = all.get(family) ?? { sources: [], series: 0 };
      all.set(family, members);
      members.sources.push(i);
      members.series += family.rowsOf(group.layout).length;
    }
  return { sources, members: all };
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
