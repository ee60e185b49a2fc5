// Collects the samples of one check. A steady service records the same series in the same order every time, so only
// the numbers travel; the series are named again when they change.

import type { MetricFamily } from '../model/family.js';
import type { Readings } from '../model/result.js';

/** Kept per service from check to check. */
export class ReadingsRecorder {
  readonly #families: MetricFamily[] = [];
  readonly #labels: (readonly string[])[] = [];
  #values: number[] = [];
  #changed = true;

  /** Starts a check: nothing has been measured yet. */
  start(): void {
    this.#values = [];
  }

  /** Takes a sample down. A probe must not name one series twice in a check. */
  record(family: MetricFamily, labels: readonly string[], value: number): void {
    const at = this.#values.length;
    if (this.#families[at] !== family || !sameLabels(this.#labels[at], labels)) {
      this.#families[at] = family;
      this.#labels[at] = labels;
      this.#changed = true;
    }
    this.#values.push(value);
  }

  /** What the check measured; names the series if they are not the last check's. */
  end(): Readings {
    const values = this.#values;
    if (values.length !== this.#families.length) {
      this.#families.length = values.length;
      this.#labels.length = values.length;
      this.#changed = true;
    }
    if (!this.#changed) return { values };
    this.#changed = false;
    return {
      layout: { families: this.#families.map(family => family.name), labels: [...this.#labels] },
      values,
    };
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
