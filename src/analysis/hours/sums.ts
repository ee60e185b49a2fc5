// Figures of hours as each service's, over a period. Comes in: parts of a period, the oldest first; goes out: what each
// service had in every hour, and what that is together.

import { TimeSlicer } from '../../concurrency/time-slicer.js';
import { bucketQuantile } from '../../promql/functions/bucket-estimates.js';
import { Buckets as HistogramBuckets } from '../../promql/functions/classic-buckets.js';
import { type Hours, hoursIn, type Period } from '../asking.js';
import type { Outage } from '../outages.js';
import { CLUSTER, HOURS, type HourBlock, type HourOutage } from './block.js';
import { BUCKET_PREFIX, type ServiceFigureName } from './figures.js';
import type { HourPart } from './hourly-figures.js';

/** Answered checks by the upper bound of their bucket: how many took at most so many seconds. */
export type Buckets = ReadonlyMap<number, number>;

/** Of one service. */
export class ServiceSums {
  readonly hours: number;
  readonly outages: Outage[] = [];
  readonly #buckets = new Map<number, number>();
  readonly #figures = new Map<string, Float32Array>();

  constructor(hours: number) {
    this.hours = hours;
  }

  add(name: string, hour: number, values: Float32Array): void {
    let figure = this.#figures.get(name);
    if (!figure) {
      figure = new Float32Array(this.hours).fill(Number.NaN);
      this.#figures.set(name, figure);
    }
    figure.set(values, hour);
  }

  addBucket(bound: number, values: Float32Array): void {
    let sum = this.#buckets.get(bound) ?? 0;
    for (let i = 0; i < values.length; i++) sum += values[i] || 0;
    this.#buckets.set(bound, sum);
  }

  /** What a figure is in an hour; NaN where it is not known. */
  readonly of = (name: ServiceFigureName, hour: number): number =>
    this.#figures.get(name)?.[hour] ?? Number.NaN;

  /** A figure of all hours. */
  total(name: ServiceFigureName): number {
    let sum = 0;
    for (const value of this.#figures.get(name) ?? []) sum += value || 0;
    return sum;
  }

  /** Its buckets, those that no check was in too. */
  bucketsWithin(bounds: Iterable<number>): Buckets {
    return new Map([...bounds].map(bound => [bound, this.#buckets.get(bound) ?? 0]));
  }

  /** The mean from an hour on, in which each weighs as much as was seen of it; NaN where nothing is known. */
  mean(name: ServiceFigureName, from: number): number {
    let [sum, weight] = [0, 0];
    for (let hour = from; hour < this.hours; hour++) {
      const value = this.of(name, hour);
      if (Number.isNaN(value)) continue;
      const seen = this.of('seen', hour) || 0;
      sum += value * seen;
      weight += seen;
    }
    return weight > 0 ? sum / weight : Number.NaN;
  }

  /** The least or the most of all hours; NaN where nothing is known. */
  extreme(name: ServiceFigureName, choose: (a: number, b: number) => number): number {
    let found = Number.NaN;
    for (const value of this.#figures.get(name) ?? [])
      if (!Number.isNaN(value)) found = Number.isNaN(found) ? value : choose(found, value);
    return found;
  }

  /** A figure of every hour. */
  figure(name: string): Float32Array | undefined {
    return this.#figures.get(name);
  }

  names(): Iterable<string> {
    return this.#figures.keys();
  }
}

/** Of all services. */
export class HourSums {
  readonly services = new Map<string, ServiceSums>();
  /** Of all buckets: one without any check is in no sum. */
  readonly bounds = new Set<number>();
  readonly #hours: number;
  readonly #pieces = new TimeSlicer();

  constructor(period: Period) {
    this.#hours = hoursIn(period);
  }

  /** Adds a part, in short pieces. */
  async add(part: HourPart): Promise<void> {
    for (const block of part.blocks)
      for (const name of block.columns.keys()) {
        if (name.startsWith(BUCKET_PREFIX)) this.bounds.add(boundOf(name));
        this.#addColumn(part, block, name);
        if (this.#pieces.isLong) await this.#pieces.yieldIfDue();
      }
    for (const block of part.blocks) this.#addOutages(part, block);
  }

  #addColumn({ at, first, count, blockOf }: HourPart, block: HourBlock, name: string): void {
    const ours = [...stretches(first, count, hour => blockOf(hour) === block)];
    for (const id of block.ids) {
      const values = block.values(name, id);
      if (!values || values.every(Number.isNaN)) continue;
      for (const [start, length] of ours)
        this.#note(id, name, at + start - first, values.subarray(start, start + length));
    }
  }

  #addOutages({ blockOf }: HourPart, block: HourBlock): void {
    const isOurs = ({ hour }: HourOutage) => blockOf(hour) === block;
    for (const [id, outages] of block.outages) this.#of(id).outages.push(...outages.filter(isOurs));
  }

  #note(id: string, name: string, hour: number, values: Float32Array): void {
    const of = this.#of(id);
    if (name.startsWith(BUCKET_PREFIX)) of.addBucket(boundOf(name), values);
    else of.add(name, hour, values);
  }

  #of(id: string): ServiceSums {
    let sums = this.services.get(id);
    if (!sums) {
      sums = new ServiceSums(this.#hours);
      this.services.set(id, sums);
    }
    return sums;
  }

  /** Of the whole cluster, by name. */
  get cluster(): ReadonlyMap<string, Hours> {
    const of = this.services.get(CLUSTER);
    const named = [...(of?.names() ?? [])].map(
      name => [name, Float64Array.from(of?.figure(name) ?? [])] as const,
    );
    return new Map(named);
  }
}

function boundOf(name: string): number {
  const le = name.slice(BUCKET_PREFIX.length);
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

/** Hours that follow each other, of which something is true: the first of them and how many. */
function* stretches(
  first: number,
  count: number,
  is: (hour: number) => boolean,
): Generator<readonly [number, number]> {
  for (let hour = first; hour < first + count; hour++) {
    if (!is(hour)) continue;
    const start = hour;
    while (hour + 1 < Math.min(HOURS, first + count) && is(hour + 1)) hour++;
    yield [start, hour + 1 - start];
  }
}

/** Seconds that a share of the answered checks took at most, as histogram_quantile has it; NaN without any. */
export function quantileOf(share: number, buckets: Buckets): number {
  const found = new HistogramBuckets(buckets.size);
  for (const [bound, count] of [...buckets].sort(([a], [b]) => a - b)) {
    found.bounds[found.size] = bound;
    found.counts[found.size++] = count;
  }
  if (!found.isComplete) return Number.NaN;
  found.makeMonotonic();
  return bucketQuantile(share, found);
}
