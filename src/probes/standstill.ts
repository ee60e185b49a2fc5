// Whether the thread stands still for a while: the process is stopped (SIGSTOP, a frozen container, a suspended or migrated
// machine) or gets no processor. What is measured meanwhile says nothing about a service.

import type { Clock, Millis } from '../model/time.js';

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

/** Measures how long something took, without the stretches in which the thread stood still. The caller must stop it. */
export class RunningTime {
  readonly #clock: Pick<Clock, 'elapsed'>;
  #from: Millis = 0;
  #sum: Millis = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock;
  }

  /** Begins; it must not be running. */
  start(): void {
    this.#from = this.#clock.elapsed();
    this.#sum = 0;
    this.#arm();
  }

  /** Ends. @returns the time since {@link start} */
  stop(): Millis {
    clearTimeout(this.#timer);
    this.#add();
    return this.#sum;
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#add();
      this.#arm();
    }, STEP);
  }

  /** How much of a step the thread stood still is not known; what was measured in it is void and is measured again. */
  #add(): void {
    const now = this.#clock.elapsed();
    if (now - this.#from <= STEP + TOLERANCE) this.#sum += now - this.#from;
    this.#from = now;
  }
}
