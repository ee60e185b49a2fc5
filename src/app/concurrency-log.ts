// The limit of concurrent checks in the program's log, whenever one of its figures changes.

import { concurrencyProblems } from '../probes/concurrency.js';
import type { ProberConfig } from '../probes/config.js';
import type { Logger } from './log.js';

export class ConcurrencyLog {
  readonly #log: Logger;
  /** The figures that were logged last. */
  #figures = '';

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Logs the limit with what it follows from, and why it is too low if it is. */
  report({ concurrency, connections, targets }: ProberConfig): void {
    const { limit, isAuto, required, recommended } = concurrency;
    const services = targets.filter(({ isService }) => isService).length;
    const by = isAuto ? 'auto' : 'configuration';
    const fields = { limit, by, services, required, recommended, connections: connections.total };
    const figures = JSON.stringify(fields);
    if (figures === this.#figures) return;
    this.#figures = figures;
    this.#log.info(fields, 'Limit of concurrent checks');
    for (const err of concurrencyProblems(concurrency, connections))
      this.#log.warn({ err }, 'Limit of concurrent checks is too low');
  }
}
