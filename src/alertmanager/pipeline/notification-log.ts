// Which notifications were sent: keeps a message from being sent twice, also across restarts. Comes in: what is
// about to be sent, and what was; goes out: whether something is to be sent. Source: Alertmanager, nflog and
// notify.DedupStage; Alertmanager writes nothing before it sends.

import type { Millis } from '../../model/time.js';
import type { StateStore } from '../../store/state-table.js';
import type { AlertGroup } from '../dispatch/group.js';
import type { Integration } from './integration.js';

const KIND = 'notification';
/** Notifications that are being sent, with the entry that is logged when one is accepted. */
const PENDING = 'pending notification';
/** As Alertmanager's --data.retention. */
const RETENTION: Millis = 120 * 3_600_000;

/** How much the same message's age may differ between two monitors. */
const SAME_MESSAGE: Millis = 1000;

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

/** What several monitors know of the messages to one integration about one group. */
export interface SharedEntry {
  /** Undefined: no message was accepted yet. */
  readonly entry?: Omit<LogEntry, 'at'> | undefined;
  /** How long ago its message was. */
  readonly age: Millis;
  /** Fingerprints of alerts in a message that is being sent. */
  readonly pending?: readonly string[] | undefined;
}

/** The alerts a receiver saw firing and has not seen resolved since. */
export function openAlerts(entry: LogEntry | undefined): Set<string> {
  return new Set([...(entry?.firing ?? []), ...(entry?.owed ?? [])]);
}

/** What is to be sent at a moment. */
interface GroupState {
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
  /** How long ago the last message was. */
  readonly age: Millis;
  readonly repeatInterval: Millis;
  readonly sendResolved: boolean;
}

export class NotificationLog {
  readonly #states: StateStore;
  /** When messages of this run were logged, by the monotonic clock: the wall clock may be set. */
  readonly #loggedAt = new Map<string, Millis>();
  /** Messages that this run logged, unless another monitor's came after them. */
  readonly #own = new Set<string>();
  /** Alerts in messages that other monitors were sending when they were last known of. */
  readonly #pendingElsewhere = new Map<string, readonly string[]>();

  constructor(states: StateStore) {
    this.#states = states;
    states.onLate<LogEntry>(PENDING, late => this.#recover([...late.keys()]));
  }

  /**
   * Logs notifications that an earlier run, or an earlier configuration, was sending when it ended: the receiver may have
   * got them, so that the resolved notifications of their alerts must be sent. Those that still fire are sent again.
   */
  recover(): void {
    // Before what was being sent, so that what can only be read later comes in this order, too.
    this.#states.all(KIND);
    this.#recover([...this.#states.all(PENDING).keys()]);
  }

  #recover(keys: readonly string[]): void {
    const changes = keys.flatMap(key => {
      const { at, firing } = this.#states.all<LogEntry>(PENDING).get(key) as LogEntry;
      const entry = this.entry(key) ?? { at, firing: [], resolved: [] };
      return [
        { kind: KIND, key, value: withOwed(entry, firing) },
        { kind: PENDING, key, value: undefined },
      ];
    });
    if (changes.length > 0) this.#states.upsertAll(changes);
  }

