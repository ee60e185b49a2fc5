// Series of one question that are read part by part, so that others are answered between. What is kept meanwhile is not
// in it: every part reads up to the same moment.

import type { LabelMatcher, Series } from '../model/samples.js';
import type { Millis } from '../model/time.js';
import type { SampleFile } from './file.js';
import type { LabelledSeries, WindowReader } from './window-reader.js';

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

interface SelectedSeries {
  readonly series: readonly Series[];
  readonly next: number;
}

export class Selection {
  /** Between scrapes there is a state that the next scrape takes away: it is read at once. */
  readonly mayPause: boolean;
  readonly found: Series[] = [];
  /** The series that is read next. */
  next = 0;
  readonly #to: Millis;
  readonly #newest: Millis;
  #reader: WindowReader | undefined;

  /** @param newest the last scrape that is kept, -Infinity where there is none */
  constructor({ to, pause }: Wanted, newest: Millis, isInterim: boolean) {
    this.#to = to;
    this.#newest = newest;
    this.mayPause = pause !== undefined && !isInterim;
  }

  /** Up to when to read, now that this is the newest; undefined when that cannot be said. */
  until(newest: Millis, isInterim: boolean): Millis | undefined {
    if (!this.mayPause || (newest === this.#newest && !isInterim)) return this.#to;
    return Number.isFinite(this.#newest) ? Math.min(this.#to, this.#newest) : undefined;
  }

  /** The same one while it can be: it keeps what series have in common. */
  readerOf(file: SampleFile | undefined, until: Millis, make: () => WindowReader): WindowReader {
    if (!this.#reader?.reads(until, file)) this.#reader = make();
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
