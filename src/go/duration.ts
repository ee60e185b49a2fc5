// Go's time.Duration: all methods a template can call.

import type { Millis } from '../model/time.js';
import { methodsTaking } from './arity.js';
import { Struct, typeName, type Value } from './value.js';

const NANOS = 1_000_000_000;

/** A span of time, kept in seconds. */
export class GoDuration extends Struct {
  readonly seconds: number;

  constructor(seconds: number) {
    const text = () => durationText(wholeNanos(seconds));
    const to = (nanos: number) => new GoDuration(nanos / NANOS);
    super(
      'time.Duration',
      {},
      () =>
        methodsTaking({
          Seconds: () => seconds,
          Minutes: () => seconds / 60,
          Hours: () => seconds / 3600,
          Milliseconds: () => wholeNanos(seconds) / 1_000_000n,
          Microseconds: () => wholeNanos(seconds) / 1000n,
          Nanoseconds: () => wholeNanos(seconds),
          Abs: () => new GoDuration(Math.abs(seconds)),
          Round: unit => to(inUnits(seconds * NANOS, nanosOf(unit), rounded)),
          Truncate: unit => to(inUnits(seconds * NANOS, nanosOf(unit), Math.trunc)),
          String: text,
        }),
      text,
      wholeNanos(seconds),
    );
    this.seconds = seconds;
  }
}

/** Nanoseconds as Go's conversion of a float64 to an int64 gives them on most machines: what is beyond is the least int64. */
function wholeNanos(seconds: number): bigint {
  const nanos = seconds * NANOS;
  return Math.abs(nanos) < 2 ** 63 ? BigInt(Math.trunc(nanos)) : -(2n ** 63n);
}

/** A duration, or a whole number of nanoseconds. @throws when it is neither */
export function nanosOf(value: Value): number {
  if (value instanceof GoDuration) return value.seconds * NANOS;
  if (typeof value === 'bigint') return Number(value);
  throw new Error(`wrong type for value; expected time.Duration; got ${typeName(value)}`);
}

function inUnits(nanos: number, unit: number, whole: (count: number) => number): number {
  return unit > 0 ? whole(nanos / unit) * unit : nanos;
}

/** Halves away from zero. */
function rounded(count: number): number {
  return Math.sign(count) * Math.round(Math.abs(count));
}

/** A span as Go's Duration.String prints it: `1h0m0s`, `1.5ms`. */
export function printGoDuration(span: Millis): string {
  return durationText(BigInt(Math.round(span * 1e6)));
}

/** Go's Duration.String: `1h2m3.5s`, `1.5ms`. */
function durationText(nanos: bigint): string {
  if (nanos === 0n) return '0s';
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const whole = size / 1_000_000_000n;
  const hours = whole / 3600n;
  const minutes = (whole / 60n) % 60n;
  const rest = `${decimal(size % 60_000_000_000n, 9)}s`;
  if (hours > 0n) return `${sign}${hours}h${minutes}m${rest}`;
  return minutes > 0n ? `${sign}${minutes}m${rest}` : sign + rest;
}

function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}
