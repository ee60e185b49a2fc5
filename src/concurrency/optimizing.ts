// When V8 optimizes code: late as long as little is asked of the program, as it does by itself while much is. Comes in: a
// note of each request.

import { setFlagsFromString } from 'node:v8';
import type { Millis } from '../model/time.js';

/**
 * Bytes of bytecode a function runs between two looks at whether it is hot. Always the same: a function has to run through what it
 * was given before another number holds for it, which took thousands of requests where the number was large at rest.
 */
const BUDGET = 32 * 1024;

/** How often V8 looks at a function before it optimizes it. Looks count as long as what the function works on has the same shapes. */
export interface Looks {
  /** So many for any function, */
  readonly ticks: number;
  /** one more for so many bytes of its bytecode each, */
  readonly bytesPerTick: number;
  /** and only one for a function with less bytecode than this. */
  readonly small: number;
}

/** As V8 does by itself with a budget of 1,000,000: thirty times later than under load. */
export const PATIENT: Looks = { ticks: 92, bytesPerTick: 5, small: 0 };
/** V8's own numbers, of a budget that is a quarter of V8's. */
export const EAGER: Looks = { ticks: 3, bytesPerTick: 150, small: 81 };

/** Requests within a second from which on code is worth optimizing soon: it costs time once, and saves half of each request's. */
const MANY = 50;
const WINDOW: Millis = 1000;

/** From Node 22 on V8 does not know some of these flags, and would say so. */
const isKnown = Number(process.versions.node.split('.')[0]) < 22;

/** Counts requests and sets how often V8 looks by them. */
export class LooksByRequests {
  readonly #set: (looks: Looks) => void;
  #isEager = false;
  #isWatching = false;
  #requests = 0;

  /** @param set tells V8 */
  constructor(set: (looks: Looks) => void) {
    this.#set = set;
    set(PATIENT);
  }

  /** A request has come. */
  note(): void {
    this.#requests++;
    if (this.#requests >= MANY && !this.#isEager) {
      this.#isEager = true;
      this.#set(EAGER);
    }
    if (!this.#isWatching) this.#watch();
  }

  /** The timer is there only while requests come. */
  #watch(): void {
    this.#isWatching = true;
    setTimeout(() => this.#look(), WINDOW).unref();
  }

  #look(): void {
    const areMany = this.#requests >= MANY;
    this.#requests = 0;
    this.#isWatching = false;
    if (areMany) this.#watch();
    else if (this.#isEager) {
      this.#isEager = false;
      this.#set(PATIENT);
    }
  }
}

/** V8 reads these at each look; looks that were counted before count. */
function setLooks({ ticks, bytesPerTick, small }: Looks): void {
  if (!isKnown) return;
  setFlagsFromString(`--ticks-before-optimization=${ticks}`);
  setFlagsFromString(`--bytecode-size-allowance-per-tick=${bytesPerTick}`);
  setFlagsFromString(`--max-bytecode-size-for-early-opt=${small}`);
}

/** Makes V8 optimize late. To be called before most code is run. */
export function optimizeLate(): void {
  if (isKnown) setFlagsFromString(`--interrupt-budget=${BUDGET}`);
  setLooks(PATIENT);
}

let looks: LooksByRequests | undefined;

/**
 * Makes V8 optimize late, and soon while many requests are noted. The built program has copies of this module: the caller must be
 * in the same bundle as what calls {@link noteRequest}.
 */
export function optimizeByRequests(): void {
  looks = new LooksByRequests(setLooks);
}

/** A request has come. */
export function noteRequest(): void {
  looks?.note();
}
