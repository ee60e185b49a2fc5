// Those that wait for something to change, by key.

export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Resolves with the next {@link wake} of the key, or when the signal is aborted. */
  wait(key: string, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        signal.removeEventListener('abort', done);
        this.#remove(key, done);
        resolve();
      };
      if (signal.aborted) return resolve();
      const all = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, all.add(done));
      signal.addEventListener('abort', done);
    });
  }

  wake(keys: Iterable<string>): void {
    for (const key of keys) for (const done of [...(this.#waiting.get(key) ?? [])]) done();
  }

  wakeAll(): void {
    this.wake([...this.#waiting.keys()]);
  }

  #remove(key: string, done: () => void): void {
    const all = this.#waiting.get(key);
    all?.delete(done);
    if (all?.size === 0) this.#waiting.delete(key);
  }
}
