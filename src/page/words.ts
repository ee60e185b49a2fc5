// Texts of durations, times, numbers and shares. Pure: each gives the same text on the server and in the browser.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span of milliseconds: `12 s`, `4 min`, `2 h 10 min`, `3 d 4 h`. */
export function span(millis: number): string {
  const whole = Math.max(0, millis);
  if (whole < MINUTE) return `${Math.floor(whole / 1000)} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < DAY) return pair(whole, HOUR, 'h', MINUTE, 'min');
  return pair(whole, DAY, 'd', HOUR, 'h');
}

/** A span that runs out, in milliseconds: with seconds below an hour, `3 min 12 s`. */
export function countdown(millis: number): string {
  return millis < MINUTE || millis >= HOUR ? span(millis) : pair(millis, MINUTE, 'min', 1000, 's');
}

function pair(millis: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((millis % large) / small);
  const first = `${Math.floor(millis / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** A response time in seconds: three figures that matter, never in another unit. */
export function seconds(value: number): string {
  if (value === 0) return '0 s';
  if (Math.abs(value) < 0.0005) return '< 0.001 s';
  if (value >= 10) return `${value.toFixed(1)} s`;
  return `${value.toFixed(value >= 0.1 ? 2 : 3)} s`;
}

/** A share of 1 as a percentage that says 100 % only when it is all of it. */
export function percent(share: number): string {
  if (share >= 1) return '100 %';
  const hundreds = Math.floor(share * 10_000) / 100;
  return `${hundreds >= 10 ? hundreds.toFixed(2) : hundreds.toFixed(1)} %`;
}

/** Bytes: `982 KiB`, `64 MiB`. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = value < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** step;
  return `${scaled >= 100 || step === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[step]}`;
}

/** `1 service`, `2 services`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** First letter in upper case. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The monitor's local time (`2024-01-15T10:30:45.123456`) in milliseconds since the epoch. @param offset in minutes */
export function epoch(local: string, offset: number): number {
  return Date.parse(`${local.slice(0, 23)}Z`) - offset * MINUTE;
}

/** A moment in a zone that is so many minutes before UTC: date and time. */
export function clockAt(at: number, offset: number): { readonly date: string; readonly time: string } {
  if (!Number.isFinite(at)) return { date: '', time: '' };
  const [date = '', time = ''] = new Date(at + offset * MINUTE).toISOString().split('T');
  return { date, time: time.slice(0, 8) };
}

/** `UTC+01:00` */
export function zoneName(offset: number): string {
  const size = Math.abs(offset);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `UTC${offset < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}

/** Orders names as people count: `Tools 2` before `Tools 10`. One collator for all: making one takes as long as 50 uses. */
export const compareNames = new Intl.Collator('en', { numeric: true }).compare;
