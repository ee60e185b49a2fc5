// Prometheus' durations, as configuration files and expressions write them. Source: prometheus/common, model/time.go.

import type { Millis } from './time.js';

/** Prometheus' units of a duration, the largest first, and whether one is printed only when nothing is left over. */
const UNITS: readonly (readonly [unit: string, size: Millis, isExact: boolean])[] = [
  ['y', 31_536_000_000, true],
  ['w', 604_800_000, true],
  ['d', 86_400_000, false],
  ['h', 3_600_000, false],
  ['m', 60_000, false],
  ['s', 1000, false],
  ['ms', 1, false],
];

/** Prometheus' grammar of a duration: each unit at most once, the larger one first (`1h30m`). */
const DURATION = new RegExp(`^${UNITS.map(([unit]) => `(?:(\\d+)${unit})?`).join('')}$`);

/**
 * A duration as Prometheus writes it (`30s`, `1h30m`, `0`) or a plain number of seconds (`2.5`), in milliseconds.
 * Returns undefined for anything else.
 */
export function parseDuration(text: string | number): Millis | undefined {
  const span = typeof text === 'number' ? text * 1000 : spanOf(text.trim());
  return Number.isFinite(span) && span >= 0 ? span : undefined;
}

function spanOf(text: string): Millis {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  return (text === '' ? undefined : parseUnits(text)) ?? Number.NaN;
}

/** A duration in Prometheus' units alone, an empty text is 0. Returns undefined for anything else. */
export function parseUnits(text: string): Millis | undefined {
  const match = DURATION.exec(text);
  return match ? UNITS.reduce((sum, [, size], i) => sum + Number(match[i + 1] ?? 0) * size, 0) : undefined;
}

/** The shortest Prometheus duration of a span in days and less: `90000` is `1m30s`. */
export function formatDuration(span: Millis): string {
  return printed(
    Math.round(span),
    UNITS.filter(([, , isExact]) => !isExact),
  );
}

/**
 * A span that is not negative as Prometheus' model.Duration prints it: `5400000` is `1h30m`, `90d` is not `12w6d`. Nothing
 * below a millisecond is printed.
 */
export function printModelDuration(span: Millis): string {
  return printed(Math.trunc(span), UNITS);
}

function printed(span: Millis, units: typeof UNITS): string {
  let rest = span;
  let text = '';
  for (const [unit, size, isExact] of units) {
    const count = Math.floor(rest / size);
    if (count <= 0 || (isExact && rest % size !== 0)) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text || '0s';
}
