// How V8 is to run this program; imported first, for what it does. A monitor does a little work many times a minute and
// runs for months beside the services it watches, so both time and memory go into what it does again and again.

import { setFlagsFromString } from 'node:v8';
import { collectSoon, keepYoungGenerationSmall } from '../concurrency/heap-growth.js';
import { optimizeLate } from '../concurrency/optimizing.js';

// By default V8 spends more time on optimizing its code than the code then saves (at 40 probes a second a quarter of all
// CPU), so it is configured to wait until code is really hot. A saturated prober is optimized all the same.
optimizeLate();
// WebAssembly here reads HTTP headers and the names a package exports: optimizing that takes 36 MiB for a moment, half
// of which stay.
setFlagsFromString('--liftoff-only');
// What is live hardly changes, so room to grow is room for garbage. Collecting sooner costs no probe anything that can be
// measured.
collectSoon();
// Not while the thread loads its code: what was kept of it is taken under V8's default, and the loader sets the factor then.
const AFTER_LOADING = 10_000;
process.on('worker', worker => {
  worker.once('online', () => setTimeout(keepYoungGenerationSmall, AFTER_LOADING).unref());
});
// Most code runs once, at the start. What was not called between one collection and the next is compiled again when it
// is; V8 would keep it for five more, which at rest is hours.
setFlagsFromString('--bytecode-old-age=1');
setFlagsFromString('--flush-baseline-code');

// Between what is live there are gaps, and V8 fills them only when much is missing: for hours each heap creeps up by some
// hundred KiB, though what is live does not grow. So now and then collections compact, for as long as it takes each thread
// to come to one. Always, it would cost half of the CPU again (measured): such collections also drop code in use.
const COMPACT_INTERVAL = 15 * 60_000;
const COMPACT_FOR = 60_000;
const endCompacting = () => setFlagsFromString('--no-optimize-for-size');
const compact = () => {
  setFlagsFromString('--optimize-for-size');
  setTimeout(endCompacting, COMPACT_FOR).unref();
};
setInterval(compact, COMPACT_INTERVAL).unref();
