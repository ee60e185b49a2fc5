// Trying again: how long to wait after a failure. Source: cenkalti/backoff as Alertmanager uses it.

import { MAX_WAIT, type Millis } from '../model/time.js';

const FIRST: Millis = 500;
const GROWTH = 1.5;
/** Half as much more or less, so that many callers that failed together do not retry together. */
const JITTER = 0.5;
const MAX_BACKOFF: Millis = 60_000;

/** The wait after the n-th failure in a row (from 1); `random` is in [0, 1). */
export function backoff(failures: number, random: number): Millis {
  const base = Math.min(MAX_BACKOFF, FIRST * GROWTH ** (failures - 1));
  return base * (1 - JITTER + 2 * JITTER * random);
}

/** Waits, or resolves early when the signal is aborted. */
export function pause(span: Millis, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(span, MAX_WAIT));
    signal.addEventListener('abort', done);
  });
}
