// Moments as text after a layout that shows how Go's reference time (January 2, 15:04:05, 2006, at -0700) would look.
// Source: Go's package time, format.go.

import type { Millis } from '../model/time.js';
import { type TimeZone, UTC } from './time-zone.js';

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** Go's zero time: January 1 of the year 1. */
export const ZERO_TIME: Millis = -62_135_596_800_000;

const CHUNK =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|2|_(?=2006)|__2|_2|3|4|5|PM|pm|[-Z]07(?:00(?:00)?|:00(?::00)?)?|[.,](?:0+|9+)(?!\d)/g;

/** A moment cut into what clocks and calendars show. */
interface Clockface {
  readonly date: Date;
  /** Beyond the whole second; the monitor's moments have microseconds. */
  readonly nanos: number;
  readonly offset: number;
  readonly abbreviation: string;
}

export function clockface(at: Millis, zone: TimeZone): Clockface {
  const { seconds, abbreviation } = zone.at(at);
  const micros = Math.round(at * 1000);
  const whole = Math.floor(micros / 1_000_000);
  // The UTC fields of this date are the local ones.
  const date = new Date((whole + seconds) * 1000);
  return { date, nanos: (micros - whole * 1_000_000) * 1000, offset: seconds, abbreviation };
}

/** Days since the year began, from 1. */
export function yearDay(date: Date): number {
  return Math.floor((date.getTime() - new Date(date).setUTCMonth(0, 1)) / 86_400_000) + 1;
}

/** Go's Time.Format. */
export function formatTime(layout: string, at: Millis, zone: TimeZone): string {
  const face = clockface(at, zone);
  return layout.replace(CHUNK, chunk => chunkOf(chunk, face));
}

/** As Go writes times into JSON: RFC 3339 in UTC, no zeros at the end of the fraction. */
export function formatRfc3339(at: Millis, zone: TimeZone): string {
  if (zone === UTC) return utcRfc3339(at);
  return formatTime('2006-01-02T15:04:05.999999999Z07:00', at, zone);
}

/** The same without a layout: a large message has many of them. */
function utcRfc3339(at: Millis): string {
  const micros = Math.round(at * 1000);
  const whole = Math.floor(micros / 1_000_000);
  const rest = micros - whole * 1_000_000;
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
  return `${new Date(whole * 1000).toISOString().slice(0, 19)}${fraction}Z`;
}

const padded = (value: number, width: number, filling = '0') => String(value).padStart(width, filling);

/** What stands for a piece of the layout that is not a fraction or an offset. */
const CHUNKS: Readonly<Record<string, (face: Clockface) => string>> = {
  January: ({ date }) => MONTHS[date.getUTCMonth()] as string,
  Jan: ({ date }) => (MONTHS[date.getUTCMonth()] as string).slice(0, 3),
  '1': ({ date }) => String(date.getUTCMonth() + 1),
  '01': ({ date }) => padded(date.getUTCMonth() + 1, 2),
  Monday: ({ date }) => DAYS[date.getUTCDay()] as string,
  Mon: ({ date }) => (DAYS[date.getUTCDay()] as string).slice(0, 3),
  '2': ({ date }) => String(date.getUTCDate()),
  _2: ({ date }) => padded(date.getUTCDate(), 2, ' '),
  '02': ({ date }) => padded(date.getUTCDate(), 2),
  __2: ({ date }) => padded(yearDay(date), 3, ' '),
  '002': ({ date }) => padded(yearDay(date), 3),
  '15': ({ date }) => padded(date.getUTCHours(), 2),
  '3': ({ date }) => String(date.getUTCHours() % 12 || 12),
  '03': ({ date }) => padded(date.getUTCHours() % 12 || 12, 2),
  '4': ({ date }) => String(date.getUTCMinutes()),
  '04': ({ date }) => padded(date.getUTCMinutes(), 2),
  '5': ({ date }) => String(date.getUTCSeconds()),
  '05': ({ date }) => padded(date.getUTCSeconds(), 2),
  '2006': ({ date }) => padded(date.getUTCFullYear(), 4),
  '06': ({ date }) => padded(date.getUTCFullYear() % 100, 2),
  PM: ({ date }) => (date.getUTCHours() >= 12 ? 'PM' : 'AM'),
  pm: ({ date }) => (date.getUTCHours() >= 12 ? 'pm' : 'am'),
  MST: ({ abbreviation }) => abbreviation,
  _: () => '_',
};

function chunkOf(chunk: string, face: Clockface): string {
  const known = CHUNKS[chunk];
  if (known) return known(face);
  return /^[.,]/.test(chunk) ? fraction(chunk, face.nanos) : offset(chunk, face.offset);
}

/** Zeros stand for digits, nines for digits that go when they are zeros at the end. */
function fraction(chunk: string, nanos: number): string {
  const digits = padded(nanos, 9).slice(0, chunk.length - 1);
  if (chunk[1] === '0') return chunk[0] + digits;
  const short = digits.replace(/0+$/, '');
  return short === '' ? '' : chunk[0] + short;
}

function offset(chunk: string, seconds: number): string {
  if (chunk.startsWith('Z') && seconds === 0) return 'Z';
  const size = Math.abs(seconds);
  const colon = chunk.includes(':') ? ':' : '';
  const count = chunk.replace(/\D/g, '').length / 2;
  const parts = [size / 3600, (size % 3600) / 60, size % 60].slice(0, count);
  return (seconds < 0 ? '-' : '+') + parts.map(part => padded(Math.floor(part), 2)).join(colon);
}
