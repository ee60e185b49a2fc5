// A page of the registry after another, of which most is as it was. A load balancer has 80,000 series: putting their lines
// together takes 0.5 us each, and pages of many megabytes make V8 collect its whole heap. So a page is made of sections: one
// in which nothing has changed is the same bytes as before, in any other what has not changed is copied.

import type { Exposition, Outline } from './exposition.js';
import { areAlike, areSame, copyLines, type FamilyLines, findEnds } from './family-lines.js';
import { FamilyMetric } from './family-metric.js';
import { type Collection, type Format, writeEnd, writeFamily } from './render.js';
import { TextWriter } from './text-writer.js';

/** Bytes from which a section is not continued with another family. */
const SECTION = 32 * 1024;

/** Families that follow each other on a page. */
export interface Section {
  readonly bytes: Buffer;
}

interface PrintedSection extends Section {
  /** Where its families stand in the collection, the last one not included. */
  readonly from: number;
  readonly to: number;
  readonly lines: Map<FamilyMetric, FamilyLines>;
}

interface PrintedPage {
  /** The exposition's when it was printed. */
  readonly structure: number;
  /** The number of families there were, printed or not. */
  readonly families: number;
  readonly sections: readonly PrintedSection[];
  /** The values of each source of the outline. */
  readonly values: readonly (readonly number[])[];
}

/** Prints the pages of one format. */
export class PagePrinter {
  readonly #exposition: Exposition;
  readonly #format: Format;
  #last: PrintedPage | undefined;

  constructor(exposition: Exposition, format: Format) {
    this.#exposition = exposition;
    this.#format = format;
  }

  /**
   * Every family that has samples; the readings are those of the moment this is called.
   * @returns what the page is made of, in its order; a section that is as before is the same object
   */
  print(collection: Collection): readonly Section[] {
    const last = this.#last;
    const isLaidOutAlike =
      last?.structure === this.#exposition.structure && last.families === collection.length;
    const { outline, structure } = this.#exposition;
    const sections = isLaidOutAlike
      ? last.sections.map(section => this.#again(section, collection, outline, last.values))
      : this.#whole(collection);
    const values = outline.sources.map(source => source.values);
    this.#last = { structure, families: collection.length, sections, values };
    return sections;
  }

  #whole(collection: Collection): PrintedSection[] {
    const sections: PrintedSection[] = [];
    for (let from = 0; from < collection.length; ) {
      const lines = new Map<FamilyMetric, FamilyLines>();
      const writer = new TextWriter(SECTION);
      // prom-client's own metrics change with each page.
      const isOfReadings = collection[from] instanceof FamilyMetric;
      let to = from;
      for (; to < collection.length && writer.length < SECTION; to++) {
        const family = collection[to] as Collection[number];
        if (family instanceof FamilyMetric !== isOfReadings) break;
        if (family instanceof FamilyMetric) lines.set(family, { start: writer.length });
        writeFamily(family, this.#format, writer);
      }
      if (to === collection.length) writeEnd(this.#format, writer);
      sections.push({ from, to, lines, bytes: writer.end() });
      from = to;
    }
    return sections;
  }

  #again(
    section: PrintedSection,
    collection: Collection,
    outline: Outline,
    values: PrintedPage['values'],
  ): PrintedSection {
    const { from, to, bytes } = section;
    const families = collection.slice(from, to);
    const isSame = (family: Collection[number]) =>
      family instanceof FamilyMetric && areSame(family, outline, values);
    if (families.every(isSame)) return section;
    const writer = new TextWriter(bytes.length + Math.ceil(bytes.length / 32));
    const lines = new Map<FamilyMetric, FamilyLines>();
    for (const family of families) {
      const start = writer.length;
      const known = family instanceof FamilyMetric ? section.lines.get(family) : undefined;
      if (family instanceof FamilyMetric && known && areAlike(family, outline, values)) {
        known.ends ??= findEnds(family, outline, { bytes, values, start: known.start });
        const before = { bytes, values, start: known.start, ends: known.ends };
        lines.set(family, { start, ends: copyLines(family, outline, before, writer) });
        continue;
      }
      // With one of its series its header may have come or gone, too.
      if (family instanceof FamilyMetric) lines.set(family, { start });
      writeFamily(family, this.#format, writer);
    }
    if (to === collection.length) writeEnd(this.#format, writer);
    return { from, to, lines, bytes: writer.end() };
  }
}
