// What was told to whom: the memory that keeps a message from being sent twice, across restarts too. Comes in: what was
// sent; goes out: whether something is to be sent. Source: Alertmanager, nflog and notify.DedupStage.

import type { Millis } from '../model/time.js';
import type { KeptStates } from '../store/kept.js';

const KIND = 'notification';
/** As Alertmanager's --data.retention. */
const RETENTION: Millis = 120 * 3_600_000;

/** The last message to one integration about one group, and what earlier ones left open. */
export interface LogEntry {
  readonly at: Millis;
  /** Fingerprints of the alerts that were firing in the last message. */
  readonly firing: readonly string[];
  /** Fingerprints of the alerts that are over and were reported as resolved. */
  readonly resolved: readonly string[];
  /**
   * Fingerprints of the alerts that an earlier message reported as firing and that are muted since: the last message did
   * not name them, their ends are to be sent all the same. Entries of older versions have them in `firing`.
   */
  readonly owed?: readonly string[];
}

/** The alerts a receiver saw firing and has not seen resolved since. */
export function openAlerts(entry: LogEntry | undefined): Set<string> {
  return new Set([...(entry?.firing ?? []), ...(entry?.owed ?? [])]);
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

  /** Fingerprints of the alerts that some receiver saw firing and has not seen resolved since. */
  open(): ReadonlySet<string> {
    const entries = [...this.#kept.all<LogEntry>(KIND).values()];
    return new Set(entries.flatMap(entry => [...openAlerts(entry)]));
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
  const owed = entry.owed ?? [];
  const isIn = (known: readonly string[], all: ReadonlySet<string>) => {
    const set = new Set(known);
    for (const each of all) if (!set.has(each)) return false;
    return true;
  };
  if (!isIn(entry.firing, firing)) return true;
  // The last message did not name them, so that Alertmanager's rule below would leave their ends out.
  if (owed.some(fingerprint => resolved.has(fingerprint)) && (sendResolved || firing.size === 0)) return true;
  // Also where ends are not told, so that the firing ones leave the log.
  if (firing.size === 0) return entry.firing.length > 0;
  if (sendResolved && !isIn(entry.resolved, resolved)) return true;
  // Also when the clock was set back by more than that, or the repetition would wait until it is there again.
  return Math.abs(at - entry.at) > repeatInterval;
}
