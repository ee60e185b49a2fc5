// Durations of rule files (Prometheus' model.ParseDuration and Duration.String).

import type { Millis } from '../model/time.js';
import { readDuration } from '../promql/parse/number-literal.js';

/** A duration as a rule file writes it (`5m`, `1h30m`, `0`), or what Prometheus says about it. */
export function parseRuleDuration(text: string): Millis | { readonly reason: string } {
  if (text === '0') return 0;
  if (text === '') return { reason: 'empty duration string' };
  const seconds = readDuration(text);
  return typeof seconds === 'number' ? Math.round(seconds * 1000) : seconds;
}

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
