// How an alert came about, as the endpoints of alerts say it.

import type { AlertHistoryEntry } from '../alerts/history.js';
import { isoLocal, type Millis } from '../model/time.js';

/** When the first check failed, and when the rule's condition became true; undefined where it is not known. */
export function incidentTimes({ firstFailedAt, activeAt }: AlertHistoryEntry) {
  const local = (at: Millis | undefined) => (at === undefined ? undefined : isoLocal(at));
  return { first_failed_at: local(firstFailedAt), active_at: local(activeAt) };
}
