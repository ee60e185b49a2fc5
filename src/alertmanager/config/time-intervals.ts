// `time_intervals` and `mute_time_intervals` of alertmanager.yml. Source: Alertmanager, timeinterval.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { RecurringInterval, type Span, type TimeInterval } from '../mute/time-interval.js';

const KEYS = ['times', 'weekdays', 'days_of_month', 'months', 'years', 'location'] as const;
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const TIME = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;
/** The shortest month, for what can be known of spans that count from a month's end. */
const MIN_MONTH_DAYS = 28;

/** A named list of intervals as it is written. */
export interface NamedIntervals {
  readonly node: YamlNode;
  readonly name: string;
  readonly intervals: readonly TimeInterval[];
}

/** Reads a list of named intervals. */
export function readTimeIntervals(
  decoder: Decoder,
  node: Field,
  key: 'time_intervals' | 'mute_time_intervals',
): NamedIntervals[] {
  const what = key === 'time_intervals' ? 'time interval' : 'mute time interval';
  return decoder
    .list(node, key === 'time_intervals' ? 'config.TimeInterval' : 'config.MuteTimeInterval')
    .map(each => {
      const fields = decoder.fields(each, 'config.plain', ['name', 'time_intervals']);
      const name = decoder.text(fields.name);
      if (name === '') decoder.addMistake(each, `missing name in ${what}`);
      const list = decoder.list(fields.time_intervals, 'timeinterval.TimeInterval');
      return { node: each, name, intervals: list.flatMap(one => readInterval(decoder, one)) };
    });
}

function readInterval(decoder: Decoder, node: YamlNode): TimeInterval[] {
  const fields = decoder.fields(node, 'timeinterval.TimeInterval', KEYS);
  const spans = (field: Field, type: string, read: (text: string) => Span): Span[] | undefined =>
    isAbsent(field)
      ? undefined
      : decoder.list(field, `timeinterval.${type}`).flatMap(each => readSpan(decoder, each, read));
  const recurrence = {
    times: readTimes(decoder, fields.times),
    weekdays: spans(fields.weekdays, 'WeekdayRange', weekdaySpan),
    daysOfMonth: spans(fields.days_of_month, 'DayOfMonthRange', daySpan),
    months: spans(fields.months, 'MonthRange', monthSpan),
    years: spans(fields.years, 'YearRange', yearSpan),
  };
  const { location } = fields;
  const timeZone = isAbsent(location) ? 'UTC' : decoder.text(location);
  const zone = knownZone(timeZone);
  if (zone) return [new RecurringInterval({ ...recurrence, timeZone: zone.timeZone })];
  decoder.addMistake(location as YamlNode, `unknown time zone ${timeZone}`);
  return [];
}

/** What is wrong with a span, in Alertmanager's words. */
class SpanProblem extends Error {}

function readSpan(decoder: Decoder, node: YamlNode, read: (text: string) => Span): Span[] {
  const text = decoder.text(node);
  if (node.kind !== 'scalar') return [];
  try {
    return [read(text.toLowerCase())];
  } catch (error) {
    if (!(error instanceof SpanProblem)) throw error;
    decoder.addMistake(node, error.message);
    return [];
  }
}

function readTimes(decoder: Decoder, node: Field): Span[] | undefined {
  if (isAbsent(node)) return undefined;
  return decoder.list(node, 'timeinterval.TimeRange').flatMap(each => {
    const fields = decoder.fields(each, 'timeinterval.yamlTimeRange', ['start_time', 'end_time']);
    const [start, end] = [decoder.text(fields.start_time), decoder.text(fields.end_time)];
    const problem = timesProblem(start, end);
    if (problem) decoder.addMistake(each, problem);
    return problem ? [] : [{ from: minuteOf(start), to: minuteOf(end) }];
  });
}

function timesProblem(start: string, end: string): string | undefined {
  if (start === '' || end === '') return 'both start and end times must be provided';
  const wrong = [start, end].find(time => !TIME.test(time));
  if (wrong !== undefined) return `couldn't parse timestamp ${wrong}, invalid format`;
  return minuteOf(start) >= minuteOf(end) ? 'start time cannot be equal or greater than end time' : undefined;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** `a:b`, or `a` for `a:a`. */
function spanOf(text: string, member: (text: string) => number): Span {
  const parts = text.split(':');
  if (parts.length > 2) throw new SpanProblem(`couldn't parse range ${text}, invalid format`);
  const [from, to = from] = parts.map(member);
  return { from: from as number, to: to as number };
}

function integerOf(text: string): number {
  if (!/^[-+]?\d{1,18}$/.test(text)) throw new SpanProblem(`strconv.Atoi: parsing "${text}": invalid syntax`);
  return Number(text);
}

function weekdaySpan(text: string): Span {
  const span = spanOf(text, day => {
    const index = WEEKDAYS.indexOf(day);
    if (index < 0) throw new SpanProblem(`${day} is not a valid weekday`);
    return index;
  });
  if (span.from > span.to) throw new SpanProblem('start day cannot be before end day');
  return span;
}

function daySpan(text: string): Span {
  const span = spanOf(text, integerOf);
  const { from, to } = span;
  const wrong = [from, to].find(day => day === 0 || day < -31 || day > 31);
  if (wrong !== undefined) throw new SpanProblem(`${wrong} is not a valid day of the month: out of range`);
  if (from < 0 && to > 0) throw new SpanProblem('end day must be negative if start day is negative');
  const earliest = (day: number): number => (day < 0 ? MIN_MONTH_DAYS + day : day);
  if (earliest(from) > earliest(to))
    throw new SpanProblem(`end day ${to} is always before start day ${from}`);
  return span;
}

function monthSpan(text: string): Span {
  const span = spanOf(text, month => {
    const index = MONTHS.indexOf(month);
    if (index < 0 && !/^[-+]?\d{1,18}$/.test(month)) throw new SpanProblem(`${month} is not a valid month`);
    return index < 0 ? Number(month) : index + 1;
  });
  const { from, to } = span;
  const name = (month: number): string => MONTHS[month - 1] ?? '';
  if (from > to) throw new SpanProblem(`end month ${name(to)} is before start month ${name(from)}`);
  return span;
}

function yearSpan(text: string): Span {
  const span = spanOf(text, integerOf);
  if (span.from > span.to) throw new SpanProblem(`end year ${span.to} is before start year ${span.from}`);
  return span;
}

/** `Local` is the machine's own zone, an empty name is UTC, as in Go. */
function knownZone(name: string): { readonly timeZone: string | undefined } | undefined {
  if (name === 'Local') return { timeZone: undefined };
  if (name === '') return { timeZone: 'UTC' };
  // An offset is a zone for Intl; names are files for Go, so that it knows them in one spelling only.
  if (/^[-+\d]/.test(name)) return undefined;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions();
    const isMisspelt = timeZone !== name && timeZone.toLowerCase() === name.toLowerCase();
    return isMisspelt ? undefined : { timeZone: name };
  } catch {
    return undefined;
  }
}
