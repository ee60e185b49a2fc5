// When V8 optimizes code: late as long as little is asked of the program, as it does by itself while much is. Comes in: a
// note of each request.

import { setFlagsFromString } from 'node:v8';
import type { Millis } from '../model/time.js';

/** Bytes of bytecode a function runs before V8 looks whether it is hot. */
const PATIENT = 1_000_000;
/** A quarter of V8's own number: what was begun under the other one has to be run through first. */
const EAGER = 32 * 1024;
/** Requests within a second from which on code is worth optimizing soon: it costs time once, and saves half of each request's. */
const MANY = 50;
const WINDOW: Millis = 1000;

/** From Node 22 on V8 does not know the flag, and would say so. */
const isKnown = Number(process.versions.node.split('.')[0]) < 22;

/** Counts requests and sets V8's budget by them. */
export class BudgetByRequests {
  readonly #set: (bytes: number) => void;
  #isEager = false;
  #isWatching = false;
  #requests = 0;

  /** @param set gives V8 a budget, in bytes of bytecode */
  constructor(set: (bytes: number) => void) {
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

function setBudget(bytes: number): void {
  if (isKnown) setFlagsFromString(`--interrupt-budget=${bytes}`);
}

/** Makes V8 optimize late. To be called before most code is run. */
export function optimizeLate(): void {
  setBudget(PATIENT);
}

let budget: BudgetByRequests | undefined;

/**
 * Makes V8 optimize late, and soon while many requests are noted. The built program has copies of this module: the caller must be
 * in the same bundle as what calls {@link noteRequest}.
 */
export function optimizeByRequests(): void {
  budget = new BudgetByRequests(setBudget);
}

/** A request has come. */
export function noteRequest(): void {
  budget?.note();
}
