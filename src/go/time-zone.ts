// Time zones by name, as Go's time.LoadLocation knows them. The rules are the ones Node.js brings along.

import type { Millis } from '../model/time.js';
import { abbreviationOf, isKnownZone, isMisspelt } from './zone-names.js';

/** How far local time is ahead of UTC at a moment, and what people call it then. */
interface ZoneOffset {
  readonly seconds: number;
  readonly abbreviation: string;
}

export interface TimeZone {
  /** `Europe/Berlin`. */
  readonly name: string;
  at(moment: Millis): ZoneOffset;
}

export const UTC: TimeZone = { name: 'UTC', at: () => ({ seconds: 0, abbreviation: 'UTC' }) };

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

/** Node.js takes offsets, any spelling and names of its own (`JST`), Go only the database's names as they are. */
function isZone(name: string): boolean {
  const mayBeNew = /^[A-Z].*\//.test(name) && !isMisspelt(name);
  if (!isKnownZone(name) && !mayBeNew) return false;
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
  const known = isKnownZone(timeZone)
    ? abbreviationOf(timeZone, seconds)
    : letters(nameIn(new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'short' }), moment));
  if (known !== undefined) return known;
  // Local mean time, of before there were zones.
  if (seconds % 60 !== 0) return 'LMT';
  const size = Math.abs(seconds);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const minutes = (size % 3600) / 60;
  return `${seconds < 0 ? '-' : '+'}${two(size / 3600)}${minutes > 0 ? two(minutes) : ''}`;
}

/** Node's name of a zone newer than our table, unless it is an offset (`GMT+9`). */
function letters(name: string): string | undefined {
  return /^[A-Z]{2,5}$/.test(name) ? name : undefined;
}
