// The monitor's time zone, whose offset changes twice a year: its local times say no zone. Pure.

import { clockAt, epoch } from './words.js';

const MINUTE = 60_000;
/** Offsets change at multiples of it. */
const QUARTER = 15 * MINUTE;
/** Quarters of an hour that are kept; asking for an offset takes as long as a thousand look-ups. */
const MOST = 5000;

export class Zone {
  readonly #offset: number;
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #known = new Map<number, number>();

  /**
   * @param name as IANA has it @param offset minutes to UTC at a moment; it counts for all where the name is not known here
   * @param at that moment, in milliseconds since the epoch
   */
  constructor(name: string, offset: number, at: number) {
    this.#offset = offset;
    this.#format = formatOf(name);
    if (this.offsetAt(at) !== offset) this.#format = undefined;
  }

  /** Local time minus UTC at a moment, in minutes. */
  offsetAt(at: number): number {
    if (this.#format === undefined || !Number.isFinite(at)) return this.#offset;
    const quarter = Math.floor(at / QUARTER);
    const known = this.#known.get(quarter);
    if (known !== undefined) return known;
    const offset = readOffset(this.#format.format(quarter * QUARTER)) ?? this.#offset;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(quarter, offset);
    return offset;
  }

  /**
   * A local time (`2024-01-15T10:30:45.123456`) in milliseconds since the epoch. @param near of the two moments of a local
   * time that comes twice the one closer to this is meant
   */
  epoch(local: string, near: number): number {
    const first = epoch(local, this.#offset);
    if (this.#format === undefined || !Number.isFinite(first)) return first;
    const offsets = [
      this.offsetAt(first),
      this.offsetAt(first - 2 * 60 * MINUTE),
      this.offsetAt(first + 2 * 60 * MINUTE),
    ];
    const found = offsets
      .map(offset => epoch(local, offset))
      .filter((at, i) => this.offsetAt(at) === offsets[i]);
    // A local time that never comes is read as the zone was at about that time.
    return found.reduce(
      (best, at) => (Math.abs(at - near) < Math.abs(best - near) ? at : best),
      found[0] ?? epoch(local, this.offsetAt(first)),
    );
  }

  /** Date and time of a moment. */
  clockAt(at: number): { readonly date: string; readonly time: string } {
    return clockAt(at, this.offsetAt(at));
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    // A zone, or a way to print it, that this browser does not know.
    return undefined;
  }
}

/** Minutes of a text that ends in `GMT+05:30`. */
function readOffset(text: string): number | undefined {
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d)(?::\d\d)?)?$/.exec(text) ?? [undefined];
  if (hours === undefined) return /GMT$/.test(text) ? 0 : undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
