// A number that moves as a load does, without chance in it.

import type { Millis } from '../model/time.js';

/** `middle` plus or minus `reach` along a sine of `period`, at `elapsed`; one decimal. At 0 it is the middle. */
export function sine(middle: number, reach: number, period: Millis, elapsed: Millis): number {
  return Math.round((middle + reach * Math.sin((2 * Math.PI * elapsed) / period)) * 10) / 10;
}
