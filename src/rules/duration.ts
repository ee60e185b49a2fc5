// Durations as Go prints them.

import type { Millis } from '../model/time.js';

const HOUR: Millis = 3_600_000;
const MINUTE: Millis = 60_000;

/** A span as Go's time.Duration prints it: `1m0s`, `1h0m0s`, `500ms`. */
export function printGoDuration(span: Millis): string {
  if (span === 0) return '0s';
  if (span < 1000) return `${span}ms`;
  const hours = Math.floor(span / HOUR);
  const minutes = Math.floor((span % HOUR) / MINUTE);
  const seconds = `${(span % MINUTE) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
