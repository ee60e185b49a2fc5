// The alerts there are. Comes in: alerts from the rules and from others, again and again while they last; goes out: each
// one's present state, and a word when one begins and ends. They survive a restart. Source: Alertmanager, provider/mem
// and types.Alert.Merge.

import { Labels } from '../model/labels.js';
import type { Millis } from '../model/time.js';
import type { StateStore } from '../store/state-table.js';
import { fingerprintOf } from './fingerprint.js';

const KIND = 'alert';
/** An alert that is over is kept this long, as in Alertmanager, or until its end was sent to every receiver that waits for it. */
const RETENTION: Millis = 30 * 60_000;
/** After a restart an alert is believed for as long as its rule may take to say it again. */
const GRACE: Millis = 4 * 60_000;
/** A clock that goes on by more at once was set, or the process stood still. Longer than a busy machine is late. */
const LEAP: Millis = 20_000;

/** An alert as a sender posts it. Moments that are left out are Alertmanager's defaults: now, and now + resolve_timeout. */
export interface IncomingAlert {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt?: Millis | undefined;
  readonly endsAt?: Millis | undefined;
  /** Since when its expression has been true. Alerts of others do not say it. */
  readonly activeAt?: Millis | undefined;
  /** When the first check failed of those it is about. */
  readonly firstFailedAt?: Millis | undefined;
  readonly generatorUrl: string;
  /** It comes from another sender, which may send it only once; our own rules repeat it after a restart. */
  readonly isForeign?: boolean | undefined;
}

/** An alert as it is known at the moment; replaced with every update. */
export interface StoredAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: Millis;
  /** When it ended, or until when it is believed. */
  readonly endsAt: Millis;
  readonly activeAt?: Millis | undefined;
  readonly firstFailedAt?: Millis | undefined;
  readonly updatedAt: Millis;
  readonly generatorUrl: string;
  /** The sender gave no end. */
  readonly isEndGuessed: boolean;
  readonly isForeign?: boolean | undefined;
  /** It is from before a restart and was not repeated since: it may be over by now. */
  readonly isUnconfirmed: boolean;
}

interface AlertStoreEvents {
  /** Something new is known of an alert. */
  onAlert(alert: StoredAlert, at: Millis): void;
  /** It was not there, or was over. */
  onFiring(alert: StoredAlert, at: Millis): void;
  onResolved(alert: StoredAlert, at: Millis): void;
  /** The clock was set back: its moments are others, it is as it was. */
  onMoved(alert: StoredAlert): void;
}

interface StoreEntry {
  alert: StoredAlert;
  /** Its end was passed on. */
  isOver: boolean;
}

/** What survives a restart of an entry. */
interface PersistedAlert extends Omit<StoredAlert, 'labels' | 'isUnconfirmed' | 'fingerprint'> {
  readonly labels: Readonly<Record<string, string>>;
  readonly isOver: boolean;
}

/** The same, made when it is written: what is in memory of an alert is there once. */
class WrittenAlert {
  readonly #alert: StoredAlert;
  readonly #isOver: boolean;

  constructor({ alert, isOver }: StoreEntry) {
    this.#alert = alert;
    this.#isOver = isOver;
  }

  toJSON(): PersistedAlert {
    const { labels, annotations, startsAt, endsAt, activeAt, firstFailedAt, updatedAt } = this.#alert;
    const { generatorUrl, isEndGuessed, isForeign } = this.#alert;
    return {
      annotations,
      startsAt,
      endsAt,
      activeAt,
      firstFailedAt,
      updatedAt,
      generatorUrl,
      isEndGuessed,
      isForeign,
      labels: labels.toJSON(),
      isOver: this.#isOver,
    };
  }
}

/** Whether an alert is over at a moment. */
export function isResolved({ endsAt }: Pick<StoredAlert, 'endsAt'>, at: Millis): boolean {
  return endsAt <= at;
}

export class AlertStore {
  readonly #states: StateStore;
  readonly #events: AlertStoreEvents;
  readonly #entries = new Map<string, StoreEntry>();
  /** The latest moment that {@link advanceTo} was given. */
  #now: Millis;
  /** `global.resolve_timeout`. */
  resolveTimeout: Millis = 5 * 60_000;

