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
 * Into how many places an interval is divided: a few targets share one, since to wake the thread costs as much as a scrape
 * does.
 */
const PLACES = 30;

/**
 * How long from now a target is scraped first, so that targets are spread over the interval and each keeps its place in it.
 * Source: Prometheus, scrape/target.go (offset). @param seed of the machine: two that scrape the same do so at different times
 */
export function offsetOf(stream: string, seed: string, interval: Millis, now: Millis): Millis {
  const hash = createHash('sha256').update(`${seed} ${stream}`).digest().readUIntBE(0, 6);
  const place = ((hash % PLACES) * interval) / PLACES;
  const wait = place - (now % interval);
  return wait < 0 ? wait + interval : wait;
}
