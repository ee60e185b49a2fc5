// When reports are due, by cron expressions. Source: croner, "Cron pattern"; POSIX, crontab.

import { Cron } from 'croner';
import type { Millis } from '../model/time.js';

/** Runs that are looked back for; of those that were missed only the last counts. */
const MAX_RUNS = 1000;

export class Schedule {
  readonly #cron: Cron;
  /** Of schedules that are due at the same moments. */
  readonly text: string;
  /** Undefined: that of the process. */
  readonly timeZone: string | undefined;

  /** @param timeZone a name such as `Europe/Berlin`; undefined: that of the process @throws Error, one line */
  constructor(pattern: string, timeZone: string | undefined) {
    // Without a function to call croner starts no timer.
    this.#cron = new Cron(pattern, timeZone === undefined ? {} : { timezone: timeZone });
    this.timeZone = timeZone;
    this.text = `${pattern} ${timeZone ?? ''}`.trim();
  }

  /** The next moment after another; undefined when there is none. */
  after(at: Millis): Millis | undefined {
    return this.#cron.nextRun(new Date(at))?.getTime();
  }

  /** The last moment after `from` and up to `to`; undefined when there is none. */
  lastWithin(from: Millis, to: Millis): Millis | undefined {
    let found: Millis | undefined;
    let at = this.after(from);
    for (let n = 0; at !== undefined && at <= to && n < MAX_RUNS; n++) {
      found = at;
      at = this.after(at);
    }
    return found;
  }
}

/** Why a pattern is none, one line; undefined when it is one. */
export function scheduleProblem(pattern: string, timeZone: string | undefined): string | undefined {
  try {
    const schedule = new Schedule(pattern, timeZone);
    return schedule.after(Date.now()) === undefined ? 'is never due' : undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  }
}

/** Whether there is a time zone of a name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
