// What people and programs changed: reloads of the configuration, silences, announcements. Comes in: events; goes
// out: the latest of them, over restarts too.

import { randomBytes } from 'node:crypto';
import type { Millis } from '../model/time.js';
import type { StateStore } from '../store/state-table.js';

const KIND = 'audit';
/** Entries that are kept; of more the oldest go. */
const MAX_ENTRIES = 1000;

export type AuditEvent =
  | 'configuration reloaded'
  | 'configuration reload failed'
  | 'receiver tested'
  | 'report sent'
  | 'silence created'
  | 'silence changed'
  | 'silence expired'
  | 'announcement posted'
  | 'announcement changed'
  | 'announcement ended'
  | 'announcement removed';

interface AuditEntry {
  /** Wall clock. */
  readonly at: Millis;
  readonly event: AuditEvent;
  /** A user, an address, a signal. */
  readonly by: string;
  readonly details: Readonly<Record<string, string>>;
}

export class AuditTrail {
  readonly #states: StateStore;

  constructor(states: StateStore) {
    this.#states = states;
  }

  /** Adds an event. */
  add(entry: AuditEntry): void {
    const keys = [...this.#states.all<AuditEntry>(KIND).keys()].sort();
    const old = keys.slice(0, Math.max(0, keys.length + 1 - MAX_ENTRIES));
    this.#states.upsert(KIND, [...old.map(key => [key, undefined] as const), [keyOf(entry.at), entry]]);
  }

  /** Newest first. @param limit how many at most */
  latest(limit: number): AuditEntry[] {
    const all = [...this.#states.all<AuditEntry>(KIND)].sort(([a], [b]) => (a < b ? 1 : -1));
    return all.slice(0, limit).map(([, entry]) => entry);
  }

  /** Newest first: from a moment up to another, which does not count. */
  between(from: Millis, to: Millis): AuditEntry[] {
    return this.latest(MAX_ENTRIES).filter(({ at }) => at >= from && at < to);
  }

  /** When the oldest entry was, once older ones may have gone; undefined while all are there. */
  beginsAt(): Millis | undefined {
    return this.size < MAX_ENTRIES ? undefined : this.latest(MAX_ENTRIES).at(-1)?.at;
  }

  get size(): number {
    return this.#states.all(KIND).size;
  }
}

/** In the order of time; two of one moment do not meet. */
function keyOf(at: Millis): string {
  return `${String(Math.floor(at)).padStart(16, '0')}-${(sequence++).toString().padStart(9, '0')}-${randomBytes(3).toString('hex')}`;
}

let sequence = 0;
