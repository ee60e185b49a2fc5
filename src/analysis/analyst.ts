// Makes reports, each once for all requests. Comes in: questions for a report; goes out: the report with its age. An
// answer that is a few minutes old is given at once while a new one is being made.

import { TimeSlicer } from '../concurrency/time-slicer.js';
import type { Service } from '../model/service.js';
import type { Clock, Millis } from '../model/time.js';
import { type Engine, type Hours, hoursIn, lastDays, type Period, type Scope } from './asking.js';
import { type Calendar, calendarOf } from './calendar.js';
import { type Facts, factsOf } from './facts.js';
import { HourlyFigures } from './hours/hourly-figures.js';
import type { RollupStore } from './rollup.js';
import { type Direction, directionOf } from './trend-word.js';

/** So old an answer is as good as new; one that took long to make for so many times as long as it took. */
const FRESH: Millis = 60_000;
const FRESH_TIMES = 10;
/** So old an answer is better than waiting; a new one is made every half hour, which may take a while. */
const USABLE: Millis = 45 * 60_000;
/** A report is made again by itself for so long after it was asked for, and so many of them. */
const WANTED: Millis = 24 * 3_600_000;
const MAX_WANTED = 20;
/** The default period of most reports. */
const USUAL = lastDays(7);

/** Hours of a period, of all services together: each takes some 50 bytes while a report is made. */
const MAX_SERVICE_HOURS = 1_000_000;

/** A report is asked for of a time that has not begun. */
export class NothingYet extends Error {
  constructor() {
    super('that time has not begun');
    this.name = 'NothingYet';
  }
}

/** A report is asked for of so long a period that its figures would not fit into memory. */
export class TooMuch extends Error {
  constructor(services: number) {
    const days = Math.floor(MAX_SERVICE_HOURS / services / 24);
    super(`with ${services} services a period has at most ${days} days; ask for fewer`);
    this.name = 'TooMuch';
  }
}

/** What all reports of a period rest on. */
export interface Findings {
  readonly engine: Engine;
  readonly period: Period;
  readonly services: readonly Service[];
  readonly facts: Facts;
  /** Of the whole cluster by the hour, by the name of a figure. */
  readonly cluster: ReadonlyMap<string, Hours>;
  readonly calendar: Calendar;
  /** What is kept of days, also of those before the period. */
  readonly rollups: Pick<RollupStore, 'between'>;
  /** Of the services of which there are facts. */
  readonly directions: ReadonlyMap<string, Direction>;
}

/** A kind of report. */
export interface Report<Result> {
  readonly name: string;
  make(findings: Findings): Promise<Result>;
}

interface Aged<Result> {
  readonly report: Result;
  readonly age: Millis;
}

interface Wanted {
  readonly askedAt: Millis;
  readonly make: () => Promise<unknown>;
}

interface CachedReport {
  /** When its making began, and how long it took. */
  readonly madeAt: Millis;
  readonly computedIn: Millis;
  readonly result: Promise<unknown>;
}

interface AnalystOptions {
  readonly engine: Engine;
  /** What is known of hours already; without, they are asked for. */
  readonly hourly?: HourlyFigures;
  /** All services there are. */
  readonly services: () => readonly Service[];
  readonly rollups: Pick<RollupStore, 'between'>;
  readonly clock: Clock;
}

export class Analyst {
  readonly #engine: Engine;
  readonly #hourly: HourlyFigures;
  readonly #services: () => readonly Service[];
  readonly #rollups: Pick<RollupStore, 'between'>;
  readonly #clock: Clock;
  readonly #cache = new Map<string, CachedReport>();
  readonly #making = new Map<string, CachedReport>();
  /** Reports that were asked for, by name. */
  readonly #wanted = new Map<string, Wanted>();

  constructor({ engine, services, rollups, clock, hourly }: AnalystOptions) {
    this.#engine = engine;
    this.#hourly = hourly ?? new HourlyFigures({ engine, clock });
    this.#services = services;
    this.#rollups = rollups;
    this.#clock = clock;
  }

