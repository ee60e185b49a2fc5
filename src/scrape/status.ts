// What is known of targets and their families, as the API shows it.

import type { Millis } from '../model/time.js';
import type { Metadata } from './metadata.js';
import type { ScrapeTarget } from './target.js';

/** One target and how its last scrape went. */
export interface TargetStatus extends ScrapeTarget {
  /** `job_name` of the pool. */
  readonly pool: string;
  /** `unknown` before the first scrape. */
  readonly health: 'up' | 'down' | 'unknown';
  /** When the last scrape began, by the wall clock; undefined before it. */
  readonly lastScrape: Millis | undefined;
  readonly lastDuration: Millis;
  /** Empty when nothing went wrong. */
  readonly lastError: string;
}

/** What a target says about a metric family. */
export interface TargetMetadata extends Metadata {
  readonly target: ScrapeTarget;
}
