// The lines of one family on a page that was printed: where they are, whether the next page has the same, and copying them
// to it with other values.

import type { Outline } from './exposition.js';
import { type FamilyMetric, formatValue, type SourceView } from './family-metric.js';
import type { TextWriter } from './text-writer.js';

/** Where a family is in the bytes of a section. */
export interface FamilyLines {
  /** Where its header begins. */
  readonly start: number;
  /** Where the line of each series ends; of one that has none where the one before ends. Found when needed. */
  ends?: Uint32Array;
}

/** What was printed before. */
interface Before extends Required<FamilyLines> {
  readonly bytes: Buffer;
  /** The values of each source of the outline; NaN is a series that has no line. */
  readonly values: readonly (readonly number[])[];
}

const LINE_FEED = 10;
const SPACE = 32;
/** `# HELP` and `# TYPE`. */
const HEADER_LINES = 2;

/** Whether a family has the values it had. */
export function areSame(family: FamilyMetric, outline: Outline, before: Before['values']): boolean {
  return isEach(family, outline, before, Object.is);
}

/** Whether the same series of a family have lines. */
export function areAlike(family: FamilyMetric, outline: Outline, before: Before['values']): boolean {
  return isEach(family, outline, before, (was, is) => Number.isNaN(was) === Number.isNaN(is));
}

function isEach(
  family: FamilyMetric,
  { sources, members }: Outline,
  before: Before['values'],
  test: (was: unknown, is: unknown) => boolean,
): boolean {
  for (const source of members.get(family)?.sources ?? []) {
    const { layout, values } = sources[source] as SourceView;
    const old = before[source] as readonly number[];
    if (old === values) continue;
    for (const i of family.rowsOf(layout)) if (!test(old[i], values[i])) return false;
  }
  return true;
}

/**
 * Writes the lines of a family that are {@link areAlike}: what has changed is written, all else is copied.
 * @returns where the lines end
 */
export function copyLines(
  family: FamilyMetric,
  { sources, members }: Outline,
  before: Before,
  writer: TextWriter,
): Uint32Array {
  const { bytes } = before;
  const ends = new Uint32Array(before.ends.length);
  // The header goes with the first line.
  let copied = before.start;
  let series = 0;
  for (const source of members.get(family)?.sources ?? []) {
    const { layout, values } = sources[source] as SourceView;
    const old = before.values[source] as readonly number[];
    for (const i of family.rowsOf(layout)) {
      const end = before.ends[series] as number;
      const value = values[i] as number;
      if (value === old[i] || Number.isNaN(value)) writer.copy(bytes, copied, end);
      else {
        writer.copy(bytes, copied, valueBefore(bytes, end));
        writer.addAscii(`${formatValue(value)}\n`);
      }
      copied = end;
      ends[series++] = writer.length;
    }
  }
  return ends;
}

/** Finds where the lines of a family end. */
export function findEnds(
  family: FamilyMetric,
  { sources, members }: Outline,
  { bytes, values, start }: Omit<Before, 'ends'>,
): Uint32Array {
  const known = members.get(family);
  const ends = new Uint32Array(known?.series ?? 0);
  let series = 0;
  let end = start;
  let lines = HEADER_LINES + 1;
  for (const source of known?.sources ?? [])
    for (const i of family.rowsOf((sources[source] as SourceView).layout)) {
      if (!Number.isNaN(values[source]?.[i])) {
        for (; lines > 0; lines--) end = bytes.indexOf(LINE_FEED, end) + 1;
        lines = 1;
      }
      ends[series++] = end;
    }
  return ends;
}

/** Where the value of a line begins that ends there. */
function valueBefore(bytes: Buffer, end: number): number {
  let at = end - 1;
  while (bytes[at - 1] !== SPACE) at--;
  return at;
}
