// Spans of time as the document words them.

import type { Millis } from '../model/time.js';

/** `5 minutes`; the largest unit that is full. */
export function humanizeDuration(span: Millis): string {
  const units: [string, Millis][] = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ];
  const [unit, size] = units.find(([, each]) => span >= each) ?? ['second', 1000];
  const count = Math.max(0, Math.floor(span / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
