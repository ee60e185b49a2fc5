// What a chart shows: lines of values at common moments. Pure.

import type { Series } from '../promql.js';
import { momentsOf, type Span } from './range.js';

/** A value at each moment; null where nothing was measured. */
export type Values = readonly (number | null)[];

export interface Line {
  readonly name: string;
  /** A CSS variable of a colour: `--series-1`. */
  readonly color: string;
  readonly values: Values;
  /** How it is drawn; a line unless said. Of a band, `values` are the upper edge and `low` the lower one. */
  readonly kind?: 'line' | 'dashes' | 'area' | 'bars' | 'band' | 'limit';
  readonly low?: Values;
}

/** The values of a PromQL answer at the moments of its span. */
export function valuesOf(span: Span, series: Series | undefined): Values {
  const values = new Array<number | null>(momentsOf(span).length).fill(null);
  for (const [at, text] of series?.values ?? []) {
    const place = Math.round((at - span.from) / span.step);
    const value = Number(text);
    if (place >= 0 && place < values.length && Number.isFinite(value)) values[place] = value;
  }
  return values;
}

/** A straight line, such as a rule's limit. */
export function level(span: Span, value: number): Values {
  return momentsOf(span).map(() => value);
}

/** Two lines of values, moment by moment; null where either is. */
export function combine(a: Values, b: Values, by: (a: number, b: number) => number): Values {
  return a.map((value, i) => {
    const other = b[i];
    return value === null || other === null || other === undefined ? null : by(value, other);
  });
}

/** The first line's values, the second's where it has none. */
export function otherwise(a: Values, b: Values): Values {
  return a.map((value, i) => value ?? b[i] ?? null);
}

/** Each line on top of those before it; null only where no line has a value. */
export function stack(lines: readonly Values[]): Values[] {
  const sums: Values[] = [];
  for (const values of lines) {
    const below = sums.at(-1);
    const sum = values.map((value, i) => {
      const base = below?.[i] ?? null;
      return value === null ? base : value + (base ?? 0);
    });
    sums.push(sum);
  }
  return sums;
}

/** The newest moment with a value in any line; undefined when there is none. */
export function newest(lines: readonly Line[]): number | undefined {
  const last = Math.max(-1, ...lines.map(({ values }) => values.findLastIndex(value => value !== null)));
  return last < 0 ? undefined : last;
}

/** A line in a sentence: `median: latest 0.24 s, lowest 0.1 s, highest 1.2 s`. */
export function describe({ name, values }: Line, print: (value: number) => string): string {
  const known = values.filter(value => value !== null);
  const last = known.at(-1);
  if (last === undefined) return `${name}: not measured`;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return `${name}: latest ${print(last)}, lowest ${print(low)}, highest ${print(high)}`;
}
