// Time in all rooms: milliseconds inside, Python's local ISO form in the document's JSON. Imports nothing.

/** Milliseconds: since the Unix epoch for a moment, plain for a span. */
export type Millis = number;

/** The longest a timer waits, some 24 days: of a longer wait Node would make none at all. */
export const MAX_WAIT: Millis = 2 ** 31 - 1;

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/**
 * A moment as Python's `datetime.now().isoformat()` prints it: local time, no zone, microseconds
 * (`2024-01-15T10:30:45.123456`). A zone would break the document's naive comparisons.
 */
export function isoLocal(at: Millis): string {
  const d = new Date(at);
  const micros = Math.round((at - Math.floor(at / 1000) * 1000) * 1000);
  return (
    `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}` +
    `:${two(d.getSeconds())}.${String(Math.min(micros, 999_999)).padStart(6, '0')}`
  );
}

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/;

/** Reads what {@link isoLocal} writes; a zone is understood where there is one. Undefined when it is no timestamp. */
export function parseIso(text: string): Millis | undefined {
  const match = ISO.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone] = match;
  const parts = [
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  ] as const;
  if (!isDay(parts[0], parts[1], parts[2]) || parts[3] > 23 || parts[4] > 59 || parts[5] > 59)
    return undefined;
  const millis = Number(`0.${fraction}`) * 1000;
  // Date.UTC and the constructor take the years 0 to 99 for those of the last century.
  if (!zone) return localTime(parts) + millis;
  const sign = zone.startsWith('-') ? -1 : 1;
  const offset = zone === 'Z' ? 0 : sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  return utc(parts) - offset * 60_000 + millis;
}

type DateParts = readonly [
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
];

function localTime(parts: DateParts): Millis {
  const date = new Date(...parts);
  return date.setFullYear(parts[0], parts[1], parts[2]);
}

function utc([year, month, day, hour, minute, second]: DateParts): Millis {
  const date = new Date(Date.UTC(2000, 0, 1, hour, minute, second));
  return date.setUTCFullYear(year, month, day);
}

/** Whether the calendar has this day; JavaScript would take February 30 for a day in March. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(utc([year, month, day, 0, 0, 0]));
  return month >= 0 && month < 12 && day > 0 && date.getUTCDate() === day;
}

/** Where a room gets the time from: `now` on the wall, `elapsed` monotonic for spans. Tests bring their own. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch with a fraction (microseconds). */
  now(): Millis;
  /** Monotonic milliseconds since some moment; only differences mean anything. */
  elapsed(): Millis;
}

/**
 * The wall clock in whole microseconds, so that a moment is the same before and after it was printed. Date.now() follows a
 * corrected wall clock, which performance.timeOrigin would not, and gives the milliseconds; the monotonic clock, at a distance
 * that is kept, gives the fraction. It goes back only where Date.now() does: what was recorded at one reading has begun at
 * the next.
 */
function makeWallClock(): () => Millis {
  let distance = Date.now() - performance.now();
  let last = 0;
  return () => {
    const millis = Date.now();
    const measured = performance.now() + distance;
    // The true time is within this millisecond.
    const within = Math.min(Math.max(measured, millis), millis + 0.999);
    distance += within - measured;
    const time = Math.floor(within * 1000) / 1000;
    last = last > time && last < millis + 1 ? last : time;
    return last;
  };
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: makeWallClock(),
  elapsed: () => performance.now(),
};
