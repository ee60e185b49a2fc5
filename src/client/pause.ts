// Timers that keep no process alive, where there are processes: Node and Bun give a timer that can be let go, Deno a
// number, and a browser has nothing that could wait.

interface Letting {
  readonly Deno?: { unrefTimer?(id: number): void };
}

/** Calls a function after some milliseconds, if the process still lives then. @returns how to call it off */
export function later(span: number, then: () => void): () => void {
  const timer: unknown = setTimeout(then, span);
  if (typeof timer === 'number') (globalThis as Letting).Deno?.unrefTimer?.(timer);
  else (timer as { unref?(): void }).unref?.();
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
