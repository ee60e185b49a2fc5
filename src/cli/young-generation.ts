// V8's young generation, once the program has started: what is live hardly changes, so room to grow is room for garbage.

import { setFlagsFromString } from 'node:v8';
import type { Millis } from '../model/time.js';

/** By then a thread has loaded its code. */
const LOADED: Millis = 5000;

/**
 * Keeps the young generations of all threads as small as they are. Not before each thread has loaded its code: V8 takes code that
 * was compiled before only under the same flags, and puts this one back to 2, its default, when it sets up the heap of a thread.
 */
export function keepYoungGenerationsSmall(): void {
  let timer: NodeJS.Timeout | undefined;
  const keepSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => setFlagsFromString('--semi-space-growth-factor=1'), LOADED).unref();
  };
  keepSoon();
  process.on('worker', keepSoon);
}
