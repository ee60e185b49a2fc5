// When a certificate ends, as the endpoints write it.

import { isoLocal, type Millis } from '../model/time.js';

/** 9999-12-30. */
const LATEST: Millis = 253_402_128_000_000;

/** @param seconds since the epoch; a certificate may say a year no date has */
export function certificateDate(seconds: number): string {
  return isoLocal(Math.min(seconds * 1000, LATEST));
}
