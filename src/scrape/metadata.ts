// What a target says about its metric families. Read off its last page when it is asked for, which is seldom.

import { type KnownPage, parserOf } from './page-reader.js';

/** Of one metric family. */
export interface Metadata {
  readonly metric: string;
  /** `unknown` when the page does not say. */
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** The families of a page in their order. */
export function metadataOf(page: KnownPage): Metadata[] {
  const families = new Map<string, { -readonly [K in keyof Metadata]: Metadata[K] }>();
  const familyOf = (metric: string) => {
    const known = families.get(metric) ?? { metric, type: 'unknown', help: '', unit: '' };
    families.set(metric, known);
    return known;
  };
  const parser = parserOf(page);
  const { lines } = page;
  for (let line = 0; line <= lines.length; line++) {
    const start = line < lines.length ? (lines.starts[line] as number) : lines.end;
    const end = line < lines.length ? (lines.series[line] as number) : page.length;
    if (start < end) parser.seek(start);
    while (start < end && parser.at < end) {
      const entry = parser.next();
      if (entry === 'type') familyOf(parser.family).type = parser.type;
      else if (entry === 'help') familyOf(parser.family).help = parser.description;
      else if (entry === 'unit') familyOf(parser.family).unit = parser.description;
      else if (entry === 'end' || entry === 'series') break;
    }
  }
  return [...families.values()];
}
