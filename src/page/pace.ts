// Throttles work that events request: it runs at once when the browser is idle, else as often as leaves it most of its
// time. Requests meanwhile run it once, with the newest data.

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

  /** Runs the work, now or after the pause. */
  request(): void {
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