  /** Restores the alerts of an earlier run; without events. */
  constructor(states: StateStore, events: AlertStoreEvents, at: Millis) {
    this.#states = states;
    this.#events = events;
    this.#now = at;
    for (const [fingerprint, value] of states.all<PersistedAlert | WrittenAlert>(KIND))
      this.#entries.set(fingerprint, fromPersisted(fingerprint, value, at));
    states.onLate<PersistedAlert | WrittenAlert>(KIND, late => this.#restoreLate(late));
  }

  /** What an earlier run left could not be read at the start. */
  #restoreLate(late: ReadonlyMap<string, PersistedAlert | WrittenAlert>): void {
    const at = this.#now;
    for (const [fingerprint, value] of late) {
      const entry = fromPersisted(fingerprint, value, at);
      this.#entries.set(fingerprint, entry);
      this.#events.onAlert(entry.alert, at);
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  /** All of them, those that are over for a short while included. */
  *all(): Generator<StoredAlert> {
    for (const { alert } of this.#entries.values()) yield alert;
  }

  get(fingerprint: string): StoredAlert | undefined {
    return this.#entries.get(fingerprint)?.alert;
  }

  /**
   * Adds or updates alerts. @returns whether they are on disk
   * @param then does what follows, a piece of work, now or at the end of the current one: a crash in between costs nothing, since
   * what is on disk is taken up again
   */
  upsert(
    alerts: readonly IncomingAlert[],
    at: Millis,
    then: (work: () => void) => void = work => work(),
  ): boolean {
    const changes: [string, WrittenAlert][] = [];
    const events: (() => void)[] = [];
    for (const incoming of alerts) {
      const entry = this.#merge(incoming, at, events);
      if (entry) changes.push([entry.alert.fingerprint, new WrittenAlert(entry)]);
    }
    const isKept = this.#states.upsert(KIND, changes);
    then(() => {
      for (const emit of events) emit();
    });
    return isKept;
  }

  /**
   * Follows the wall clock; to be called before alerts are added or evaluated by it. After a leap (the clock was set forward,
   * the process stood still) senders could not confirm what had not ended before: it is believed as after a restart. When the
   * clock was set back what is over stays over, and nothing is believed for longer than before.
   */
  advanceTo(at: Millis): void {
    const before = this.#now;
    this.#now = at;
    if (at < before) this.#setBack(before, at);
    if (at - before <= LEAP) return;
    for (const entry of this.#entries.values()) {
      if (entry.isOver || isResolved(entry.alert, before)) continue;
      entry.alert = extended(entry.alert, at);
      this.#events.onAlert(entry.alert, at);
    }
  }

  #setBack(before: Millis, at: Millis): void {
    for (const entry of this.#entries.values()) {
      const moved = movedBack(entry, before, at);
      if (moved === entry.alert) continue;
      entry.alert = moved;
      this.#events.onMoved(moved);
    }
  }

  /** Alerts of the rules from before a restart are believed for as long as before, since their rules cannot confirm them yet. */
  extend(alertNames: ReadonlySet<string>, at: Millis): void {
    for (const entry of this.#entries.values()) {
      const { alert } = entry;
      if (entry.isOver || !alert.isUnconfirmed || alert.isForeign) continue;
      if (alert.endsAt < at + GRACE / 2 && alertNames.has(alert.labels.get('alertname'))) {
        entry.alert = extended(alert, at);
        this.#events.onAlert(entry.alert, at);
      }
    }
  }

  /** Resolves alerts that were not repeated in time; deletes those that ended long ago and are not held (`isHeld`). */
  sweep(at: Millis, isHeld: (fingerprint: string) => boolean): void {
    const changes: [string, WrittenAlert | undefined][] = [];
    for (const [fingerprint, entry] of this.#entries) {
      const { alert } = entry;
      if (!isResolved(alert, at)) continue;
      if (!entry.isOver) {
        entry.isOver = true;
        changes.push([fingerprint, new WrittenAlert(entry)]);
        this.#events.onResolved(alert, at);
      } else if (alert.endsAt + RETENTION < at && !isHeld(fingerprint)) {
        this.#entries.delete(fingerprint);
        changes.push([fingerprint, undefined]);
      }
    }
    if (changes.length > 0) this.#states.upsert(KIND, changes);
  }

  /** @returns the entry when there is something new to be kept */
  #merge(incoming: IncomingAlert, at: Millis, happened: (() => void)[]): StoreEntry | undefined {
    const repeated = this.#fresh(incoming, at);
    const before = this.#entries.get(repeated.fingerprint);
    const fresh = before ? withKnownTexts(repeated, before.alert) : repeated;
    const overlaps = before && fresh.endsAt > before.alert.startsAt && fresh.startsAt < before.alert.endsAt;
    const alert = overlaps ? merged(before.alert, fresh, at) : fresh;
    // The end of an unknown alert is dropped.
    if (!before && isResolved(alert, at)) return undefined;
    const entry: StoreEntry = { alert, isOver: isResolved(alert, at) };
    this.#entries.set(alert.fingerprint, entry);
    const begins = !entry.isOver && (!before || before.isOver);
    const ends = entry.isOver && before !== undefined && !before.isOver;
    happened.push(() => {
      if (begins) this.#events.onFiring(alert, at);
      this.#events.onAlert(alert, at);
      if (ends) this.#events.onResolved(alert, at);
    });
    const isNews = begins || ends || !before || !isAlike(before.alert, alert);
    return isNews ? entry : undefined;
  }

  #fresh(incoming: IncomingAlert, at: Millis): StoredAlert {
    const { labels, annotations, activeAt, firstFailedAt, generatorUrl, isForeign = false } = incoming;
    const isEndGuessed = incoming.endsAt === undefined;
    const endsAt = incoming.endsAt ?? at + this.resolveTimeout;
    const startsAt = incoming.startsAt ?? Math.min(at, endsAt);
    const fingerprint = fingerprintOf(labels);
    return {
      fingerprint,
      labels,
      annotations,
      startsAt,
      endsAt,
      activeAt,
      firstFailedAt,
      updatedAt: at,
      generatorUrl,
      isEndGuessed,
      isForeign,
      isUnconfirmed: false,
    };
  }
}

