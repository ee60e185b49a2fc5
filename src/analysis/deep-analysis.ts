// The document's deep analysis, every half hour: figures of the hours that are over are made, and the reports that people look
// at, so that a request is answered at once. Comes in: time. The caller must close it.

import type { Clock, Millis } from '../model/time.js';
import type { Analyst } from './analyst.js';

const EVERY: Millis = 30 * 60_000;
/** After a start rules and pages have more urgent queries. */
const FIRST: Millis = 30_000;

interface DeepAnalysisOptions {
  readonly analyst: Pick<Analyst, 'refresh'>;
  readonly clock: Clock;
  readonly log: (level: 'debug' | 'warn', message: string, fields: Record<string, unknown>) => void;
}

export class DeepAnalysis {
  readonly #options: DeepAnalysisOptions;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: DeepAnalysisOptions) {
    this.#options = options;
    this.#wait(FIRST);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Once. */
  async run(): Promise<void> {
    const { analyst, clock, log } = this.#options;
    const begun = clock.elapsed();
    try {
      const reports = await analyst.refresh(() => this.#isClosed);
      const took = `${Math.round(clock.elapsed() - begun)}ms`;
      log('debug', 'Deep analysis finished', { reports, took });
    } catch (error) {
      if (!this.#isClosed) log('warn', 'Deep analysis failed; retrying', { err: (error as Error).message });
    }
  }

  #wait(pause: Millis): void {
    this.#timer = setTimeout(() => void this.#work(), pause);
    this.#timer.unref();
  }

  async #work(): Promise<void> {
    await this.run();
    if (!this.#isClosed) this.#wait(EVERY);
  }
}
