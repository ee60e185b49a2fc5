// Whether a thread that was prepared is loading its code, as the loader of the built program asks before it changes a flag of V8:
// a thread takes the code that was compiled before only under the flags that it was compiled under, and flags are those of all
// threads. Threads that are started later begin under other flags anyway (cli/engine.ts).

import { getEnvironmentData } from 'node:worker_threads';

/** Where scripts/program-loader.mjs puts the number. */
const LOADING = 'langgraph-monitor loading';

/** A thread is started: it is loading from now on. */
export function noteLoading(): void {
  set(1);
}

/** The thread has loaded its code, or has ended. */
export function noteNotLoading(): void {
  set(0);
}

function set(value: number): void {
  const loading = getEnvironmentData(LOADING);
  // There is none where the program is not built.
  if (loading instanceof Int32Array) Atomics.store(loading, 0, value);
}
