// The monitor's time zone, whose offset changes twice a year: its local times say no zone. Pure.

import { clockAt, epoch } from './words.js';

/** From a moment on, in milliseconds since the epoch, local time minus UTC, in minutes. */
export type Offset = readonly [from: number, minutes: number];

const MINUTE = 60_000;

export class Zone {
  readonly #offsets: readonly Offset[];

  /** @param offsets oldest first; the first one counts for all times before, too */
  constructor(offsets: readonly [Offset, ...Offset[]]) {
    this.#offsets = offsets;
  }

  /** Local time minus UTC at a moment, in minutes. */
  offsetAt(at: number): number {
    const [, minutes] = this.#offsets.findLast(([from]) => from <= at) ?? (this.#offsets[0] as Offset);
    return minutes;
  }

  /**
   * A local time (`2024-01-15T10:30:45.123456`) in milliseconds since the epoch; NaN for what is none. One that never comes
   * is read with the offset before it. @param near of the two moments of a local time that comes twice the closer one is meant
   */
  epoch(local: string, near: number): number {
    const utc = epoch(local, 0);
    const moments = this.#offsets.map(([, minutes]) => utc - minutes * MINUTE);
    const found = moments.filter((at, i) => this.offsetAt(at) === this.#offsets[i]?.[1]);
    if (found.length > 0)
      return found.reduce((best, at) => (Math.abs(at - near) < Math.abs(best - near) ? at : best));
    return moments.findLast((at, i) => at >= (this.#offsets[i]?.[0] ?? at)) ?? utc;
  }

  /** Date and time of a moment. */
  clockAt(at: number): { readonly date: string; readonly time: string } {
    return clockAt(at, this.offsetAt(at));
  }
}
