// The bytes of /metrics, made once per change and served from then on, plain and gzipped.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Registry } from 'prom-client';
import type { Exposition } from './exposition.js';
import { type Format, render } from './render.js';

const compress = promisify(gzip);

interface Cached {
  readonly version: number;
  readonly plain: Promise<Buffer>;
  zipped?: Promise<Buffer>;
}

/** Renders the registry when it has changed; scrapers that come at once share the work. */
export class MetricsPage {
  readonly #registry: Registry;
  readonly #exposition: Exposition;
  readonly #cached = new Map<Format, Cached>();

  constructor(registry: Registry, exposition: Exposition) {
    this.#registry = registry;
    this.#exposition = exposition;
  }

  /** The page as bytes; the same object as long as nothing has changed. */
  get(format: Format, zipped: boolean): Promise<Buffer> {
    let page = this.#cached.get(format);
    if (page?.version !== this.#exposition.version) {
      page = { version: this.#exposition.version, plain: render(this.#registry, format) };
      this.#cached.set(format, page);
      page.plain.catch(() => this.#cached.delete(format));
    }
    if (!zipped) return page.plain;
    page.zipped ??= page.plain.then(bytes => compress(bytes, { level: 4 }));
    return page.zipped;
  }
}
