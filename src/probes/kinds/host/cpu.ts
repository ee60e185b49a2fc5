// How busy the processors were since the last look. systeminformation's own figure runs a shell and waits for it on
// this very thread, which would show in every other probe's time; Node reads the same counters in 50 us.

import { cpus } from 'node:os';

interface Ticks {
  readonly busy: number;
  readonly total: number;
}

/** Differences below this are noise: a processor's counters tick every 10 ms. */
const MIN_INTERVAL = 50;

export class CpuMeter {
  readonly #read: () => Ticks;
  #last: Ticks;

  /** Starts the first interval. */
  constructor(read: () => Ticks = readTicks) {
    this.#read = read;
    this.#last = read();
  }

  /** Share of busy time from 0 to 1 since the last reading; NaN when that was just now. */
  ratio(): number {
    const now = this.#read();
    const total = now.total - this.#last.total;
    if (total < MIN_INTERVAL) return Number.NaN;
    const busy = now.busy - this.#last.busy;
    this.#last = now;
    return Math.min(1, Math.max(0, busy / total));
  }
}

/** Milliseconds of all processors together since they started. */
function readTicks(): Ticks {
  let busy = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, total: busy + idle };
}
