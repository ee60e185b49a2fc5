// Long arithmetic in the main thread, in short pieces: probes and requests want to be answered meanwhile.

import type { Millis } from '../model/time.js';

/** Work between two pauses. */
const LONGEST: Millis = 5;

/** Makes what is awaited after each step of something long: it lets others in when it is time. */
export function breather(): () => Promise<void> | undefined {
  let begun = performance.now();
  return () => {
    if (performance.now() - begun < LONGEST) return undefined;
    return new Promise(resolve =>
      setImmediate(() => {
        begun = performance.now();
        resolve();
      }),
    );
  };
}
