// Timers that keep no process alive, where there are processes: Node and Bun give a timer that can be let go, Deno a
// number, and a browser has nothing that could wait.

interface Letting {
  readonly Deno?: { unrefTimer?(id: number): void };
}

/** What a timer can wait, in milliseconds: a longer one, and one of `Infinity`, would fire at once. */
export const MAX_TIMEOUT = 2 ** 31 - 1;

/** Calls a function after some milliseconds, if the process still lives then. @returns how to call it off */
export function later(span: number, then: () => void): () => void {
  let timer: unknown;
  const start = (left: number) => {
    const now = Math.min(left, MAX_TIMEOUT);
    timer = setTimeout(() => (left > now ? start(left - now) : then()), now);
    if (typeof timer === 'number') (globalThis as Letting).Deno?.unrefTimer?.(timer);
    else (timer as { unref?(): void }).unref?.();
  };
  start(span);
  return () => clearTimeout(timer as Parameters<typeof clearTimeout>[0]);
}

/** Waits, if the process still lives then; a signal ends it early. */
export function pause(span: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = later(span, done);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}
