// The identity of a target, and the moment within its interval at which it is scraped.

import { createHash } from 'node:crypto';
import type { Millis } from '../model/time.js';
import type { ScrapeTarget } from './target.js';

/** The same for the same job, labels and URL, after a restart too. */
export function streamOf(pool: string, { labels, url }: ScrapeTarget): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([pool, sorted, url]))
    .digest('base64url');
}

/**
 * At most about so many targets are scraped at the same moment: to wake three threads for each alone costs as much as a scrape
 * does.
 */
const TOGETHER = 16;
/** However few targets there are. */
const MIN_PLACES = 8;

/**
 * Into how many places an interval is divided for so many targets. Powers of two: a target's place remains, or is the next half,
 * as their number changes.
 */
export function placesFor(targets: number): number {
  return Math.max(MIN_PLACES, 2 ** Math.ceil(Math.log2(Math.max(1, targets / TOGETHER))));
}

/**
 * How long from now a target is scraped first, so that targets are spread over the interval and each keeps its place in it.
 * Source: Prometheus, scrape/target.go (offset).
 * @param seed of the machine: two that scrape the same do so at different times @param places see {@link placesFor}
 */
export function offsetOf(
  stream: string,
  seed: string,
  { interval, places }: { readonly interval: Millis; readonly places: number },
  now: Millis,
): Millis {
  const part = createHash('sha256').update(`${seed} ${stream}`).digest().readUIntBE(0, 6) / 2 ** 48;
  const place = (Math.floor(part * places) * interval) / places;
  const wait = place - (now % interval);
  return wait < 0 ? wait + interval : wait;
}
