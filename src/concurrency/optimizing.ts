// When V8 optimizes code: late as long as little is asked of the program, as it does by itself while much is. Comes in: a
// note of each request, of each check, and of alerts.

import { setFlagsFromString } from 'node:v8';
import { collectLate, collectSoon, letYoungGenerationGrow } from './heap-growth.js';
import { LoadSwitch } from './load-switch.js';

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
/** Alerts within a second that are a storm. */
const MANY_ALERTS = 500;

/** Checks within a second that need larger heaps. */
const MANY_CHECKS = 200;

/** From Node 22 on V8 does not know some of these flags, and would say so. */
const isKnown = Number(process.versions.node.split('.')[0]) < 22;

/** Counts requests and sets how often V8 looks by them. */
export class LooksByRequests {
  readonly #load: LoadSwitch;

  /** @param set tells V8 */
  constructor(set: (looks: Looks) => void) {
    set(PATIENT);
    this.#load = new LoadSwitch(MANY, areMany => set(areMany ? EAGER : PATIENT));
  }

  /** So many requests have come, or what is as much work. */
  note(count = 1): void {
    this.#load.note(count);
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

/** Makes V8 optimize soon, and collect garbage late, for a command that computes for seconds and ends. */
export function computeForSeconds(): void {
  setLooks(EAGER);
  collectLate();
}

/** How V8 is to collect garbage: at rest, while very many checks are made, in a storm of alerts. */
export type HeapMode = 'small' | 'young' | 'large';

/** Counts checks and alerts and sets how V8 collects by them. */
export class HeapsByLoad {
  readonly #alerts: LoadSwitch;
  readonly #checks: LoadSwitch;
  #areManyAlerts = false;
  #areManyChecks = false;

  /** @param set called with each change; V8 has small heaps before */
  constructor(set: (mode: HeapMode) => void) {
    const update = () => set(this.#areManyAlerts ? 'large' : this.#areManyChecks ? 'young' : 'small');
    this.#alerts = new LoadSwitch(MANY_ALERTS, areMany => {
      this.#areManyAlerts = areMany;
      update();
    });
    this.#checks = new LoadSwitch(MANY_CHECKS, areMany => {
      this.#areManyChecks = areMany;
      update();
    });
  }

  noteAlerts(count: number): void {
    this.#alerts.note(count);
  }

  noteCheck(): void {
    this.#checks.note();
  }
}

const SET_HEAPS: Readonly<Record<HeapMode, () => void>> = {
  small: collectSoon,
  young: letYoungGenerationGrow,
  large: collectLate,
};

let looks: LooksByRequests | undefined;
let heaps: HeapsByLoad | undefined;

/**
 * Makes V8 optimize late, and soon while many requests or checks are noted; while many alerts or very many checks are noted garbage
 * is collected later. The built program has copies of this module: the caller must be in the same bundle as what calls
 * {@link noteRequest}, {@link noteCheck} and {@link noteAlerts}.
 */
export function optimizeByRequests(): void {
  looks = new LooksByRequests(setLooks);
  heaps = new HeapsByLoad(mode => SET_HEAPS[mode]());
}

/** A request has come. */
export function noteRequest(): void {
  looks?.note();
}

/** A check has been made, which is as much work as a small query. */
export function noteCheck(): void {
  looks?.note();
  heaps?.noteCheck();
}

/** Alerts have come, each of which is as much work as a small query. */
export function noteAlerts(count: number): void {
  looks?.note(count);
  heaps?.noteAlerts(count);
}
