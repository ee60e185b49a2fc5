// Whether the thread stands still for a while: the process is stopped (SIGSTOP, a frozen container, a suspended or migrated
// machine) or gets no processor. What is measured meanwhile says nothing about a service.

import type { Clock, Millis } from '../model/time.js';

/** How often a watch looks. */
const STEP: Millis = 500;
/** Timers of a thread that runs are late by less, on a busy machine too. */
const TOLERANCE: Millis = 500;

/** Looks whether the thread runs: one timer for all watches, while there are any. */
class Lookout {
  #watches = 0;
  #dueAt: Millis = 0;
  #timer: NodeJS.Timeout | undefined;
  #standstills = 0;

  /** Looks for one more watch. */
  add(): void {
    if (this.#watches++ === 0) this.#arm();
  }

  remove(): void {
    if (--this.#watches === 0) clearTimeout(this.#timer);
  }

  /** How often the thread has stood still while there were watches, for half a second to a second at least. */
  look(): number {
    // What happened meanwhile may be handled before the timer that is late by it.
    if (performance.now() > this.#dueAt + TOLERANCE) {
      this.#standstills++;
      clearTimeout(this.#timer);
      this.#arm();
    }
    return this.#standstills;
  }

  #arm(): void {
    this.#dueAt = performance.now() + STEP;
    this.#timer = setTimeout(() => this.#step(), STEP);
  }

  #step(): void {
    const before = this.#standstills;
    // It arms the next step when it finds a standstill.
    if (this.look() === before) this.#arm();
  }
}

const lookout = new Lookout();

/** Watches from its construction on. The caller must close it. */
export class StandstillWatch {
  /** Standstills that were over by then. */
  readonly #before: number;

  constructor() {
    lookout.add();
    this.#before = lookout.look();
  }

  /** Whether the thread has stood still since, for half a second to a second at least. */
  get stoodStill(): boolean {
    return lookout.look() > this.#before;
  }

  close(): void {
    lookout.remove();
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
