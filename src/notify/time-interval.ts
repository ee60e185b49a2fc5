// Spans of time that come again: `time_intervals` of alertmanager.yml. Source: Alertmanager, timeinterval.

import type { Millis } from '../model/time.js';

/** One entry of a time interval's list. */
export interface TimeInterval {
  /** Whether a moment lies within. */
  contains(at: Millis): boolean;
}
