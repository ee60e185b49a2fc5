// Figures of 24 hours of all services, in columns: a service and hour takes some hundred bytes, and there may be a million.

import type { Millis } from '../../model/time.js';
import type { Outage } from '../outages.js';

export const HOUR: Millis = 3_600_000;
export const HOURS = 24;
/** What the whole cluster's figures stand under. */
export const CLUSTER = '';

/** What one keeps besides its columns. */
interface BlockParts {
  /** Of the first hour. */
  readonly start: Millis;
  /** By hour, 1 where the figures are final. */
  readonly known: Uint8Array;
  readonly ids: readonly string[];
  /** By name; 24 values for each id, NaN where there is none. */
  readonly columns: ReadonlyMap<string, Float32Array>;
  /** By id. */
  readonly outages: ReadonlyMap<string, readonly HourOutage[]>;
}

/** A piece of an outage that was seen in an hour. */
export interface HourOutage extends Outage {
  readonly hour: number;
}

export class HourBlock implements BlockParts {
  readonly start: Millis;
  readonly known: Uint8Array;
  readonly ids: string[] = [];
  readonly columns = new Map<string, Float32Array>();
  readonly outages = new Map<string, HourOutage[]>();
  readonly #rows = new Map<string, number>();

  constructor(start: Millis, parts?: Omit<BlockParts, 'start'>) {
    this.start = start;
    this.known = parts?.known ?? new Uint8Array(HOURS);
    if (!parts) return;
    for (const id of parts.ids) this.#rowOf(id);
    for (const [name, column] of parts.columns) this.columns.set(name, column);
    for (const [id, outages] of parts.outages) this.outages.set(id, [...outages]);
  }

  /** Bytes of its columns. */
  get bytes(): number {
    let sum = 0;
    for (const { byteLength } of this.columns.values()) sum += byteLength;
    return sum;
  }

  /** The 24 values of a service; undefined where there are none. */
  values(name: string, id: string): Float32Array | undefined {
    const [column, row] = [this.columns.get(name), this.#rows.get(id)];
    if (!column || row === undefined) return undefined;
    const values = column.subarray(row * HOURS, (row + 1) * HOURS);
    return values.length === HOURS ? values : undefined;
  }

  set(name: string, id: string, hour: number, value: number): void {
    const at = this.#rowOf(id) * HOURS + hour;
    let column = this.columns.get(name) ?? NONE;
    if (at >= column.length) {
      column = longer(column, Math.max(this.ids.length, (column.length / HOURS) * 2));
      this.columns.set(name, column);
    }
    column[at] = value;
  }

  /** There is such a column, even if no value is. */
  name(column: string): void {
    if (!this.columns.has(column)) this.columns.set(column, NONE);
  }

  addOutage(id: string, outage: HourOutage): void {
    const outages = this.outages.get(id);
    if (outages) outages.push(outage);
    else this.outages.set(id, [outage]);
  }

  /** Whether a service was seen in an hour. */
  hasSeen(hour: number): boolean {
    const seen = this.columns.get('seen');
    for (let at = hour; seen && at < seen.length; at += HOURS) if ((seen[at] as number) > 0) return true;
    return false;
  }

  /** Takes an hour over from another block of the same day, which is final there. */
  adopt(other: HourBlock, hour: number): void {
    for (const [name, column] of other.columns) {
      this.name(name);
      for (let row = 0; row < other.ids.length; row++) {
        const value = column[row * HOURS + hour];
        if (value !== undefined && !Number.isNaN(value))
          this.set(name, other.ids[row] as string, hour, value);
      }
    }
    for (const [id, outages] of other.outages)
      for (const outage of outages) if (outage.hour === hour) this.addOutage(id, outage);
    this.known[hour] = 1;
  }

  #rowOf(id: string): number {
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const row = this.ids.push(id) - 1;
    this.#rows.set(id, row);
    return row;
  }
}

const NONE = new Float32Array();

function longer(column: Float32Array, rows: number): Float32Array {
  const longer = new Float32Array(rows * HOURS).fill(Number.NaN);
  longer.set(column);
  return longer;
}
