// Makes the roll-up of each day once it is over, of the days before while their samples are there, and again of days whose
// samples have changed. Comes in: time; goes out: roll-ups in the store. The caller must close it.

import type { Clock, Millis } from '../model/time.js';
import type { Engine } from './asking.js';
import { dateOf, dayOf } from './calendar.js';
import { HourlyFigures } from './hours/hourly-figures.js';
import { mergeRollups, type RollupStore, rollUp, rollupsIn } from './rollup.js';

/** After midnight, so that the last scrapes of the day are there. */
const LATE: Millis = 10 * 60_000;
const CHECK_INTERVAL: Millis = 10 * 60_000;
/** After a start rules and pages have more urgent queries. */
const FIRST_LOOK: Millis = 60_000;
/** Between two days that are made up for. */
const PAUSE: Millis = 2000;
const MAX_DAYS = 366;
const DAY: Millis = 86_400_000;

interface RollupJobOptions {
  readonly engine: Engine;
  /** What is known of hours already; without, they are asked for. */
  readonly hourly?: HourlyFigures;
  readonly store: RollupStore;
  /** How long samples are kept; undefined where that is not known. */
  readonly retention: () => Millis | undefined;
  readonly clock: Clock;
  readonly log: (level: 'debug' | 'warn', message: string, fields: Record<string, unknown>) => void;
}

export class RollupJob {
  readonly #options: RollupJobOptions;
  readonly #hourly: HourlyFigures;
  /** Of the day before. */
  #services = 1;
  /** Days without samples, so that nothing is kept of them; they are not asked for again. */
  readonly #empty = new Set<string>();
  /** Days that could not be made; the others come first. */
  readonly #failed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RollupJobOptions) {
    this.#options = options;
    this.#hourly = options.hourly ?? new HourlyFigures({ engine: options.engine, clock: options.clock });
    this.#wait(FIRST_LOOK);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Makes one roll-up that is missing or out of date, the oldest first. @returns its date; undefined when none is missing or can be made */
  async step(): Promise<string | undefined> {
    const { store, log } = this.#options;
    const date = this.#missing();
    if (date === undefined) return undefined;
    try {
      const rollup = await rollUp(this.#hourly, date, this.#services);
      if (this.#isClosed) return undefined;
      const services = Object.keys(rollup).length;
      if (services > 0) this.#services = services;
      const earlier = rollupsIn(store, [date]).get(date);
      if (services > 0 && !store.upsert(date, earlier ? mergeRollups(earlier, rollup) : rollup))
        return undefined;
      if (services > 0) this.#empty.delete(date);
      else this.#empty.add(date);
      store.deleteChanged(date);
      log('debug', 'Day rolled up', { date, services });
      return date;
    } catch (error) {
      // The monitor is stopping: the next one makes it.
      if (this.#isClosed) return undefined;
      this.#failed.add(date);
      log('warn', 'Daily roll-up failed; retrying', { date, err: (error as Error).message });
      return undefined;
    }
  }

  #wait(pause: Millis): void {
    this.#timer = setTimeout(() => void this.#work(), pause);
    this.#timer.unref();
  }

  async #work(): Promise<void> {
    const made = await this.step();
    if (!this.#isClosed) this.#wait(made === undefined ? CHECK_INTERVAL : PAUSE);
  }

  #missing(): string | undefined {
    const { store, retention, clock } = this.#options;
    const now = clock.now() - LATE;
    const back = Math.min(MAX_DAYS, Math.ceil((retention() ?? MAX_DAYS * DAY) / DAY));
    const days: string[] = [];
    // From noon to noon no clock change skips a day.
    const noon = dayOf(dateOf(now)).from + DAY / 2;
    for (let n = back; n >= 1; n--) days.push(dateOf(noon - n * DAY));
    const there = store.dates(days[0] as string, days.at(-1) as string);
    if (!there) return undefined;
    const known = new Set(there);
    const changed = store.changed().filter(date => date <= (days.at(-1) as string));
    const missing = [
      ...changed,
      ...days.filter(date => !known.has(date) && !this.#empty.has(date) && !changed.includes(date)),
    ];
    const next = missing.find(date => !this.#failed.has(date));
    if (next !== undefined) return next;
    this.#failed.clear();
    return missing[0];
  }
}
