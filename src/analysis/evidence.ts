// What a figure rests on: the query that can be run again with PromQL, its answer, and the stretch of time.

import { isoLocal } from '../model/time.js';
import { type Period, windowOf } from './asking.js';
import type { Measure } from './measures.js';
import { rounded } from './words.js';

export interface Evidence {
  /** The key of the figure it belongs to. */
  readonly figure: string;
  /** PromQL; ask it for the moment `to`. */
  readonly query: string;
  /** Null where there is none. */
  readonly value: number | null;
  readonly from: string;
  readonly to: string;
}

/** Of a service's figure over a period. */
export function evidenceOf(
  figure: string,
  measure: Measure,
  id: string,
  value: number,
  period: Period,
): Evidence {
  return evidence(figure, measure(windowOf(period), id), value, period);
}

export function evidence(figure: string, query: string, value: number, { from, to }: Period): Evidence {
  return { figure, query, value: rounded(value, 6), from: isoLocal(from), to: isoLocal(to) };
}