/** The same alert with the texts that are in memory already. */
function withKnownTexts(fresh: StoredAlert, { labels, annotations }: StoredAlert): StoredAlert {
  const isSame = JSON.stringify(annotations) === JSON.stringify(fresh.annotations);
  return { ...fresh, labels, annotations: isSame ? annotations : fresh.annotations };
}

/** The newer one, since when the earlier of them has been there. */
function merged(before: StoredAlert, fresh: StoredAlert, at: Millis): StoredAlert {
  const startsAt = Math.min(before.startsAt, fresh.startsAt);
  const isLater = before.endsAt > fresh.endsAt;
  const keepsEnd = isResolved(fresh, at)
    ? isResolved(before, at) && isLater
    : isLater && !before.isEndGuessed && !before.isUnconfirmed;
  // A restart may have moved on what the rules know of its begin.
  const { activeAt = fresh.activeAt, firstFailedAt = fresh.firstFailedAt } = before;
  return { ...fresh, startsAt, activeAt, firstFailedAt, endsAt: keepsEnd ? before.endsAt : fresh.endsAt };
}

/** Equal but for how long it is believed, which every repetition moves on. */
function isAlike(a: StoredAlert, b: StoredAlert): boolean {
  return (
    a.startsAt === b.startsAt &&
    a.generatorUrl === b.generatorUrl &&
    a.isUnconfirmed === b.isUnconfirmed &&
    a.annotations === b.annotations
  );
}

function fromPersisted(fingerprint: string, value: PersistedAlert | WrittenAlert, at: Millis): StoreEntry {
  const { labels, isOver, ...rest } = value instanceof WrittenAlert ? value.toJSON() : value;
  const alert = { ...rest, fingerprint, labels: Labels.of(labels), isUnconfirmed: false };
  // The clock may have been set back since.
  const over = { ...alert, startsAt: Math.min(alert.startsAt, at), endsAt: Math.min(alert.endsAt, at) };
  return { alert: isOver ? over : extended(alert, at), isOver };
}

/** What an alert is after the clock was set back from one moment to another. */
function movedBack({ alert, isOver }: StoreEntry, before: Millis, at: Millis): StoredAlert {
  const startsAt = Math.min(alert.startsAt, at);
  if (isOver || isResolved(alert, before))
    return alert.endsAt <= at ? alert : { ...alert, startsAt, endsAt: at };
  // Until when others say it lasts is theirs to say.
  const isStated = alert.isForeign && !alert.isEndGuessed && !alert.isUnconfirmed;
  return { ...alert, startsAt, endsAt: isStated ? alert.endsAt : alert.endsAt - (before - at) };
}

/** An alert that fires, with time for its sender to confirm it. */
function extended(alert: StoredAlert, at: Millis): StoredAlert {
  // What was said to last until later needs no confirmation.
  const isUnconfirmed = !(alert.isForeign && alert.endsAt > at);
  return { ...alert, endsAt: Math.max(alert.endsAt, at + GRACE), isUnconfirmed };
}
