// Time zones by name, as Go's time.LoadLocation knows them. The rules are the ones Node.js brings along.

import type { Millis } from '../model/time.js';

/** How far local time is ahead of UTC at a moment, and what people call it then. */
export interface ZoneOffset {
  readonly seconds: number;
  readonly abbreviation: string;
}

export interface TimeZone {
  /** `Europe/Berlin`. */
  readonly name: string;
  at(moment: Millis): ZoneOffset;
}

export const UTC: TimeZone = { name: 'UTC', at: () => ({ seconds: 0, abbreviation: 'UTC' }) };

/** Where people write their zones' abbreviations; others get `GMT+1` for what is CET. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-CA', 'en-IN', 'en-NZ', 'en-ZA'];

/** @throws in Go's words when there is no such zone */
export function timeZone(name: string): TimeZone {
  if (name === '' || name === 'UTC') return UTC;
  const zone = name === 'Local' ? new Intl.DateTimeFormat().resolvedOptions().timeZone : name;
  if (!isZone(zone)) throw new Error(`unknown time zone ${name}`);
  if (zone === 'UTC') return UTC;
  const offset = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return {
    name,
    at(moment) {
      const seconds = secondsOf(nameIn(offset, moment));
      return { seconds, abbreviation: abbreviation(zone, moment, seconds) };
    },
  };
}

/** Node.js takes offsets and any spelling, Go only names as they are. */
function isZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function nameIn(format: Intl.DateTimeFormat, moment: Millis): string {
  return format.formatToParts(moment).find(part => part.type === 'timeZoneName')?.value ?? 'GMT';
}

/** `GMT+05:30` */
function secondsOf(text: string): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /([+-])(\d+)(?::(\d+))?(?::(\d+))?$/.exec(text) ?? [];
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -size : size;
}

/** `CEST`, or the offset in digits where there is no word for it, as in the zone files. */
function abbreviation(timeZone: string, moment: Millis, seconds: number): string {
  for (const locale of LOCALES) {
    const name = nameIn(new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }), moment);
    if (/^[A-Z]{2,5}$/.test(name) && (name !== 'GMT' || seconds === 0)) return name;
  }
  const size = Math.abs(seconds);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const minutes = (size % 3600) / 60;
  return `${seconds < 0 ? '-' : '+'}${two(size / 3600)}${minutes > 0 ? two(minutes) : ''}`;
}
