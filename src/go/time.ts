// Go's time.Time: all methods a template can call and whose result it can use.

import type { Millis } from '../model/time.js';
import { asText } from './arguments.js';
import { methodsTaking } from './arity.js';
import { GoDuration, nanosOf } from './duration.js';
import { clockface, DAYS, formatTime, MONTHS, yearDay, ZERO_TIME } from './time-layout.js';
import { type TimeZone, timeZone, UTC } from './time-zone.js';
import { type GoFunction, Struct, typeName, type Value } from './value.js';

/** A moment and the zone it is shown in. */
export class GoTime extends Struct {
  readonly at: Millis;
  readonly zone: TimeZone;

  constructor(at: Millis, zone: TimeZone = UTC, type = 'time.Time') {
    const text = () => formatTime('2006-01-02 15:04:05.999999999 -0700 MST', at, zone);
    super(type, {}, () => methodsTaking({ ...methods(at, zone), ...SEVERAL_RESULTS, String: text }), text);
    this.at = at;
    this.zone = zone;
  }
}

/** @throws when it is no time */
export function asTime(value: Value): GoTime {
  if (value instanceof GoTime) return value;
  throw new Error(`wrong type for value; expected time.Time; got ${typeName(value)}`);
}

function methods(at: Millis, zone: TimeZone): Record<string, GoFunction> {
  const face = () => clockface(at, zone);
  const date = () => face().date;
  const shifted = (nanos: number) => new GoTime(at + nanos / 1e6, zone);
  return {
    Format: layout => formatTime(asText(layout), at, zone),
    UTC: () => new GoTime(at),
    Local: () => new GoTime(at, timeZone('Local')),
    In: location => new GoTime(at, zoneOf(location)),
    Location: () => new GoLocation(zone),
    IsDST: () => isSummer(at, zone),
    IsZero: () => at === ZERO_TIME,
    Unix: () => BigInt(Math.floor(at / 1000)),
    UnixMilli: () => BigInt(Math.floor(at)),
    UnixMicro: () => BigInt(Math.round(at * 1000)),
    UnixNano: () => BigInt(Math.round(at * 1000)) * 1000n,
    Year: () => BigInt(date().getUTCFullYear()),
    Month: () => named('time.Month', MONTHS, date().getUTCMonth(), 1),
    Day: () => BigInt(date().getUTCDate()),
    Weekday: () => named('time.Weekday', DAYS, date().getUTCDay(), 0),
    YearDay: () => BigInt(yearDay(date())),
    Hour: () => BigInt(date().getUTCHours()),
    Minute: () => BigInt(date().getUTCMinutes()),
    Second: () => BigInt(date().getUTCSeconds()),
    Nanosecond: () => BigInt(face().nanos),
    Before: other => at < asTime(other).at,
    After: other => at > asTime(other).at,
    Compare: other => BigInt(Math.sign(at - asTime(other).at)),
    Equal: other => at === asTime(other).at,
    Sub: other => new GoDuration((at - asTime(other).at) / 1000),
    Add: span => shifted(nanosOf(span)),
    AddDate: (years, months, days) => added(at, zone, [years, months, days]),
    Round: unit => new GoTime(inUnits(at, unit, true), zone),
    Truncate: unit => new GoTime(inUnits(at, unit, false), zone),
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

/** Down, or to the nearest, multiple of a span since Go's zero time. */
function inUnits(at: Millis, unit: Value, isNearest: boolean): Millis {
  const size = BigInt(Math.trunc(nanosOf(unit)));
  if (size <= 0n) return at;
  const since = BigInt(Math.round((at - ZERO_TIME) * 1000)) * 1000n;
  const rest = since % size;
  const whole = since - rest + (isNearest && rest + rest >= size ? size : 0n);
  return Number(whole / 1000n) / 1000 + ZERO_TIME;
}

/** Whether the zone is ahead of what it is in winter. */
function isSummer(at: Millis, zone: TimeZone): boolean {
  const year = new Date(at).getUTCFullYear();
  const offsets = [0, 6].map(month => zone.at(Date.UTC(year, month, 1)).seconds);
  return zone.at(at).seconds > Math.min(...offsets);
}

/** Go's *time.Location. */
class GoLocation extends Struct {
  readonly zone: TimeZone;

  constructor(zone: TimeZone) {
    const text = () => zone.name;
    super('*time.Location', {}, () => methodsTaking({ String: text }), text);
    this.zone = zone;
  }
}

function zoneOf(location: Value): TimeZone {
  if (location instanceof GoLocation) return location.zone;
  throw new Error(`wrong type for value; expected *time.Location; got ${typeName(location)}`);
}

/** Methods that no template can call. */
const SEVERAL_RESULTS = Object.fromEntries(
  Object.entries({ Clock: 3, Date: 3, ISOWeek: 2, Zone: 2, ZoneBounds: 2 }).map(
    ([name, count]): [string, GoFunction] => [
      name,
      () => {
        throw new Error(`can't call method/function "${name}" with ${count} results`);
      },
    ],
  ),
);

/** A number Go prints as a name; `first` is the number of the first. */
function named(type: string, names: readonly string[], index: number, first: number): Struct {
  const text = () => names[index] as string;
  return new Struct(type, {}, () => methodsTaking({ String: text }), text, BigInt(index + first));
}
