// How soon V8 collects garbage. A monitor at rest has little, and what is live hardly changes; when thousands of alerts come at
// once nearly all that is allocated stays, and each collection copies or marks it in vain.

import { setFlagsFromString } from 'node:v8';

/** By how much the heap grows before it is collected, in percent: with 1,000 services V8's own numbers leave 40 MiB of garbage. */
const AT_REST = 15;
const IN_STORMS = 60;

/**
 * The young generation stays as small as it starts. V8 puts the factor back to its default whenever it sets up the heap of another
 * thread.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * While hundreds of checks are made a second: what some dozens of them need at once is more than a small young generation, so that
 * each collection copies it and the old one fills with what is garbage a moment later. It shrinks again at rest.
 */
export function letYoungGenerationGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
  setFlagsFromString(`--heap-growing-percent=${AT_REST}`);
}

/** At rest, and after a storm: the next collections take back what it needed. */
export function collectSoon(): void {
  keepYoungGenerationSmall();
  setFlagsFromString(`--heap-growing-percent=${AT_REST}`);
}

/** For as long as a storm lasts. */
export function collectLate(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
  setFlagsFromString(`--heap-growing-percent=${IN_STORMS}`);
}
