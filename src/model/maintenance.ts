// A service's maintenance, as notify finds it and cluster, metrics and http show it.

import type { Millis } from './time.js';

export interface Maintenance {
  /** When it ends, wall clock. */
  readonly until: Millis;
  /** What the window's author wrote. */
  readonly comment: string;
}
