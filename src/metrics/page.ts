// The bytes of /metrics, made once per change and served from then on, plain and gzipped.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Registry } from 'prom-client';
import type { Exposition } from './exposition.js';
import { type Collection, collect, type Format, write } from './render.js';

const compress = promisify(gzip);

interface Rendered {
  readonly plain: Promise<Buffer>;
  zipped?: Promise<Buffer>;
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
  #page: MetricsResponse | undefined;
  #length = 0;

  constructor(registry: Registry, exposition: Exposition) {
    this.#registry = registry;
    this.#exposition = exposition;
  }

  /** The page as bytes; the same object as long as nothing has changed. */
  get(format: Format, zipped: boolean): Promise<Buffer> {
    const page = this.#current();
    let rendered = page.formats.get(format);
    if (!rendered) {
      rendered = { plain: page.collection.then(collection => this.#write(collection, format)) };
      page.formats.set(format, rendered);
    }
    if (!zipped) return rendered.plain;
    rendered.zipped ??= rendered.plain.then(bytes => compress(bytes, { level: 4 }));
    return rendered.zipped;
  }

  #write(collection: Collection, format: Format): Buffer {
    // A page is about as long as the one before.
    const bytes = write(collection, format, this.#length + Math.ceil(this.#length / 64));
    this.#length = bytes.length;
    return bytes;
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
