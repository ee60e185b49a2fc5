// Asks the storage of all monitors which services of others have changed lately: a question that is as small as the changes are few,
// however many services there are. Comes in: the storage; goes out: changes.

import { changesOf, changesQuery, hashOf } from '../cluster/shard-changes.js';
import type { ShardCheck } from '../cluster/shard-check.js';
import type { Clock, Millis } from '../model/time.js';
import type { RangeAnswer } from '../query/engine.js';
import { OWN_TIMEOUT } from './remote-backend.js';

/** Between two questions. */
const INTERVAL: Millis = 1000;
/** How long before the last answer a change may have been made that is not in it: it was on its way, or by another clock. */
const OVERLAP: Millis = 20_000;
/** Of older changes the samples of all services tell. */
const MAX_AGE: Millis = 60_000;

export interface ChangeReaderOptions {
  /** Samples of the storage as they are stored. @throws QueryError */
  readonly stored: (
    query: string,
    at: Millis,
    options: { timeout: Millis },
  ) => Promise<Pick<RangeAnswer, 'series'>>;
  readonly clock: Pick<Clock, 'now'>;
}

/** @param changes by service @param at wall clock of the question */
type OnChanges = (changes: ReadonlyMap<string, ShardCheck>, at: Millis) => void;

/** The caller must {@link close} it. */
export class ChangeReader {
  readonly #options: ChangeReaderOptions;
  readonly #onChanges: OnChanges;
  #ids: ReadonlyMap<number, string> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  /** Wall clock. */
  #answeredAt: Millis = 0;

  constructor(options: ChangeReaderOptions, onChanges: OnChanges) {
    this.#options = options;
    this.#onChanges = onChanges;
  }

  /** @param ids services whose changes are written and not known here; none: nothing is asked */
  configure(ids: Iterable<string>): void {
    this.close();
    this.#ids = new Map([...ids].map(id => [hashOf(id), id]));
    if (this.#ids.size > 0) this.#timer = setInterval(() => void this.#ask(), INTERVAL);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#ids = new Map();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      await this.#read();
    } catch {
      // That the storage does not answer is reported by those who ask for all services.
    } finally {
      this.#isAsking = false;
    }
  }

  async #read(): Promise<void> {
    const { stored, clock } = this.#options;
    const at = clock.now();
    const since = Math.max(0, at - this.#answeredAt);
    const query = changesQuery(Math.min(since + OVERLAP, MAX_AGE));
    const { series } = await stored(query, at, { timeout: OWN_TIMEOUT });
    this.#answeredAt = at;
    this.#onChanges(changesOf(series, this.#ids), at);
  }
}
