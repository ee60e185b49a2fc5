// What the other side of a service reports of itself, where it is not asked: a job that ends, a backup.

import type { Millis } from './time.js';

/** What a push may say of the service. */
export const PUSH_STATUSES = ['up', 'down', 'degraded'] as const;

/** One push. */
export interface PushReport {
  readonly status: (typeof PUSH_STATUSES)[number];
  /** One line; empty where the push has none. */
  readonly message: string;
  /** How long what was done took; absent where the push does not say. */
  readonly duration?: Millis;
}

/** The last push of a service. */
export interface LastPush {
  /** Wall clock of the push; where there was none yet, since when one is expected. */
  readonly at: Millis;
  /** Absent until the first push. */
  readonly report?: PushReport;
}
