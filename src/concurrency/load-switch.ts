// Whether much is asked of the program. Comes in: a note of each request; goes out: a change, at once when it becomes much and
// after a second when it was little again.

import type { Millis } from '../model/time.js';

const WINDOW: Millis = 1000;

/** Is on while much comes within a second. */
export class LoadSwitch {
  readonly #many: number;
  readonly #set: (isOn: boolean) => void;
  #isOn = false;
  #isWatching = false;
  #count = 0;

  /** @param many from which number within a second on it is on */
  constructor(many: number, set: (isOn: boolean) => void) {
    this.#many = many;
    this.#set = set;
  }

  /** So many have come. */
  note(count = 1): void {
    this.#count += count;
    if (this.#count >= this.#many && !this.#isOn) this.#change(true);
    if (!this.#isWatching) this.#watch();
  }

  /** The timer is there only while something comes. */
  #watch(): void {
    this.#isWatching = true;
    setTimeout(() => this.#look(), WINDOW).unref();
  }

  #look(): void {
    const areMany = this.#count >= this.#many;
    this.#count = 0;
    this.#isWatching = false;
    if (areMany) this.#watch();
    else if (this.#isOn) this.#change(false);
  }

  #change(isOn: boolean): void {
    this.#isOn = isOn;
    this.#set(isOn);
  }
}
