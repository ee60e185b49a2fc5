// The series that has exactly some labels. A key of text would hold all labels' texts a second time, so series are
// found by a number made of their labels, and the few that share one are told apart by looking.

import type { Labels } from '../../model/labels.js';
import type { StoredSeries } from './stored-series.js';

/** FNV-1a's. */
const START = 0x811c9dc5;
const FACTOR = 0x01000193;

/** Series by their label sets, each set once. */
export class SeriesByLabels {
  readonly #byHash = new Map<number, StoredSeries | StoredSeries[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  *[Symbol.iterator](): Generator<StoredSeries> {
    for (const found of this.#byHash.values()) {
      if (Array.isArray(found)) yield* found;
      else yield found;
    }
  }

  /** Whether this very series is here. */
  has(series: StoredSeries): boolean {
    return listOf(this.#byHash.get(hashOf(series.labels))).includes(series);
  }

  /** The series with exactly these labels. */
  get(labels: Labels): StoredSeries | undefined {
    const found = this.#byHash.get(hashOf(labels));
    if (found === undefined) return undefined;
    if (Array.isArray(found)) return found.find(series => isSame(series.labels, labels));
    return isSame(found.labels, labels) ? found : undefined;
  }

  /** Takes a series whose labels no other one has. */
  add(series: StoredSeries): void {
    this.#size++;
    const hash = hashOf(series.labels);
    const found = this.#byHash.get(hash);
    if (found === undefined) this.#byHash.set(hash, series);
    else this.#byHash.set(hash, [...listOf(found), series]);
  }

  delete(series: StoredSeries): void {
    const hash = hashOf(series.labels);
    const before = listOf(this.#byHash.get(hash));
    const rest = before.filter(each => each !== series);
    this.#size -= before.length - rest.length;
    if (rest.length > 0) this.#byHash.set(hash, rest.length === 1 ? (rest[0] as StoredSeries) : rest);
    else this.#byHash.delete(hash);
  }
}

function listOf(found: StoredSeries | StoredSeries[] | undefined): readonly StoredSeries[] {
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}

function isSame(a: Labels, b: Labels): boolean {
  return (
    a.names.length === b.names.length &&
    a.values.every((value, i) => value === b.values[i]) &&
    a.names.every((name, i) => name === b.names[i])
  );
}

function hashOf({ names, values }: Labels): number {
  let hash = START;
  for (let i = 0; i < names.length; i++)
    hash = withText(withText(hash, names[i] as string), values[i] as string);
  return hash;
}

function withText(start: number, text: string): number {
  // The length keeps `ab`, `c` apart from `a`, `bc`.
  let hash = Math.imul(start ^ text.length, FACTOR);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FACTOR);
  return hash;
}
