// Whether the thread stands still for a while: the process is stopped (SIGSTOP, a frozen container, a suspended or migrated
// machine) or gets no processor. What is measured meanwhile says nothing about a service.

import type { Millis } from '../model/time.js';

/** How often a watch looks. */
const STEP: Millis = 500;
/** Timers of a thread that runs are late by less, on a busy machine too. */
const TOLERANCE: Millis = 500;

/** Watches from its construction on. The caller must close it. */
export class StandstillWatch {
  #dueAt: Millis;
  #timer: NodeJS.Timeout;
  #stoodStill = false;

  constructor() {
    this.#dueAt = performance.now() + STEP;
    this.#timer = setTimeout(() => this.#step(), STEP);
  }

  /** Whether the thread has stood still since, by more than about a second. */
  get stoodStill(): boolean {
    // What happened meanwhile may be handled before the timer that is late by it.
    return this.#stoodStill || performance.now() > this.#dueAt + TOLERANCE;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #step(): void {
    this.#stoodStill = this.stoodStill;
    this.#dueAt = performance.now() + STEP;
    this.#timer = setTimeout(() => this.#step(), STEP);
  }
}
