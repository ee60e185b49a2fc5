// Durations in files of Prometheus and Alertmanager. Source: Prometheus' model.ParseDuration.

import type { Millis } from '../model/time.js';
import { readDuration } from './parse/number-literal.js';

/** A duration as files of Prometheus and Alertmanager write it (`5m`, `1h30m`, `0`), or what Prometheus says about it. */
export function parseModelDuration(text: string): Millis | { readonly reason: string } {
  if (text === '0') return 0;
  if (text === '') return { reason: 'empty duration string' };
  const seconds = readDuration(text);
  return typeof seconds === 'number' ? Math.round(seconds * 1000) : seconds;
}
