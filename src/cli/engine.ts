// How V8 is to run this program; imported first, for what it does. A monitor does a little work many times a minute and
// runs for months beside the services it watches, so both time and memory go into what it does again and again.

import { setFlagsFromString } from 'node:v8';

/** In milliseconds: V8 looks for what it can give back every eight seconds. */
const START = 30_000;

// By default V8 spends more time on optimizing its code than the code then saves (at 40 probes a second a quarter of all
// CPU), so it is told to wait until code is really hot. A saturated prober is optimized all the same.
setFlagsFromString('--interrupt-budget=1000000');
// What the start took is given back within seconds. For good it would cost a probe a quarter more CPU.
setFlagsFromString('--optimize-for-size');
setTimeout(() => setFlagsFromString('--no-optimize-for-size'), START).unref();
// WebAssembly here reads HTTP headers and the names a package exports: optimizing that takes 36 MiB for a moment, half
// of which stay.
setFlagsFromString('--liftoff-only');
