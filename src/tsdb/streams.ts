// Whose scrapes come: the monitor's own and those of scrape targets, each a stream with sources and a head of its own.

import type { Head } from './head/head.js';
import type { Heads } from './head/heads.js';
import { RefList } from './index/ref-list.js';
import type { SeriesRef } from './index/series-ref.js';
import type { SeriesRegistry } from './index/series-registry.js';
import { Sources } from './index/sources.js';

/** What scrapes of one stream have shown. */
export interface Stream {
  readonly head: Head;
  readonly sources: Sources;
  /** Series of the scrape before that end when they are not in the next one. */
  live: RefList;
}

/** The streams that scrapes come of. */
export class Streams {
  readonly own: Stream;
  readonly #heads: Heads;
  readonly #registry: SeriesRegistry;
  readonly #streams = new Map<string, Stream>();

  constructor(heads: Heads, registry: SeriesRegistry) {
    this.#heads = heads;
    this.#registry = registry;
    this.own = this.#make(heads.own);
  }

  #make(head: Head): Stream {
    return { head, sources: new Sources(this.#registry), live: new RefList() };
  }

  /** A scrape target's, made if there is none. */
  of(name: string): Stream {
    const known = this.#streams.get(name);
    if (known) return known;
    const made = this.#make(this.#heads.of(name));
    this.#streams.set(name, made);
    return made;
  }

  /** All streams, the monitor's own first. */
  all(): Stream[] {
    return [this.own, ...this.#streams.values()];
  }

  /** Whether scrapes come for a head. */
  has(head: Head): boolean {
    return head.stream === undefined || this.#streams.get(head.stream)?.head === head;
  }

  /** Forgets what a scrape target has shown. */
  delete(name: string): void {
    this.#streams.delete(name);
  }

  /** Calls back for series that may not be in the index and are not to be forgotten. */
  eachHeld(held: (series: SeriesRef) => void): void {
    for (const { sources, live } of this.all()) {
      sources.eachHeld(held);
      live.refs.forEach(held);
    }
  }
}