  /** @throws QueryError, NothingYet, TooMuch */
  async report<Result>(kind: Report<Result>, scope: Scope): Promise<Aged<Result>> {
    const name = `${kind.name} of ${scope.name}`;
    const make = async () =>
      kind.make((await this.#share(`findings of ${scope.name}`, FRESH, () => this.#find(scope))).report);
    const answer = await this.#share(name, USABLE, make);
    this.#want(name, make);
    return answer;
  }

  #want(name: string, make: () => Promise<unknown>): void {
    this.#wanted.delete(name);
    this.#wanted.set(name, { askedAt: this.#clock.elapsed(), make });
    const [oldest] = this.#wanted.keys();
    if (this.#wanted.size > MAX_WANTED && oldest !== undefined) this.#wanted.delete(oldest);
  }

  /**
   * Makes figures of hours that are over, and the reports that were asked for in the last day.
   * @param isOver whether to stop
   * @returns how many reports @throws QueryError, NothingYet, TooMuch; then the other reports are made all the same
   */
  async refresh(isOver: () => boolean): Promise<number> {
    const period = USUAL.period(this.#clock.now());
    if (period && !isOver()) await this.#hourly.load(period, this.#services().length);
    let count = 0;
    const errors: unknown[] = [];
    for (const [name, { askedAt, make }] of [...this.#wanted]) {
      if (isOver()) break;
      if (this.#clock.elapsed() - askedAt >= WANTED) {
        this.#wanted.delete(name);
        continue;
      }
      try {
        await this.#share(name, 0, make);
        count++;
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
    return count;
  }

  /** What reports of a period rest on, for what is asked of one service alone. @throws QueryError, NothingYet, TooMuch */
  findings(scope: Scope): Promise<Aged<Findings>> {
    return this.#share(`findings of ${scope.name}`, USABLE, () => this.#find(scope));
  }

  async #find(scope: Scope): Promise<Findings> {
    const period = scope.period(this.#clock.now());
    if (!period) throw new NothingYet();
    const services = this.#services();
    if (services.length * hoursIn(period) > MAX_SERVICE_HOURS) throw new TooMuch(services.length);
    const engine = this.#engine;
    const { services: facts, cluster } = await factsOf(this.#hourly, period, services.length);
    const known = services.filter(({ id }) => facts.has(id));
    const directions = new Map<string, Direction>();
    const pieces = new TimeSlicer();
    for (const { id } of known) {
      const ofService = facts.get(id);
      if (ofService) directions.set(id, directionOf(ofService, period));
      if (pieces.isLong) await pieces.yieldIfDue();
    }
    const calendar = calendarOf(period);
    return { engine, period, services, facts, cluster, calendar, rollups: this.#rollups, directions };
  }

  /**
   * Each report is made once at a time and shared; a failed one is made again on the next request.
   * @param usable so old an answer is given while a new one is made
   */
  async #share<Result>(name: string, usable: Millis, make: () => Promise<Result>): Promise<Aged<Result>> {
    const now = this.#clock.elapsed();
    const cached = this.#cache.get(name);
    const age = cached ? now - cached.madeAt : Number.POSITIVE_INFINITY;
    const isFresh = cached !== undefined && age < Math.max(FRESH, FRESH_TIMES * cached.computedIn);
    if (isFresh && usable > 0) return { report: (await cached.result) as Result, age };
    const making = this.#making.get(name) ?? this.#begin(name, now, make);
    if (!cached || age >= usable) return { report: (await making.result) as Result, age: 0 };
    // The next request gets the error.
    making.result.catch(() => {});
    return { report: (await cached.result) as Result, age };
  }

  #begin(name: string, madeAt: Millis, make: () => Promise<unknown>): CachedReport {
    const result = make();
    const making = { madeAt, computedIn: 0, result };
    this.#making.set(name, making);
    for (const [other, { madeAt: at }] of this.#cache) if (madeAt - at >= USABLE) this.#cache.delete(other);
    result
      .then(
        () => this.#cache.set(name, { ...making, computedIn: this.#clock.elapsed() - madeAt }),
        () => {},
      )
      .finally(() => this.#making.delete(name));
    return making;
  }
}
