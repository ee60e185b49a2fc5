// Work that events ask for, however many there are: at once when the browser is idle, else as often as leaves it most of
// its time. What was asked for meanwhile is done once, with what is newest then.

/** For each millisecond the work took, as long is left to everything else. */
const REST = 4;

export class Pace {
  readonly #work: () => unknown;
  #isResting = false;
  #isDue = false;

  /** @param work a promise it returns is part of the work; it must not throw or reject */
  constructor(work: () => unknown) {
    this.#work = work;
  }

  /** Something is to be done. */
  ask(): void {
    if (this.#isResting) this.#isDue = true;
    else void this.#run();
  }

  async #run(): Promise<void> {
    this.#isResting = true;
    this.#isDue = false;
    const begin = performance.now();
    await this.#work();
    // What is drawn because of it comes first, and counts.
    await rest(0);
    await rest(REST * (performance.now() - begin));
    this.#isResting = false;
    if (this.#isDue) void this.#run();
  }
}

function rest(millis: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, millis));
}
