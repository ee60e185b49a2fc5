// Collects the samples of one check. A steady service records the same series in the same order every time, but for one or
// another that is missing, so only the numbers travel; the series are named again when there are others.

import type { MetricFamily } from '../model/family.js';
import type { Readings } from '../model/result.js';

/**
 * Series of the last check that may be missing from one without a new layout: a connection that was there already took no time
 * to be made, and the next check but a few makes a new one.
 */
const MAX_MISSING = 8;

/** Kept per service from check to check. */
export class ReadingsRecorder {
  #families: MetricFamily[] = [];
  #labels: (readonly string[])[] = [];
  #values: number[] = [];
  /** Places of series of the layout that this check has not recorded: their values are NaN, which is none. */
  #missing: number[] = [];
  #changed = true;

  /** Starts a check: nothing has been measured yet. */
  start(): void {
    this.#values = [];
    this.#missing = [];
  }

  /** Takes a sample down. A probe must not name one series twice in a check. */
  record(family: MetricFamily, labels: readonly string[], value: number): void {
    if (!this.#isNext(family, labels, this.#values.length)) this.#find(family, labels);
    this.#values.push(value);
  }

  #isNext(family: MetricFamily, labels: readonly string[], at: number): boolean {
    return this.#families[at] === family && sameLabels(this.#labels[at], labels);
  }

  /** Passes over series that are missing, up to the one that was recorded; that is a new one if it is not there. */
  #find(family: MetricFamily, labels: readonly string[]): void {
    const at = this.#values.length;
    const end = Math.min(this.#families.length, at + MAX_MISSING - this.#missing.length + 1);
    for (let place = at + 1; place < end; place++)
      if (this.#isNext(family, labels, place)) {
        this.#passOver(place);
        return;
      }
    this.#families[at] = family;
    this.#labels[at] = labels;
    this.#changed = true;
  }

  #passOver(end: number): void {
    for (let at = this.#values.length; at < end; at++) {
      this.#missing.push(at);
      this.#values.push(Number.NaN);
    }
  }

  /** What the check measured; names the series if they are not the last check's. */
  end(): Readings {
    const rest = this.#families.length - this.#values.length;
    if (rest > 0 && rest + this.#missing.length <= MAX_MISSING) this.#passOver(this.#families.length);
    else if (rest !== 0) this.#changed = true;
    if (!this.#changed) return { values: this.#values };
    this.#changed = false;
    this.#dropMissing();
    return {
      layout: { families: this.#families.map(family => family.name), labels: [...this.#labels] },
      values: this.#values,
    };
  }

  /** A new layout has what there is. */
  #dropMissing(): void {
    const missing = new Set(this.#missing);
    const isThere = (_: unknown, at: number) => at < this.#values.length && !missing.has(at);
    this.#families = this.#families.filter(isThere);
    this.#labels = this.#labels.filter(isThere);
    this.#values = this.#values.filter(isThere);
  }

  /** The next {@link end} includes the layout: the receiver has lost it. */
  resendLayout(): void {
    this.#changed = true;
  }
}

function sameLabels(a: readonly string[] | undefined, b: readonly string[]): boolean {
  if (a === b) return true;
  if (a?.length !== b.length) return false;
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
