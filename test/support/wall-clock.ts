// A wall clock for a program of the test, which the test sets while the program runs. Made by libfaketime.

import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARY = readdirSync('/usr/lib')
  .map(name => join('/usr/lib', name, 'faketime/libfaketime.so.1'))
  .find(path => existsSync(path));

/** Whether there are such clocks on this machine. */
export const HAS_WALL_CLOCK = LIBRARY !== undefined;

export class WallClock {
  readonly #file: string;
  #offset = 0;

  /** @param offset seconds ahead of the machine's own clock */
  constructor(folder: string, offset = 0) {
    this.#file = join(folder, 'time');
    this.set(offset);
  }

  /** For the program's environment. */
  get env(): NodeJS.ProcessEnv {
    return {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      // Timers and deadlines are of the monotonic clock, which is never set.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      TZ: 'UTC',
    };
  }

  /** Milliseconds since the epoch, as the program sees them. */
  get now(): number {
    return Date.now() + this.#offset * 1000;
  }

  /** Sets it to so many seconds ahead of the machine's own, or behind. */
  set(offset: number): void {
    this.#offset = offset;
    writeFileSync(`${this.#file}.new`, `${offset < 0 ? '' : '+'}${offset}s\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Sets it forward by so many seconds, or back. */
  move(seconds: number): void {
    this.set(this.#offset + seconds);
  }
}
