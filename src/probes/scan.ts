// A scan: the round in which every service whose turn it is gets checked. It begins with its first check and ends when
// all of them have, or when the next one is due; what hangs does not hold up the others' news.

import type { Clock, Millis } from '../model/time.js';
import { RunningTime } from './standstill.js';

/** A scan that has ended. */
export interface Scan {
  /** Wall clock when its first check started. */
  readonly startedAt: Millis;
  /** Wall clock when its last check ended, or the next scan was due. */
  readonly endedAt: Millis;
  /**
   * How long at least one of its checks was under way: less than from start to end when checks wait for their turn, or when
   * the thread stood still.
   */
  readonly work: Millis;
  /** The longest any of its checks waited past its due time, in milliseconds. */
  readonly lag: Millis;
  /** How long each of its checks waited, confirmations and checks at once included. */
  readonly lags: readonly Millis[];
  /** False when the time was over before all of its checks were. */
  readonly complete: boolean;
}

/** A round whose checks do not start is begun without one, so much later, as a part of its length. */
const START_TOLERANCE = 0.1;
const MAX_START_TOLERANCE: Millis = 500;
/** Slots are a little off where an interval is no whole number of milliseconds. As a part of a round. */
const ROUNDING = 1e-6;

/** Which checks belong to a round. Times are monotonic. */
interface Turns {
  /** Rounds begin whole lengths after this. */
  readonly origin: Millis;
  /** Ids of the checks of the round that begins at a moment, but for those under way. */
  inRound(start: Millis): Iterable<string>;
}

/** Follows the rounds; its owner says when a check starts and ends. Times are monotonic. */
export class ScanRounds {
  readonly #clock: Clock;
  readonly #onEnd: (scan: Scan) => void;
  readonly #turns: Turns;
  #open: Set<string> | undefined;
  /** Those of the open round that are under way. */
  readonly #running = new Set<string>();
  /** When the last round began, or was to. */
  #start = Number.NEGATIVE_INFINITY;
  #startedAt: Millis | undefined;
  readonly #runningTime: RunningTime;
  #work: Millis = 0;
  #lags: Millis[] = [];
  #length: Millis = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock, turns: Turns, onEnd: (scan: Scan) => void) {
    this.#clock = clock;
    this.#runningTime = new RunningTime(clock);
    this.#turns = turns;
    this.#onEnd = onEnd;
  }

  /** Sets how long a round is; a running one is cut or stretched. */
  setLength(length: Millis): void {
    if (length === this.#length) return;
    this.#length = length;
    this.#arm();
  }

  /** A check has started. @param slot when its turn was @param lag how much later than it was due */
  started(id: string, slot: Millis, lag: Millis): void {
    const start = this.#startOf(slot);
    if (start > this.#startOf(this.#start)) this.#begin(start, id);
    this.#lags.push(lag);
    if (!this.#open?.has(id)) return;
    this.#startedAt ??= this.#clock.now();
    if (this.#running.size === 0) this.#runningTime.start();
    this.#running.add(id);
  }

  /** A check has ended. @param isLast whether it is not wanted again in this round */
  ended(id: string, isLast: boolean): void {
    if (this.#running.delete(id) && this.#running.size === 0) this.#work += this.#runningTime.stop();
    if (isLast && this.#open?.delete(id) && this.#open.size === 0) this.#end(true);
  }

  /** A service is not checked any more. */
  remove(id: string): void {
    this.ended(id, true);
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.#running.size > 0) this.#runningTime.stop();
    this.#running.clear();
  }

  /** @param first the check it begins with; what is under way beside it belongs to the round before */
  #begin(start: Millis, first?: string): void {
    if (this.#open) this.#end(false);
    this.#start = start;
    this.#startedAt = undefined;
    this.#work = 0;
    this.#lags = [];
    this.#running.clear();
    this.#open = new Set(this.#turns.inRound(start));
    if (first !== undefined) this.#open.add(first);
    this.#arm();
    if (this.#open.size === 0) this.#end(true);
  }

  /** Begins the next round without a check, should none start. */
  #arm(): void {
    clearTimeout(this.#timer);
    const now = this.#clock.elapsed();
    const next = Math.max(this.#startOf(this.#start), this.#startOf(now)) + this.#length;
    const timeout = Math.min(this.#length * START_TOLERANCE, MAX_START_TOLERANCE);
    this.#timer = setTimeout(() => this.#begin(next), next + timeout - now);
  }

  /** When the round begins that a moment is in, at the present length. */
  #startOf(moment: Millis): Millis {
    if (!Number.isFinite(moment)) return moment;
    const { origin } = this.#turns;
    return origin + Math.floor((moment - origin) / this.#length + ROUNDING) * this.#length;
  }

  #end(complete: boolean): void {
    const now = this.#clock.now();
    if (this.#running.size > 0) this.#work += this.#runningTime.stop();
    this.#open = undefined;
    this.#running.clear();
    const [lags, work] = [this.#lags, this.#work];
    this.#lags = [];
    const lag = lags.reduce((longest, each) => Math.max(longest, each), 0);
    this.#onEnd({ startedAt: this.#startedAt ?? now, endedAt: now, work, lag, lags, complete });
  }
}
