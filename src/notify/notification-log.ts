// What was told to whom: the memory that keeps a message from being sent twice, across restarts too. Comes in: what was
// sent; goes out: whether something is to be sent. Source: Alertmanager, nflog and notify.DedupStage.

import type { Millis } from '../model/time.js';
import type { KeptStates } from '../store/kept.js';

const KIND = 'notification';
/** As Alertmanager's --data.retention. */
const RETENTION: Millis = 120 * 3_600_000;

/** The last message to one integration about one group. */
export interface LogEntry {
  readonly at: Millis;
  /** Fingerprints of alerts that were told as firing, and not as resolved since. */
  readonly firing: readonly string[];
  /** Fingerprints of alerts that were told as resolved. */
  readonly resolved: readonly string[];
}

/** What there is to tell at a moment. */
export interface Present {
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  readonly repeatInterval: Millis;
  readonly sendResolved: boolean;
}

export class NotificationLog {
  readonly #kept: KeptStates;

  constructor(kept: KeptStates) {
    this.#kept = kept;
  }

  /** @param key of an integration and a group */
  entry(key: string): LogEntry | undefined {
    return this.#kept.all<LogEntry>(KIND).get(key);
  }

  /** Notes a message that was taken. */
  note(key: string, entry: LogEntry): void {
    this.#kept.put(KIND, [[key, entry]]);
  }

  /** Forgets entries nobody `isUsing` that are old. */
  sweep(at: Millis, isUsing: (key: string) => boolean): void {
    const old = [...this.#kept.all<LogEntry>(KIND)].filter(
      ([key, entry]) => entry.at + RETENTION < at && !isUsing(key),
    );
    if (old.length > 0)
      this.#kept.put(
        KIND,
        old.map(([key]) => [key, undefined]),
      );
  }
}

/** Whether an integration is to be told, given the last message it got. */
export function needsTelling(entry: LogEntry | undefined, present: Present, at: Millis): boolean {
  const { firing, resolved, repeatInterval, sendResolved } = present;
  if (!entry) return firing.size > 0;
  const isIn = (known: readonly string[], all: ReadonlySet<string>) => {
    const set = new Set(known);
    for (const each of all) if (!set.has(each)) return false;
    return true;
  };
  if (!isIn(entry.firing, firing)) return true;
  // Also where ends are not told, so that the firing ones leave the log.
  if (firing.size === 0) return entry.firing.length > 0;
  if (sendResolved && !isIn(entry.resolved, resolved)) return true;
  return entry.at + repeatInterval < at;
}
