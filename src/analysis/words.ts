// Figures as reports word them: `0.156s`, `99.2%`, `Tuesday 14:00`. Numbers stand beside them in JSON.

import type { Millis } from '../model/time.js';

const DAY: Millis = 86_400_000;

/** A response time as the document has it: `0.156s`; microseconds below a millisecond. */
export function seconds(value: number): string {
  if (value >= 100) return `${Math.round(value)}s`;
  return `${value.toFixed(value >= 10 ? 1 : value >= 0.001 ? 3 : 6)}s`;
}

/**
 * A share as the document has it: `99.2%`. Only all of it is 100 %, and only nothing is 0 %: an outage is not rounded
 * away.
 * @param share from 0 to 1
 */
export function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100}%`;
  const value = share * 100;
  const digits = value > 99.9 || value < 0.1 ? 3 : value > 99 || value < 1 ? 2 : 1;
  const text = value.toFixed(digits);
  if (Number(text) === 100) return '>99.999%';
  return Number(text) === 0 ? '<0.001%' : `${Number(text)}%`;
}

/** `+12 %`, `-8 %`. @param change 0.12 for 12 % more */
export function change(by: number): string {
  return `${by < 0 ? '-' : '+'}${Math.round(Math.abs(by) * 100)} %`;
}

/** A moment in local time: with the day of the week within the last six days, else with the date. */
export function moment(at: Millis, now: Millis): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (now - at < 6 * DAY) return `${DAYS[date.getDay()]} ${clock}`;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock}`;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** `3 h 20 min`, `2 days 5 h`, `40 min`, `15 s`. */
export function span(length: Millis): string {
  const minutes = Math.round(length / 60_000);
  if (length < 60_000) return `${Math.round(length / 1000)} s`;
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} days` : `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** Rounded to so many significant digits, for JSON. @returns null for what is no number */
export function rounded(value: number, digits = 4): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}
