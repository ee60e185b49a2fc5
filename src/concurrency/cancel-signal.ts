// Whether the result of some work is still wanted. Comes in: one call that it is not; goes out: calls of those that wait for it.

/** What is used of an AbortSignal, which is one. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A signal that its owner aborts. An AbortController does the same, and makes an event target, an exception with its stack and
 * an event: a tenth of what a small query takes the main thread.
 */
export class Cancellation implements CancelSignal {
  #aborted = false;
  #listeners: (() => void)[] = [];

  get aborted(): boolean {
    return this.#aborted;
  }

  /** A listener is called once at most; one that is added afterwards is not called. */
  addEventListener(_: 'abort', listener: () => void): void {
    if (!this.#aborted && !this.#listeners.includes(listener)) this.#listeners.push(listener);
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }

  /** Does nothing the second time. A listener that throws keeps the others from being called. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
