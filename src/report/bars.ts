// Small charts, a bar a day. Comes in: values by day; goes out: bars with the text that says the same.

import { percent, seconds } from '../analysis/words.js';
import type { Bar, Cell, Tone } from './outline.js';

/** More days are drawn together, so that a year fits into a mail. */
const MAX_BARS = 62;
/** Below it a day is red, and from the other on green. */
const [BAD, GOOD] = [0.99, 0.999];
/** Bars of uptime show the last part of the way: 90 % up is an empty bar. */
const UPTIME_FLOOR = 0.9;

/** The lower the worse; the height is that above {@link UPTIME_FLOOR}. */
export function barsOfUptime(
  name: string,
  dates: readonly string[],
  values: readonly (number | null)[],
): Cell {
  const bars = together(dates, values, Math.min).map(({ value, dates: days }): Bar => {
    const title = `${days}: ${value === null ? 'not looked' : percent(value)}`;
    if (value === null) return { height: null, tone: 'unknown', title };
    const height = Math.max(0.08, (value - UPTIME_FLOOR) / (1 - UPTIME_FLOOR));
    return { height, tone: toneOf(value), title };
  });
  const known = values.filter(value => value !== null);
  const text = known.length === 0 ? '' : `worst day ${percent(Math.min(...known))}`;
  return { chart: { label: `Uptime of ${name} by day`, bars }, text };
}

const toneOf = (value: number): Tone => (value >= GOOD ? 'good' : value >= BAD ? 'warning' : 'bad');

/** The height is that of the slowest day. */
export function barsOfTimes(
  name: string,
  dates: readonly string[],
  values: readonly (number | null)[],
): Cell {
  const known = values.filter(value => value !== null);
  const top = Math.max(...known);
  const bars = together(dates, values, Math.max).map(({ value, dates: days }): Bar => {
    const title = `${days}: ${value === null ? 'no answers' : seconds(value)}`;
    if (value === null) return { height: null, tone: 'unknown', title };
    return { height: top > 0 ? Math.max(0.04, value / top) : 0.04, tone: 'plain', title };
  });
  const text = known.length === 0 ? '' : `${seconds(Math.min(...known))} to ${seconds(top)}`;
  return { chart: { label: `Mean response time of ${name} by day`, bars }, text };
}

/** Neighbouring days as one where there are too many: the one that says most of them. */
function together(
  dates: readonly string[],
  values: readonly (number | null)[],
  most: (...values: number[]) => number,
): { readonly value: number | null; readonly dates: string }[] {
  const size = Math.ceil(dates.length / MAX_BARS);
  return Array.from({ length: Math.ceil(dates.length / size) }, (_, i) => {
    const known = values.slice(i * size, (i + 1) * size).filter(value => value !== null);
    const [first, last] = [dates[i * size], dates[Math.min(dates.length, (i + 1) * size) - 1]];
    const days = first === last ? String(first) : `${first} to ${last}`;
    return { value: known.length > 0 ? most(...known) : null, dates: days };
  });
}
