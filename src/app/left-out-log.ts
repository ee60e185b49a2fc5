// Says in the log when samples of a service begin to be left out, and when there is room for all again.

import type { CheckResult } from '../model/result.js';

/** What a log of the monitor's takes. */
interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Remembers of which services samples are left out, from check to check. */
export class LeftOutLog {
  readonly #log: Log;
  readonly #limited = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Logs a result whose samples are left out unlike those of the service's last answer, and the other way round. */
  log({ target, leftOut, reason }: CheckResult): void {
    if (leftOut) {
      if (this.#limited.has(target)) return;
      this.#limited.add(target);
      const { samples, of, limit } = leftOut;
      this.#log.warn(
        { target, samples },
        `Samples are left out: ${of} are more than the service's sample_limit of ${limit}; ` +
          `set services.${target}.sample_limit to ${of} or more, or to 0 for any number`,
      );
      // An answer that did not come says nothing of how long it would have been.
    } else if (!reason && this.#limited.delete(target)) this.#log.info({ target }, 'No samples are left out');
  }

  /** The service is gone. */
  remove(id: string): void {
    this.#limited.delete(id);
  }
}
