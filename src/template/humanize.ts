// Numbers for people. Source: Prometheus' template/template.go and util/strutil.

import { asNumber } from '../go/arguments.js';
import { formatPrintf } from '../go/printf.js';
import { plain, type Value } from '../go/value.js';
import type { Millis } from '../model/time.js';

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

const MAX_INT64 = 2 ** 63;

/** %.4g of a number. */
function short(value: number): string {
  return formatPrintf('%.4g', [value]);
}

/** `1.235k`, `12m`. @throws when it is no number. */
export function humanize(input: Value): string {
  let value = asNumber(input);
  if (value === 0 || !Number.isFinite(value)) return short(value);
  let prefix = '';
  if (Math.abs(value) >= 1) {
    for (const each of LARGE) {
      if (Math.abs(value) < 1000) break;
      prefix = each;
      value /= 1000;
    }
    return short(value) + prefix;
  }
  for (const each of SMALL) {
    if (Math.abs(value) >= 1) break;
    prefix = each;
    value *= 1000;
  }
  return short(value) + prefix;
}

/** `1.5Ki` in powers of 1024. @throws when it is no number. */
export function humanize1024(input: Value): string {
  let value = asNumber(input);
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return short(value);
  let prefix = '';
  for (const each of BINARY) {
    if (Math.abs(value) < 1024) break;
    prefix = each;
    value /= 1024;
  }
  return short(value) + prefix;
}

/** Seconds as `1h 2m 3s`, `12ms`. @throws when it is no number. */
export function humanizeDuration(input: Value): string {
  const value = asNumber(input);
  if (!Number.isFinite(value)) return short(value);
  if (value === 0) return `${short(value)}s`;
  if (Math.abs(value) < 1) return smallDuration(value);
  const sign = value < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(value));
  const seconds = whole % 60;
  const minutes = Math.trunc(whole / 60) % 60;
  const hours = Math.trunc(whole / 3600) % 24;
  const days = Math.trunc(whole / 86_400);
  if (days !== 0) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours !== 0) return `${sign}${hours}h ${minutes}m ${seconds}s`;
  if (minutes !== 0) return `${sign}${minutes}m ${seconds}s`;
  return `${short(value)}s`;
}

function smallDuration(value: number): string {
  let rest = value;
  let prefix = '';
  for (const each of SMALL) {
    if (Math.abs(rest) >= 1) break;
    prefix = each;
    rest *= 1000;
  }
  return `${short(rest)}${prefix}s`;
}

/** A ratio as `12.5%`. @throws when it is no number. */
export function humanizePercentage(input: Value): string {
  return `${short(asNumber(input) * 100)}%`;
}

/** Unix seconds as `2024-01-15 10:30:45.123 +0000 UTC`. @throws when it is no number. */
export function humanizeTimestamp(input: Value): string {
  const value = asNumber(input);
  if (!Number.isFinite(value)) return short(value);
  const text = new Date(millisOf(value)).toISOString();
  return `${text.slice(0, 19).replace('T', ' ')}${text.slice(19, 23).replace(/\.?0+$/, '')} +0000 UTC`;
}

/**
 * Unix seconds in whole milliseconds, cut.
 * @throws in Prometheus' words for NaN, the infinities and what is beyond nanoseconds in an int64
 */
export function millisOf(seconds: number): Millis {
  if (!Number.isFinite(seconds)) throw new Error('value is NaN or Inf');
  if (Math.abs(seconds * 1e9) > MAX_INT64)
    throw new Error(
      `${plain(seconds)} cannot be represented as a nanoseconds timestamp since it overflows int64`,
    );
  // Of whole nanoseconds, as Go divides them.
  return Number(BigInt(Math.trunc(seconds * 1e9)) / 1_000_000n);
}
