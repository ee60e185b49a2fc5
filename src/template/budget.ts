// What one run of a template may use: steps, time, and the size of its values. Nothing else is done in its thread meanwhile.

import type { GoFunction, Value } from '../go/value.js';
import { isHeavy, TimeUp, withinTime } from './guard.js';
import { sizeOf } from './size.js';

/** Largest text or list, in characters and items: more than any message has. */
export const MAX_VALUE = 4 * 1024 * 1024;
const MAX_STEPS = 1_000_000;
/** Characters and items a function takes or gives for which a step is counted. */
const SIZE_A_STEP = 100;
/** In milliseconds of the process' CPU time: a machine that is busy with other things makes no template too slow. */
const MAX_TIME = 10_000;
const TOO_SLOW = `takes longer than ${MAX_TIME / 1000} s`;
/** Steps after which the clock is looked at. */
const STEPS_A_LOOK = 64;
/** Longest piece of a template, or reason, that an error repeats, in characters. */
const MAX_PIECE = 400;

/** Of all threads of the process, in milliseconds. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A piece of a template, or a reason, as an error repeats it. */
export function shortened(text: string): string {
  return text.length > MAX_PIECE ? `${text.slice(0, MAX_PIECE)}...` : text;
}

/** Counts what a run uses. Begins when it is made. */
export class Budget<Place> {
  readonly #error: (place: Place, reason: string) => Error;
  readonly #end = cpuTime() + MAX_TIME;
  #steps = 0;
  #nextLook = STEPS_A_LOOK;

  /** @param error what is thrown at a place when the budget is used up */
  constructor(error: (place: Place, reason: string) => Error) {
    this.#error = error;
  }

  /** Counts steps. @throws when there were too many, or the time is over */
  step(count: number, place: Place): void {
    this.#steps += count;
    if (this.#steps > MAX_STEPS) throw this.#error(place, 'takes too many steps');
    if (this.#steps < this.#nextLook) return;
    this.#nextLook = this.#steps + STEPS_A_LOOK;
    if (cpuTime() > this.#end) throw this.#error(place, TOO_SLOW);
  }

  /** Counts the work that grows with a value. @returns its size @throws when no message could hold it */
  count(value: Value, place: Place): number {
    const isLarge = typeof value === 'string' || Array.isArray(value) || value instanceof Map;
    if (!isLarge) return 0;
    const size = sizeOf(value, MAX_VALUE);
    if (size > MAX_VALUE) throw this.#error(place, 'makes too long a value');
    this.step(Math.floor(size / SIZE_A_STEP), place);
    return size;
  }

  /** Calls a function. @throws when its arguments or its result are too large, or it takes longer than is left */
  call(name: string, found: GoFunction, args: readonly Value[], place: Place): Value {
    const size = args.reduce<number>((sum, arg) => sum + this.count(arg, place), 0);
    const body = () => found(...args);
    const value = isHeavy(name, args, size) ? this.#within(body, place) : body();
    this.count(value, place);
    return value;
  }

  /** What can take long by itself, within the time that is left. */
  #within<T>(body: () => T, place: Place): T {
    try {
      return withinTime(body, this.#end - cpuTime());
    } catch (error) {
      throw error instanceof TimeUp ? this.#error(place, TOO_SLOW) : error;
    }
  }
}
