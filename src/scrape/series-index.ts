// Finds a line of a page by its series as written. Made only for a page whose lines are not those of the page before.

import type { PageLines } from './page-lines.js';

const BLANKS = new Set([9, 32]);

/** A hash table over the lines of one page. */
export class SeriesIndex {
  readonly #bytes: Uint8Array;
  readonly #lines: PageLines;
  /** Line numbers plus one, at the places of their hashes; 0 is empty. */
  readonly #table: Int32Array;

  constructor(bytes: Uint8Array, lines: PageLines) {
    this.#bytes = bytes;
    this.#lines = lines;
    this.#table = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(lines.length, 8) * 2)));
    for (let line = 0; line < lines.length; line++) this.#insert(line);
  }

  /** The first line whose series is written with these bytes; -1 when there is none. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#table.length - 1;
    for (let place = hash(bytes, start, end) & mask; ; place = (place + 1) & mask) {
      const line = (this.#table[place] as number) - 1;
      if (line < 0) return -1;
      if (isSeries(this.#bytes, this.#lines, line, bytes, start, end)) return line;
    }
  }

  #insert(line: number): void {
    const start = this.#lines.series[line] as number;
    const end = seriesEnd(this.#bytes, this.#lines, line);
    const mask = this.#table.length - 1;
    let place = hash(this.#bytes, start, end) & mask;
    for (; this.#table[place] !== 0; place = (place + 1) & mask) {
      // A series that is written twice is found where it is first.
      const other = (this.#table[place] as number) - 1;
      if (isSeries(this.#bytes, this.#lines, other, this.#bytes, start, end)) return;
    }
    this.#table[place] = line + 1;
  }
}

/** Whether a line's series is written with these bytes. */
export function isSeries(
  page: Uint8Array,
  lines: PageLines,
  line: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const from = lines.series[line] as number;
  if (from + end - start > (lines.valueStarts[line] as number)) return false;
  for (let i = start; i < end; i++) if (page[from + i - start] !== bytes[i]) return false;
  return seriesEnd(page, lines, line) === from + end - start;
}

function seriesEnd(page: Uint8Array, lines: PageLines, line: number): number {
  let end = lines.valueStarts[line] as number;
  while (BLANKS.has(page[end - 1] as number)) end--;
  return end;
}

/** FNV-1a. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let i = start; i < end; i++) value = Math.imul(value ^ (bytes[i] as number), 0x01000193);
  return value ^ (value >>> 15);
}
