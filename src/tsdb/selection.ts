// Series of one question that are read part by part, so that others are answered between. What is kept meanwhile is not
// in it: every part reads up to the same moment.

import type { LabelMatcher, Series } from '../model/samples.js';
import type { Millis } from '../model/time.js';
import type { SampleFile } from './file.js';
import type { LabelledSeries } from './index/known-selections.js';
import type { Seen, WindowReader } from './window-reader.js';

/** What is asked for. */
export interface Wanted {
  readonly matchers: readonly LabelMatcher[];
  readonly from: Millis;
  readonly to: Millis;
  /** No more than the last sample of each. */
  readonly isLatest: boolean;
  readonly pause: (() => void) | undefined;
}

/** A series as a reader has it; undefined where it has nothing. */
export type SeriesOf = (reader: WindowReader, series: LabelledSeries) => Series | undefined;

/** What one part found, and the series that the next one begins with. */
export interface SelectedSeries {
  readonly series: readonly Series[];
  readonly next: number;
}

/** How far scrapes have come. */
export interface Progress {
  /** The number of the last one. */
  readonly sequence: number;
  /** The time of the newest sample; -Infinity where there is none. */
  readonly newest: Millis;
  /** Something is shown between two scrapes. */
  readonly isInterim: boolean;
}

export class Selection {
  /** Between scrapes there is a state that the next scrape takes away: it is read at once. */
  readonly mayPause: boolean;
  readonly found: Series[] = [];
  /** The series that is read next. */
  next = 0;
  readonly #to: Millis;
  readonly #start: Progress;
  #reader: WindowReader | undefined;

  constructor({ to, pause }: Wanted, start: Progress) {
    this.#to = to;
    this.#start = start;
    this.mayPause = pause !== undefined && !start.isInterim;
  }

  /** What to read now that scrapes have come so far; undefined when that cannot be said. */
  seen({ sequence, isInterim }: Progress): Seen | undefined {
    const start = this.#start;
    if (!this.mayPause || (sequence === start.sequence && !isInterim))
      return { to: this.#to, upTo: Number.POSITIVE_INFINITY };
    if (!Number.isFinite(start.newest)) return undefined;
    return { to: Math.min(this.#to, start.newest), upTo: start.sequence };
  }

  /** The same one while it can be: it keeps what series have in common. */
  readerOf(file: SampleFile | undefined, seen: Seen, make: () => WindowReader): WindowReader {
    if (!this.#reader?.reads(seen, file)) this.#reader = make();
    return this.#reader as WindowReader;
  }

  /** The next series, until it is time to pause. */
  part(
    matching: readonly LabelledSeries[],
    read: (series: LabelledSeries) => Series | undefined,
    isTime: () => boolean,
  ): SelectedSeries {
    const series: Series[] = [];
    let at = this.next;
    while (at < matching.length) {
      const found = read(matching[at++] as LabelledSeries);
      if (found) series.push(found);
      if (isTime()) break;
    }
    return { series, next: at };
  }

  add({ series, next }: SelectedSeries): void {
    for (const each of series) this.found.push(each);
    this.next = next;
  }
}
