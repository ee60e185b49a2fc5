// Sums and averages with Neumaier's compensation: what an addition loses is added up beside it and given back at the
// end. Source: aggregation of promql/engine.go and util/kahansum.

import type { AggregateContext, Aggregation } from '../aggregation.js';
import { compensation } from '../functions/compensation.js';
import type { Column } from '../value.js';
import { onePerGroup } from './one-per-group.js';

export const sums: readonly Aggregation[] = [onePerGroup('sum', sum), onePerGroup('avg', avg)];

function sum(columns: readonly Column[], { values, has }: Column, context: AggregateContext): void {
  const lost = new Float64Array(values.length);
  for (const column of columns) {
    context.checkpoint();
    addTo(values, lost, has, column);
  }
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) + (lost[i] as number);
}

function addTo(totals: Float64Array, lost: Float64Array, seen: Uint8Array, column: Column): void {
  const { values, has } = column;
  for (let i = 0; i < totals.length; i++) {
    if (!has[i]) continue;
    const value = values[i] as number;
    if (!seen[i]) {
      seen[i] = 1;
      totals[i] = value;
      continue;
    }
    const total = totals[i] as number;
    const next = total + value;
    lost[i] = compensation(lost[i] as number, total, value, next);
    totals[i] = next;
  }
}

function avg(columns: readonly Column[], { values, has }: Column, context: AggregateContext): void {
  const averages = new Averages(values, has);
  for (const column of columns) {
    context.checkpoint();
    averages.add(column);
  }
  averages.finish();
}

/**
 * Averages by step. A step's sum is added up until it would overflow; from there on its mean is kept up to date
 * instead, which is less exact.
 */
class Averages {
  /** The sum, or the mean once {@link Averages.#isMean} says so. */
  readonly #values: Float64Array;
  readonly #seen: Uint8Array;
  readonly #lost: Float64Array;
  readonly #counts: Float64Array;
  readonly #isMean: Uint8Array;

  constructor(values: Float64Array, seen: Uint8Array) {
    this.#values = values;
    this.#seen = seen;
    this.#lost = new Float64Array(values.length);
    this.#counts = new Float64Array(values.length);
    this.#isMean = new Uint8Array(values.length);
  }

  add({ values, has }: Column): void {
    for (let i = 0; i < values.length; i++) {
      if (!has[i]) continue;
      this.#counts[i] = (this.#counts[i] as number) + 1;
      if (this.#seen[i]) this.#addAt(i, values[i] as number);
      else {
        this.#seen[i] = 1;
        this.#values[i] = values[i] as number;
      }
    }
  }

  #addAt(i: number, value: number): void {
    const total = this.#values[i] as number;
    const next = total + value;
    if (this.#isMean[i]) this.#addToMean(i, value);
    else if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) {
      const before = (this.#counts[i] as number) - 1;
      this.#isMean[i] = 1;
      this.#values[i] = total / before;
      this.#lost[i] = (this.#lost[i] as number) / before;
      this.#addToMean(i, value);
    } else {
      this.#lost[i] = compensation(this.#lost[i] as number, total, value, next);
      this.#values[i] = next;
    }
  }

  #addToMean(i: number, value: number): void {
    const count = this.#counts[i] as number;
    const weight = (count - 1) / count;
    const mean = weight * (this.#values[i] as number);
    const part = value / count;
    this.#values[i] = mean + part;
    this.#lost[i] = compensation(weight * (this.#lost[i] as number), mean, part, mean + part);
  }

  finish(): void {
    for (let i = 0; i < this.#values.length; i++) {
      const count = this.#isMean[i] ? 1 : (this.#counts[i] as number);
      if (count > 0)
        this.#values[i] = (this.#values[i] as number) / count + (this.#lost[i] as number) / count;
    }
  }
}
