// Reads a page with the page before at hand. Comes in: the bytes of both; goes out: the samples of the new one. Most lines
// differ from those before in their values alone, or not at all: they are compared, not parsed.

import { OpenMetricsParser } from '../textparse/openmetrics-parser.js';
import { ParseError } from '../textparse/parse-error.js';
import type { Parser } from '../textparse/parser.js';
import { SampleEnd } from '../textparse/sample-end.js';
import { TextParser } from '../textparse/text-parser.js';
import { DROPPED, NEW, PageLines } from './page-lines.js';
import { isSeries, SeriesIndex } from './series-index.js';

/** Lines between two questions whether others have waited long enough. */
const BATCH = 2000;
/** Any page with more samples is refused: the memory of a target that exposes without end has to have one. */
const MAX_SAMPLES = 1_000_000;

/** A page as it was fetched. */
export interface Page {
  /** Behind the page's last byte there is a line end more, which is no part of it. */
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly isOpenMetrics: boolean;
}

/** A page and its lines. */
export interface KnownPage extends Page {
  readonly lines: PageLines;
}

/** The name and value of each label, sorted by name; undefined for a series that is dropped. */
export type SeriesLabels = readonly string[] | undefined;

/** Reads one page. */
export class PageReader {
  readonly lines: PageLines;
  /** Labels of lines whose slots are {@link NEW}. */
  readonly added = new Map<number, readonly string[]>();
  /** Samples that were read, and those of them that were not dropped. */
  total = 0;
  kept = 0;
  /** A value is NaN. */
  hasNaN = false;
  readonly #page: Page;
  readonly #known: KnownPage | undefined;
  readonly #parser: Parser;
  readonly #end: SampleEnd;
  readonly #maxSamples: number;
  readonly #labels: (labels: readonly (readonly [string, string])[]) => SeriesLabels;
  #index: SeriesIndex | undefined;
  /** The line of the page before that is expected next. */
  #next = 0;

  /** @param labels called for each series that the page before does not have; what it throws ends the reading */
  constructor(
    page: Page,
    known: KnownPage | undefined,
    labels: (labels: readonly (readonly [string, string])[]) => SeriesLabels,
    maxSamples = MAX_SAMPLES,
  ) {
    this.#page = page;
    this.#known = known?.isOpenMetrics === page.isOpenMetrics ? known : undefined;
    this.#parser = parserOf(page);
    this.#end = new SampleEnd(page.isOpenMetrics);
    this.#labels = labels;
    this.#maxSamples = maxSamples;
    this.lines = PageLines.take(this.#known?.lines.length ?? 0);
  }

  /** Reads some of the page. @returns whether there is more. @throws ParseError, or what `labels` throws */
  readSome(): boolean {
    const enough = this.total + BATCH;
    while (this.total < enough) {
      if (this.#readKnown(enough)) continue;
      if (!this.#readEntry()) return false;
      if (this.total > this.#maxSamples)
        throw new ParseError(`sample limit exceeded (built-in limit of ${this.#maxSamples} samples)`);
    }
    return true;
  }

  /** Reads lines as long as their series are those of the page before. @returns whether any was read */
  #readKnown(enough: number): boolean {
    if (!this.#known || this.#next >= this.#known.lines.length) return false;
    const { bytes: old, lines: known } = this.#known;
    const { bytes } = this.#page;
    const pageEnd = endOf(this.#page);
    const { lines } = this;
    const { starts, valueStarts, values, times } = known;
    const [oldWords, words] = [wordsOf(old), wordsOf(bytes)];
    const first = this.#next;
    const stop = Math.min(known.length, first + enough - this.total);
    let line = first;
    for (let at = lines.end; line < stop; line++) {
      const start = starts[line] as number;
      const end = line + 1 < known.length ? (starts[line + 1] as number) : known.end;
      const limit = Math.min(end, start + pageEnd - at);
      const shift = at - start;
      let i = start;
      while (i + WORD <= limit && oldWords.getInt32(i) === words.getInt32(i + shift)) i += WORD;
      while (i < limit && old[i] === bytes[i + shift]) i++;
      if (i === end) {
        at = end + shift;
        this.#addKnown(line, at, values[line] as number, times ? (times[line] as number) : Number.NaN);
        continue;
      }
      const valueStart = valueStarts[line] as number;
      if (i < valueStart) break;
      const next = this.#end.read(bytes, valueStart + shift);
      if (next < 0 || next > pageEnd) break;
      at = next;
      this.#addKnown(line, at, this.#end.value, this.#end.timestamp);
    }
    this.#next = line;
    return line > first;
  }

  #addKnown(from: number, end: number, value: number, time: number): void {
    const line = this.lines.add(end, value, time);
    this.total++;
    const { lines } = this.#known as KnownPage;
    this.lines.copySeries(line, lines, from);
    this.#count(lines.slots[from] as number, value);
  }

  /** Reads what stands before the next sample, and that sample. @returns whether there is one */
  #readEntry(): boolean {
    const parser = this.#parser;
    const { lines } = this;
    parser.seek(lines.end);
    if (lines.length > 0) parser.type = lines.typeOf(lines.length - 1);
    let entry = parser.next();
    while (entry !== 'series' && entry !== 'end') entry = parser.next();
    if (entry === 'end') return false;
    const { seriesStart, valueStart, type, value } = parser;
    const line = lines.add(parser.at, value, parser.timestamp);
    this.total++;
    const known = this.#find(seriesStart, parser.seriesEnd);
    if (known >= 0) this.#next = known + 1;
    const slot =
      known >= 0 ? ((this.#known as KnownPage).lines.slots[known] as number) : this.#addSeries(line);
    lines.setSeries(line, seriesStart, valueStart, slot, type);
    this.#count(slot, value);
    return true;
  }

  /** The line of the page before that has a series. */
  #find(start: number, end: number): number {
    if (!this.#known) return -1;
    const { bytes } = this.#page;
    const { bytes: old, lines } = this.#known;
    const next = this.#next;
    if (next < lines.length && isSeries(old, lines, next, bytes, start, end)) return next;
    this.#index ??= new SeriesIndex(old, lines);
    return this.#index.find(bytes, start, end);
  }

  #addSeries(line: number): number {
    const labels = this.#labels(this.#parser.labels());
    if (!labels) return DROPPED;
    this.added.set(line, labels);
    return NEW;
  }

  #count(slot: number, value: number): void {
    if (slot === DROPPED) return;
    this.kept++;
    if (Number.isNaN(value)) this.hasNaN = true;
  }
}

/** Bytes that are compared at a time: most of a page is as it was. */
const WORD = 4;

function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Text may leave out its last line end. */
function endOf({ length, isOpenMetrics }: Page): number {
  return isOpenMetrics ? length : length + 1;
}

/** A parser of a page's format. */
export function parserOf(page: Page): Parser {
  const end = endOf(page);
  return page.isOpenMetrics ? new OpenMetricsParser(page.bytes, end) : new TextParser(page.bytes, end);
}
