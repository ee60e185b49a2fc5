// Loaded into a Node program before its own code (`node --import`): writes, every half second, how long the event
// loop of its main thread was held up at most, as a line `END MS`: END in milliseconds since 1970, MS without the
// time between two looks. Where to: the file in BENCH_EVENT_LOOP.

import { appendFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const RESOLUTION = 2;
const EVERY = 500;

if (isMainThread && process.env.BENCH_EVENT_LOOP) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  delays.enable();
  const write = () => {
    const held = Math.max(0, delays.max / 1e6 - RESOLUTION);
    appendFileSync(process.env.BENCH_EVENT_LOOP, `${Date.now()} ${held.toFixed(3)}\n`);
    delays.reset();
  };
  setInterval(write, EVERY).unref();
}
