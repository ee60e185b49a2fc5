// Go's time.Time as far as a template asks it.

import type { Millis } from '../model/time.js';
import { asText } from './arguments.js';
import { GoDuration, nanosOf } from './go-duration.js';
import { clockface, DAYS, formatTime, MONTHS, yearDay, ZERO_TIME } from './time-layout.js';
import { type TimeZone, timeZone, UTC } from './time-zone.js';
import { type GoFunction, Struct, type Value } from './value.js';

/** A moment and the zone it is shown in. */
export class GoTime extends Struct {
  readonly at: Millis;
  readonly zone: TimeZone;

  constructor(at: Millis, zone: TimeZone = UTC, type = 'time.Time') {
    const text = () => formatTime('2006-01-02 15:04:05.999999999 -0700 MST', at, zone);
    super(type, {}, () => ({ ...methods(at, zone), String: text }), text);
    this.at = at;
    this.zone = zone;
  }
}

/** @throws when it is no time */
export function asTime(value: Value): GoTime {
  if (value instanceof GoTime) return value;
  throw new Error('wrong type for value; expected time.Time');
}

function methods(at: Millis, zone: TimeZone): Record<string, GoFunction> {
  const face = () => clockface(at, zone);
  const date = () => face().date;
  const shifted = (nanos: number) => new GoTime(at + nanos / 1e6, zone);
  return {
    Format: layout => formatTime(asText(layout), at, zone),
    UTC: () => new GoTime(at),
    Local: () => new GoTime(at, timeZone('Local')),
    IsZero: () => at === ZERO_TIME,
    Unix: () => BigInt(Math.floor(at / 1000)),
    UnixMilli: () => BigInt(Math.floor(at)),
    UnixMicro: () => BigInt(Math.round(at * 1000)),
    UnixNano: () => BigInt(Math.round(at * 1000)) * 1000n,
    Year: () => BigInt(date().getUTCFullYear()),
    Month: () => named('time.Month', MONTHS[date().getUTCMonth()] as string),
    Day: () => BigInt(date().getUTCDate()),
    Weekday: () => named('time.Weekday', DAYS[date().getUTCDay()] as string),
    YearDay: () => BigInt(yearDay(date())),
    Hour: () => BigInt(date().getUTCHours()),
    Minute: () => BigInt(date().getUTCMinutes()),
    Second: () => BigInt(date().getUTCSeconds()),
    Nanosecond: () => BigInt(face().nanos),
    Before: other => at < asTime(other).at,
    After: other => at > asTime(other).at,
    Equal: other => at === asTime(other).at,
    Sub: other => new GoDuration((at - asTime(other).at) / 1000),
    Add: span => shifted(nanosOf(span)),
    AddDate: (...counts) => added(at, zone, counts),
  };
}

/** Years, months and days later, at the same time of day. */
function added(at: Millis, zone: TimeZone, counts: readonly Value[]): GoTime {
  const [years = 0, months = 0, days = 0] = counts.map(count => {
    if (typeof count !== 'bigint') throw new Error('wrong type for value; expected int');
    return Number(count);
  });
  const { date, offset } = clockface(at, zone);
  const moved = Date.UTC(
    date.getUTCFullYear() + years,
    date.getUTCMonth() + months,
    date.getUTCDate() + days,
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  );
  const local = moved + (at - Math.floor(at / 1000) * 1000);
  // Another offset may be in force then.
  return new GoTime(local - zone.at(local - offset * 1000).seconds * 1000, zone);
}

/** A number Go prints as a name. */
function named(type: string, name: string): Struct {
  return new Struct(
    type,
    {},
    () => ({ String: () => name }),
    () => name,
  );
}