  /** The same for what other monitors were sending, once they are gone. @param now when */
  recoverElsewhere({ at }: { readonly at: Millis }): void {
    const changes = [...this.#pendingElsewhere].map(([key, firing]) => {
      const value = withOwed(this.entry(key) ?? { at, firing: [], resolved: [] }, firing);
      return [key, value] as const;
    });
    this.#pendingElsewhere.clear();
    if (changes.length > 0) this.#states.upsert(KIND, changes);
  }

  /** All keys that there is something to be shared of. */
  keys(): string[] {
    return [...new Set([...this.#states.all(KIND).keys(), ...this.#states.all(PENDING).keys()])];
  }

  /** What other monitors are to know. */
  shared(key: string, now: { readonly at: Millis; readonly elapsed: Millis }): SharedEntry {
    const { at: _, ...entry } = this.entry(key) ?? { at: 0, firing: [], resolved: [] };
    const pending = this.#states.all<LogEntry>(PENDING).get(key)?.firing;
    return { entry: this.entry(key) && entry, age: this.age(key, now), pending };
  }

  /**
   * Takes what another monitor logged: the later message counts. Where both have sent, the alerts that only the other message
   * named stay open.
   * @returns whether the message that this monitor knows is the later one
   */
  merge(
    key: string,
    { entry, age, pending }: SharedEntry,
    now: { readonly at: Millis; readonly elapsed: Millis },
  ): boolean {
    if (pending?.length) this.#pendingElsewhere.set(key, pending);
    else this.#pendingElsewhere.delete(key);
    const ours = this.entry(key);
    if (!entry) return ours !== undefined;
    const theirs: LogEntry = { ...entry, at: now.at - age };
    const isOurs = this.#own.has(key);
    if (ours && this.age(key, now) + SAME_MESSAGE < age) {
      if (isOurs) this.#states.upsert(KIND, [[key, withOwed(ours, leftOpen(theirs, ours))]]);
      return true;
    }
    this.#own.delete(key);
    this.#loggedAt.set(key, now.elapsed - age);
    const value = ours && isOurs ? withOwed(theirs, leftOpen(ours, theirs)) : theirs;
    this.#states.upsert(KIND, [[key, value]]);
    return false;
  }

  /** @param key of an integration and a group */
  entry(key: string): LogEntry | undefined {
    return this.#states.all<LogEntry>(KIND).get(key);
  }

  /** The last message of each integration about each group, with the integration's id. */
  *last(): Generator<readonly [id: string, entry: LogEntry]> {
    for (const [key, entry] of this.#states.all<LogEntry>(KIND))
      yield [key.slice(0, key.indexOf('\n')), entry];
  }

  /** How long ago the last message was: of one before a restart by the wall clock, on either side of it. */
  age(key: string, { at, elapsed }: { readonly at: Millis; readonly elapsed: Millis }): Millis {
    const loggedAt = this.#loggedAt.get(key);
    if (loggedAt !== undefined) return elapsed - loggedAt;
    const entry = this.entry(key);
    return entry ? Math.abs(at - entry.at) : 0;
  }

  /** Fingerprints of the alerts that some receiver saw firing and has not seen resolved since. */
  open(): ReadonlySet<string> {
    const entries = [...this.#states.all<LogEntry>(KIND).values()];
    return new Set(entries.flatMap(entry => [...openAlerts(entry)]));
  }

  /**
   * A message is sent next; `entry` is logged when it is accepted. It is on disk when this returns, if the disk takes it,
   * and only if the message is the first to name a firing alert: for others the log is complete after a restart.
   * @returns whether there was something to note
   */
  markPending(key: string, entry: LogEntry): boolean {
    const open = openAlerts(this.entry(key));
    const isNew = entry.firing.some(each => !open.has(each));
    if (isNew) this.#states.upsert(PENDING, [[key, entry]]);
    return isNew;
  }

  /** The pending message was not accepted. @returns whether one was noted */
  withdraw(key: string): boolean {
    const isPending = this.#states.all(PENDING).has(key);
    if (isPending) this.#states.upsert(PENDING, [[key, undefined]]);
    return isPending;
  }

  /** Logs a message that was accepted. @param elapsed monotonic clock */
  log(key: string, entry: LogEntry, elapsed: Millis): void {
    this.#loggedAt.set(key, elapsed);
    this.#own.add(key);
    this.#pendingElsewhere.delete(key);
    const logged = { kind: KIND, key, value: entry };
    const isPending = this.#states.all(PENDING).has(key);
    this.#states.upsertAll(isPending ? [logged, { kind: PENDING, key, value: undefined }] : [logged]);
  }

  /** Deletes old entries that are not in use (`isUsing`). */
  sweep(at: Millis, isUsing: (key: string) => boolean): void {
    const old = [...this.#states.all<LogEntry>(KIND)].filter(
      ([key, entry]) => entry.at + RETENTION < at && !isUsing(key),
    );
    for (const [key] of old) {
      this.#loggedAt.delete(key);
      this.#own.delete(key);
    }
    if (old.length > 0)
      this.#states.upsert(
        KIND,
        old.map(([key]) => [key, undefined]),
      );
  }
}

/** What an earlier message left open and a later one does not name. */
function leftOpen(earlier: LogEntry, later: LogEntry): string[] {
  return [...openAlerts(earlier)].filter(each => !later.resolved.includes(each));
}

/** An entry whose receiver may have seen further alerts firing: their ends are to be sent. */
function withOwed(entry: LogEntry, firing: readonly string[]): LogEntry {
  const known = new Set(entry.firing);
  const owed = new Set([...(entry.owed ?? []), ...firing.filter(each => !known.has(each))]);
  return { ...entry, owed: [...owed] };
}

/** Whether an integration needs a notification, given the last one it got. */
export function needsUpdate(entry: LogEntry | undefined, group: GroupState): boolean {
  const { firing, resolved, age, repeatInterval, sendResolved } = group;
  if (!entry) return firing.size > 0;
  const owed = entry.owed ?? [];
  const containsAll = (known: readonly string[], all: ReadonlySet<string>) => {
    const set = new Set(known);
    for (const each of all) if (!set.has(each)) return false;
    return true;
  };
  if (!containsAll(entry.firing, firing)) return true;
  // The last message did not name them, so that Alertmanager's rule below would leave their ends out.
  if (owed.some(fingerprint => resolved.has(fingerprint)) && (sendResolved || firing.size === 0)) return true;
  // Also where ends are not sent, so that the firing ones leave the log.
  if (firing.size === 0) return entry.firing.length > 0;
  if (sendResolved && !containsAll(entry.resolved, resolved)) return true;
  return age > repeatInterval;
}

/** The log's key of the messages to an integration about a group. */
export function logKey({ id }: Pick<Integration, 'id'>, { key }: Pick<AlertGroup, 'key'>): string {
  return `${id}\n${key}`;
}
