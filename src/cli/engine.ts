// How V8 is to run this program; imported first, for what it does. A monitor does a little work many times a minute:
// by default V8 spends more time on optimizing its code than the code then saves (at 40 probes a second a quarter of
// all CPU), so it is told to wait until code is really hot. A saturated prober is optimized all the same.

import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--interrupt-budget=1000000');
setFlagsFromString('--liftoff-only');
