// One series as the store knows it.

import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';

/** What is in memory of each series, so it is kept small. */
export class StoredSeries {
  readonly labels: Labels;
  /** In the database; 0 until it is there. */
  id = 0;
  /** Its place in the rows of the head; -1 without samples there. */
  column = -1;
  /** The first row of the head in which the column is this series', and the last in which it has a sample. */
  fromSlot = 0;
  lastSlot = -1;
  /** Its oldest and newest sample. */
  first: Millis = Number.POSITIVE_INFINITY;
  last: Millis = Number.NEGATIVE_INFINITY;
  /** The newest sample that is in a chunk. */
  sealedTo: Millis = Number.NEGATIVE_INFINITY;
  /** Chunks, and those of them that could be larger. */
  chunks = 0;
  small = 0;
  /** Moments at which it ended, oldest first. */
  ends: Millis[] | undefined;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  /** Whether it has a sample or an end at `from <= t <= to`, as far as its bounds say. */
  mayHave(from: Millis, to: Millis): boolean {
    if (this.first <= to && this.last >= from) return true;
    return this.ends?.some(at => from <= at && at <= to) ?? false;
  }

  addEnd(at: Millis): void {
    if (!this.ends) this.ends = [at];
    else if (at > (this.ends.at(-1) as Millis)) this.ends.push(at);
  }

  /** Its ends from a moment on. */
  endsFrom(at: Millis): Millis[] | undefined {
    if (!this.ends || (this.ends[0] as Millis) >= at) return this.ends;
    const rest = this.ends.filter(end => end >= at);
    return rest.length > 0 ? rest : undefined;
  }

  /** Nothing of it is in chunks; what the head has stays. */
  forgetChunks(): void {
    this.sealedTo = Number.NEGATIVE_INFINITY;
    this.chunks = 0;
    this.small = 0;
  }
}
