// What is kept of a target between two scrapes: its last page, and which layout the store knows of it. Comes in: a page;
// goes out: the part of a scrape that has its samples. Source: Prometheus, scrape/scrape.go (scrapeCache).

import { TimeSlicer } from '../concurrency/time-slicer.js';
import type { ScrapePart } from '../model/scrape.js';
import { DROPPED, NEW, type PageLines } from './page-lines.js';
import { type KnownPage, type Page, PageReader, parserOf } from './page-reader.js';
import type { SampleLabels } from './sample-labels.js';
import type { ScrapeOptions } from './target.js';

/** The name of the samples' source within the target's stream. */
const SOURCE = 'samples';
/** Slots that may be empty for long before the layout is made without them, beside as many as are in use. */
const MAX_EMPTY = 100;

/** Counts of a page, as the scrape's report has them. */
export interface PageCounts {
  /** Samples exposed. */
  readonly scraped: number;
  /** Samples that `metric_relabel_configs` left. */
  readonly kept: number;
  /** Series that were not there in the page before. */
  readonly added: number;
}

export const NO_COUNTS: PageCounts = { scraped: 0, kept: 0, added: 0 };

/** What became of a page. */
export interface CachedPage {
  readonly counts: PageCounts;
  /** Why the page was refused. */
  readonly problem?: string | undefined;
  /** Its samples; undefined for a page that was refused, and for one without samples. */
  readonly part?: ScrapePart | undefined;
  /** Sources whose series have ended. */
  readonly gone: readonly string[];
}

/** One target's. */
export class ScrapeCache {
  readonly #labels: SampleLabels;
  readonly #options: ScrapeOptions;
  #known: KnownPage | undefined;
  /** Slots of the layout. */
  #slots = 0;
  /** The store knows the layout. */
  #isSent = false;
  /** The store may have series of the target that have not ended, of a scraper before this one for example. */
  #isShown = true;
  /** Series that reports counted as added though their pages were refused: they are not added once more. */
  #counted = 0;

  constructor(labels: SampleLabels, options: ScrapeOptions) {
    this.#labels = labels;
    this.#options = options;
  }

  /** The last page that was read without a mistake. */
  get page(): KnownPage | undefined {
    return this.#known;
  }

  /** The store does not know the layout any more. */
  forgetLayout(): void {
    this.#isSent = false;
  }

  /** There is no page. @returns the sources whose series have ended */
  clear(): string[] {
    const gone = this.#isShown ? [SOURCE] : [];
    this.#isSent = false;
    this.#isShown = false;
    return gone;
  }

  /** Reads a page. It must not be called again before it has resolved. */
  async read(page: Page): Promise<CachedPage> {
    const slicer = new TimeSlicer();
    const reader = new PageReader(page, this.#known, exposed => this.#labels.of(exposed));
    try {
      while (reader.readSome()) if (slicer.isLong) await slicer.yieldIfDue();
      this.#checkLimit(reader);
    } catch (error) {
      reader.lines.release();
      return { counts: this.#refused(reader), problem: (error as Error).message, gone: this.clear() };
    }
    const { lines, total, kept } = reader;
    if (kept === 0) {
      this.#setKnown({ ...page, lines });
      this.#counted = 0;
      return { counts: { scraped: total, kept, added: 0 }, gone: this.clear() };
    }
    const layout = this.#needsLayout(reader) ? await this.#makeLayout(page, reader, slicer) : undefined;
    this.#setKnown({ ...page, lines });
    const added = Math.max(0, (layout?.added ?? 0) - this.#counted);
    this.#counted = 0;
    const counts = { scraped: total, kept, added };
    this.#isSent = true;
    this.#isShown = true;
    return { counts, part: this.#part(reader, layout?.series), gone: [] };
  }

  #setKnown(page: KnownPage): void {
    this.#known?.lines.release();
    this.#known = page;
  }

  #refused({ total, kept, added: { size } }: PageReader): PageCounts {
    const { samples } = this.#options.limits;
    const counted = samples > 0 ? Math.min(size, samples) : size;
    const added = Math.max(0, counted - this.#counted);
    this.#counted += added;
    return { scraped: total, kept, added };
  }

  #checkLimit({ kept }: PageReader): void {
    const { samples } = this.#options.limits;
    if (samples > 0 && kept > samples) throw new Error('sample limit exceeded');
  }

  #part({ lines, hasNaN }: PageReader, series: string[][] | undefined): ScrapePart {
    const { samples: values, times } = this.#fill(lines);
    return {
      source: SOURCE,
      values,
      ...(series ? { layout: { series } } : {}),
      ...(hasNaN ? { keepsNaN: true } : {}),
      ...(times ? { timestamps: times } : {}),
      ...(this.#options.trackTimestampsStaleness ? { tracksStaleness: true } : {}),
    };
  }

  /** Whether the series are others than those of the layout that the store knows, or would be taken for others. */
  #needsLayout({ lines, added, hasNaN }: PageReader): boolean {
    if (!this.#isSent || added.size > 0) return true;
    const empty = this.#slots - used(lines, this.#slots);
    return empty > 0 && (hasNaN || empty > this.#slots / 2 + MAX_EMPTY);
  }

  /** Gives each series of a page a slot, in their order. */
  async #makeLayout(
    page: Page,
    { lines, added }: PageReader,
    slicer: TimeSlicer,
  ): Promise<{ series: string[][]; added: number }> {
    const parser = parserOf(page);
    const slots = new Map<string, number>();
    const series: string[][] = [];
    let news = 0;
    for (let line = 0; line < lines.length; line++) {
      const slot = lines.slots[line] as number;
      if (slot === DROPPED) continue;
      let labels = added.get(line);
      if (!labels) {
        parser.seek(lines.series[line] as number);
        parser.type = lines.typeOf(line);
        parser.next();
        labels = this.#labels.of(parser.labels()) as readonly string[];
      }
      const key = JSON.stringify(labels);
      const known = slots.get(key);
      if (known === undefined) {
        slots.set(key, series.length);
        series.push(labels as string[]);
        if (slot === NEW) news++;
      }
      lines.slots[line] = known ?? series.length - 1;
      if (slicer.isLong) await slicer.yieldIfDue();
    }
    this.#slots = series.length;
    return { series, added: news };
  }

  /** The values by slot; NaN where there is none. Of samples of one series and time the first counts, as in Prometheus. */
  #fill(lines: PageLines): { samples: Float64Array; times: Float64Array | undefined } {
    const samples = new Float64Array(this.#slots).fill(Number.NaN);
    const honored = this.#options.honorTimestamps ? lines.times : undefined;
    const times = honored ? new Float64Array(this.#slots).fill(Number.NaN) : undefined;
    const isFilled = new Uint8Array(this.#slots);
    for (let line = 0; line < lines.length; line++) {
      const slot = lines.slots[line] as number;
      if (slot === DROPPED) continue;
      const time = honored ? (honored[line] as number) : Number.NaN;
      // Of several times of one series the last can be kept; the store has room for one of a scrape.
      if (isFilled[slot] && !(times && time > (times[slot] as number))) continue;
      isFilled[slot] = 1;
      samples[slot] = lines.values[line] as number;
      if (times) times[slot] = time;
    }
    return { samples, times };
  }
}

/** How many slots have a line. */
function used(lines: PageLines, slots: number): number {
  const isUsed = new Uint8Array(slots);
  let count = 0;
  for (let line = 0; line < lines.length; line++) {
    const slot = lines.slots[line] as number;
    if (slot === DROPPED || isUsed[slot]) continue;
    isUsed[slot] = 1;
    count++;
  }
  return count;
}
