// The bytes of /metrics, made once per change and served from then on, plain and gzipped.

import type { Registry } from 'prom-client';
import type { Exposition } from './exposition.js';
import { PageCompressor } from './page-compressor.js';
import { PagePrinter, type Section } from './page-printer.js';
import { type Collection, collect, type Format } from './render.js';

/** A page in pieces, in their order. */
export type PageBytes = readonly Uint8Array[];

interface Rendered {
  readonly sections: Promise<readonly Section[]>;
  readonly plain: Promise<PageBytes>;
  zipped?: Promise<PageBytes>;
}

interface MetricsResponse {
  readonly version: number;
  readonly collection: Promise<Collection>;
  readonly formats: Map<Format, Rendered>;
}

/** Renders the registry when it has changed; scrapers that come at once share the work. */
export class MetricsPage {
  readonly #registry: Registry;
  readonly #exposition: Exposition;
  readonly #printers: Readonly<Record<Format, PagePrinter>>;
  readonly #compressor = new PageCompressor();
  #page: MetricsResponse | undefined;

  constructor(registry: Registry, exposition: Exposition) {
    this.#registry = registry;
    this.#exposition = exposition;
    this.#printers = {
      text: new PagePrinter(exposition, 'text'),
      openmetrics: new PagePrinter(exposition, 'openmetrics'),
    };
  }

  /** The page as bytes; the same object as long as nothing has changed. */
  get(format: Format, zipped: boolean): Promise<PageBytes> {
    const page = this.#current();
    let rendered = page.formats.get(format);
    if (!rendered) {
      const sections = page.collection.then(collection => this.#printers[format].print(collection));
      rendered = { sections, plain: sections.then(all => all.map(({ bytes }) => bytes)) };
      page.formats.set(format, rendered);
    }
    if (!zipped) return rendered.plain;
    rendered.zipped ??= rendered.sections.then(all => this.#compressor.compress(all));
    return rendered.zipped;
  }

  #current(): MetricsResponse {
    const { version } = this.#exposition;
    if (this.#page?.version !== version) {
      const page: MetricsResponse = { version, collection: collect(this.#registry), formats: new Map() };
      this.#page = page;
      page.collection.catch(() => {
        if (this.#page === page) this.#page = undefined;
      });
    }
    return this.#page as MetricsResponse;
  }
}
