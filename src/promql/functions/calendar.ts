// Parts of a date in UTC, of values that are seconds since the epoch, or of the step's time without an argument.
// Source: dateWrapper of promql/functions.go and Go's package time.

import { Labels } from '../../model/labels.js';
import type { PromqlFunction } from '../function.js';
import { type EvalContext, newColumn, timeOf, type Value, type VectorValue } from '../value.js';
import { vectorArgument } from './arguments.js';
import { mapValues } from './pointwise.js';

/** A moment of any year a 64-bit count of seconds reaches: a date of the same place in its 400 years, and their number. */
interface Day {
  readonly date: Date;
  readonly eras: number;
}

const DAY = 86_400_000;
/** The calendar repeats itself after 400 years, in seconds. */
const ERA = 12_622_780_800n;
/** The last second either way that a Date holds. */
const LAST_DATE = 8_640_000_000_000;
/** Go counts seconds from the first of January of the year -292277022399, modulo 2^64. */
const GO_ZERO = 9_223_372_028_715_321_600n;
/** What a float that is no 64-bit integer becomes on amd64. */
const NO_INTEGER = -(2n ** 63n);

export const calendar: readonly PromqlFunction[] = [
  part('minute', ({ date }) => date.getUTCMinutes()),
  part('hour', ({ date }) => date.getUTCHours()),
  part('day_of_week', ({ date }) => date.getUTCDay()),
  part('day_of_month', ({ date }) => date.getUTCDate()),
  part('day_of_year', ({ date }) => dayOfYear(date)),
  part('days_in_month', ({ date }) =>
    new Date(yearMonthDay(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  ),
  part('month', ({ date }) => date.getUTCMonth() + 1),
  part('year', ({ date, eras }) => date.getUTCFullYear() + 400 * eras),
];

function part(name: string, of: (day: Day) => number): PromqlFunction {
  return {
    name,
    argumentTypes: ['vector'],
    variadic: 1,
    returns: 'vector',
    usesTime: true,
    call: (args, context) => mapOrNow(args, context, seconds => of(dayOf(seconds))),
  };
}

function mapOrNow(args: readonly Value[], context: EvalContext, f: (seconds: number) => number): VectorValue {
  if (args.length > 0) return mapValues(vectorArgument(args, 0), context, f);
  const { steps } = context;
  context.spend(steps.count);
  const column = newColumn(Labels.NONE, false, steps.count);
  for (let i = 0; i < steps.count; i++) column.values[i] = f(Math.trunc(timeOf(steps, i) / 1000));
  column.has.fill(1);
  return { type: 'vector', columns: [column] };
}

function dayOf(value: number): Day {
  if (Math.abs(value) < LAST_DATE) return { date: new Date(Math.trunc(value) * 1000), eras: 0 };
  const integer = Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : NO_INTEGER;
  const seconds = BigInt.asUintN(64, integer + GO_ZERO) - GO_ZERO;
  const rest = ((seconds % ERA) + ERA) % ERA;
  return { date: new Date(Number(rest) * 1000), eras: Number((seconds - rest) / ERA) };
}

function dayOfYear(date: Date): number {
  const first = yearMonthDay(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - first) / DAY) + 1;
}

/** Date.UTC takes the years 0 to 99 for those of the twentieth century. */
function yearMonthDay(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}
