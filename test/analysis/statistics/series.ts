// Values of hours, made of a rule and of noise that is the same in every run.

import type { Points } from '../../../src/analysis/statistics/season.js';
import { Random } from '../../support/random.js';

export const HOUR = 3_600_000;
/** A Monday, midnight of the local clock. */
export const START = new Date(2026, 8, 7).getTime();

export interface Making {
  readonly days: number;
  /** Of the hour's value, from -1.5 to 1.5 times this. */
  readonly noise?: number;
  /** Share of hours that are missing, and of those that are ten times too high. */
  readonly missing?: number;
  readonly wild?: number;
  readonly seed?: number;
}

/** @param rule the value without noise, by days since the start and hour of the local clock */
export function series(rule: (day: number, hour: number) => number, making: Making): Points {
  const { days, noise = 0, missing = 0, wild = 0, seed = 1 } = making;
  const random = new Random(seed);
  const at: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < days * 24; i++) {
    const bell = random.next() + random.next() + random.next() - 1.5;
    const isMissing = random.chance(missing);
    const factor = random.chance(wild) ? 10 : 1;
    if (isMissing) continue;
    const moment = START + i * HOUR;
    at.push(moment);
    values.push(rule(i / 24, new Date(moment).getHours()) * factor + noise * bell);
  }
  return { at, values };
}
