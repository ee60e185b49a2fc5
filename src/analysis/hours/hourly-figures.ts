// Figures of every hour, each asked for once: an hour that is over does not change. Comes in: periods; goes out: blocks of
// hours, kept in memory and in the store. Questions are asked one after the other, so that others are answered between them.

import type { Clock, Millis } from '../../model/time.js';
import type { Engine, Period } from '../asking.js';
import { HOUR, HOURS, HourBlock } from './block.js';
import { readBlock, writeBlock } from './block-file.js';
import { type HourRun, MAX_SAMPLES, queryHours } from './query-hours.js';

const DAY: Millis = HOURS * HOUR;
/** After an hour, so that its last scrapes are there, at a remote engine too. */
const LATE: Millis = 10 * 60_000;
/** Columns in memory; the blocks used least recently go first. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Where blocks are kept, by their first moment. */
export interface HourStore {
  /** @returns whether it is on disk */
  upsert(start: Millis, block: Uint8Array): boolean;
  get(start: Millis): Uint8Array | undefined;
  /** False where it was deleted, because an import changed its samples; undefined where that is not known. */
  has(start: Millis): boolean | undefined;
}

/** A part of a period: hours of one block. */
export interface HourPart {
  /** The first hour's number in the period and in the block, and how many there are. */
  readonly at: number;
  readonly first: number;
  readonly count: number;
  /** Where an hour's figures are, by its number in the block. */
  readonly blockOf: (hour: number) => HourBlock;
  /** The blocks that some hour's figures are in. */
  readonly blocks: readonly HourBlock[];
}

interface HourlyFiguresOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  /** None: memory alone. */
  readonly store?: HourStore;
  /** Samples that a question reads, about. */
  readonly mostSamples?: number;
}

export class HourlyFigures {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #store: HourStore | undefined;
  readonly #most: number;
  /** By their first moment; the least recently used comes first. */
  readonly #blocks = new Map<Millis, HourBlock>();
  /** Those that are in the store, too. */
  readonly #stored = new Set<Millis>();
  #last: Promise<unknown> = Promise.resolve();

  constructor({ engine, clock, store, mostSamples = MAX_SAMPLES }: HourlyFiguresOptions) {
    this.#engine = engine;
    this.#clock = clock;
    this.#store = store;
    this.#most = mostSamples;
  }

  /**
   * Calls back with each part of a period, the oldest first.
   * @param services how many there are, about
   * @throws QueryError
   */
  async each(period: Period, services: number, visit: (part: HourPart) => Promise<void>): Promise<void> {
    const grid = ((period.from % HOUR) + HOUR) % HOUR;
    for (let from = period.from; from < period.to; ) {
      const start = Math.floor((from - grid) / DAY) * DAY + grid;
      const to = Math.min(start + DAY, period.to);
      await visit(await this.#inTurn(() => this.#part(start, { from, to }, period, services)));
      from = to;
    }
  }

  /**
   * Makes and keeps what is not known yet of a period's final hours: of the present one nothing could be kept.
   * @param services how many there are, about @throws QueryError
   */
  async load({ from, to }: Period, services: number): Promise<void> {
    const hours = Math.floor((Math.min(to, this.#clock.now() - LATE) - from) / HOUR);
    if (hours > 0) await this.each({ from, to: from + hours * HOUR }, services, async () => {});
  }

  async #part(start: Millis, { from, to }: Period, period: Period, services: number): Promise<HourPart> {
    const stored = await this.#blockAt(start);
    const first = Math.round((from - start) / HOUR);
    const count = Math.ceil((to - from) / HOUR);
    const queried: { readonly run: HourRun; readonly block: HourBlock }[] = [];
    for (const run of unknownRuns(stored, first, first + count, to)) {
      const block = await queryHours(this.#engine, run, services, this.#most);
      queried.push({ run, block });
      await this.#storeBlock(stored, run, block);
    }
    const blockOf = (hour: number) =>
      queried.find(({ run }) => hour >= run.first && hour < run.end)?.block ?? stored;
    return {
      at: Math.round((from - period.from) / HOUR),
      ...{ first, count, blockOf },
      blocks: [stored, ...queried.map(({ block }) => block)],
    };
  }

  /** Keeps those hours that are final: over, and looked at. What an import brings of the others is asked for again. */
  async #storeBlock(stored: HourBlock, { start, first, end }: HourRun, queried: HourBlock): Promise<void> {
    const final = this.#clock.now() - LATE;
    let isChanged = false;
    for (let hour = first; hour < end; hour++) {
      if (start + (hour + 1) * HOUR > final || !queried.hasSeen(hour)) continue;
      stored.adopt(queried, hour);
      isChanged = true;
    }
    if (isChanged && this.#store?.upsert(start, await writeBlock(stored))) this.#stored.add(start);
  }

  async #blockAt(start: Millis): Promise<HourBlock> {
    if (this.#stored.has(start) && this.#store?.has(start) === false) {
      this.#stored.delete(start);
      this.#blocks.delete(start);
    }
    const stored = this.#blocks.has(start) ? undefined : this.#store?.get(start);
    const block =
      this.#blocks.get(start) ?? (stored && (await readBlock(start, stored))) ?? new HourBlock(start);
    if (stored) this.#stored.add(start);
    this.#blocks.delete(start);
    this.#blocks.set(start, block);
    this.#bound();
    return block;
  }

  #bound(): void {
    let bytes = 0;
    for (const block of this.#blocks.values()) bytes += block.bytes;
    for (const [start, block] of this.#blocks) {
      if (bytes <= MAX_BYTES || this.#blocks.size === 1) return;
      bytes -= block.bytes;
      this.#blocks.delete(start);
    }
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(action);
    this.#last = result.catch(() => {});
    return result;
  }
}

/** Hours of a block that are not known for good, neighbours together. */
function unknownRuns({ start, known }: HourBlock, first: number, end: number, to: Millis): HourRun[] {
  const runs: { start: Millis; first: number; end: number; to: Millis }[] = [];
  for (let hour = first; hour < end; hour++) {
    if (known[hour]) continue;
    const last = runs.at(-1);
    const until = Math.min(start + (hour + 1) * HOUR, to);
    if (last?.end === hour) Object.assign(last, { end: hour + 1, to: until });
    else runs.push({ start, first: hour, end: hour + 1, to: until });
  }
  return runs;
}
