// The audit trail: every alert from its begin to its end, with the receivers that were notified and when, what was done about it, and who
// silenced it. Comes in: what happens to alerts; goes out: episodes, kept for as long as the scans. Escalated copies belong
// to the alert they copy.

import { randomBytes } from 'node:crypto';
import type { StoredAlert } from '../alertmanager/alert-store.js';
import type { Silence } from '../alertmanager/mute/silences.js';
import { alertIdentity, isEscalation } from '../model/alert.js';
import type { Millis } from '../model/time.js';
import type { AlertHistoryQuery, AlertHistoryStore, StoredHistoryEntry } from '../store/alert-history.js';
import { PacedWrites } from './paced-writes.js';

/** Notifications kept in an entry; of more, the oldest but the first are dropped. */
const MAX_NOTIFICATIONS = 200;
const MAX_ACTIONS = 100;
/** Entries that ended and about which notifications may still be sent. */
const MAX_RECENT = 10_000;
/** Of those, what is looked for at the start. */
const RESTORED_RECENT = 1000;
/** Open episodes that are looked for at the start. */
const MAX_OPEN = 100_000;

/** A notification that was sent, or could not be sent. */
export interface NotificationRecord {
  readonly at: Millis;
  readonly receiver: string;
  /** `slack`, `email`, ...; `log`. */
  readonly integration: string;
  readonly status: 'firing' | 'resolved';
  /** Why it failed; undefined: it was sent. */
  readonly error?: string;
  /** Of an escalated copy: how far the alert had risen. */
  readonly escalation?: string;
}

export interface ActionRecord {
  readonly at: Millis;
  readonly action: string;
  /** `succeeded`, or why not. */
  readonly result: string;
}

export interface SilenceRecord {
  readonly at: Millis;
  readonly id: string;
  readonly createdBy: string;
  readonly comment: string;
}

export interface AlertHistoryEntry {
  readonly id: string;
  /** Equal for the alert and its escalated copies. */
  readonly identity: string;
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: Millis;
  /** Since when its rule's expression was true; undefined for alerts of others and entries of older versions. */
  readonly activeAt?: Millis | undefined;
  /** When the first check failed that led to it; undefined for those that are not about checks, and older entries. */
  readonly firstFailedAt?: Millis | undefined;
  endsAt: Millis | undefined;
  /** The highest: `level2`, `level3`. */
  escalation: string | undefined;
  readonly notifications: NotificationRecord[];
  readonly actions: ActionRecord[];
  readonly silencedBy: SilenceRecord[];
}

/** As much of an alert as says which one it is. */
type NamedAlert = Pick<StoredAlert, 'labels' | 'fingerprint'>;

interface AlertHistoryPage {
  readonly episodes: readonly AlertHistoryEntry[];
  readonly count: number;
}

/** Records what was sent, and what was not because of silences. */
export type AlertHistoryWriter = Pick<AlertHistory, 'recordNotification' | 'recordSilences'>;

export class AlertHistory {
  readonly #store: AlertHistoryStore;
  /** By identity. */
  readonly #open = new Map<string, AlertHistoryEntry>();
  /** Those that ended: messages about an end come after it. */
  readonly #recent = new Map<string, AlertHistoryEntry>();
  readonly #changed: PacedWrites<AlertHistoryEntry>;
  /** The same by the alerts' own fingerprints: they are looked up with every message about them. */
  readonly #byFingerprint = new Map<string, AlertHistoryEntry>();

  /** Restores those that an earlier run left open. */
  constructor(store: AlertHistoryStore) {
    this.#store = store;
    this.#changed = new PacedWrites(entries => store.upsert(entries.map(stored)));
    for (const { body } of store.select({ active: true, limit: MAX_OPEN }).episodes) {
      const episode = body as AlertHistoryEntry;
      this.#open.set(episode.identity, episode);
      this.#byFingerprint.set(episode.fingerprint, episode);
    }
    // Newest first: of an alert that fired several times the last entry counts.
    for (const { body } of store.select({ active: false, limit: RESTORED_RECENT }).episodes.toReversed()) {
      const episode = body as AlertHistoryEntry;
      this.#recent.set(episode.identity, episode);
      if (!this.#open.has(episode.identity)) this.#byFingerprint.set(episode.fingerprint, episode);
    }
  }

  /** The open entry of an alert. */
  current(identity: string): AlertHistoryEntry | undefined {
    return this.#open.get(identity);
  }

  /** The open entry of an alert, or the last one that is still in memory. */
  latest(identity: string): AlertHistoryEntry | undefined {
    return this.#open.get(identity) ?? this.#recent.get(identity);
  }

  /** An alert began, or a copy says how far one has risen. One that was open before a restart goes on. */
  open(alert: StoredAlert): void {
    const labels = alert.labels.toJSON();
    if (isEscalation(labels)) this.#escalate(labels);
    if (isEscalation(labels) || labels.severity === 'none') return;
    const identity = alertIdentity(labels);
    if (this.#open.has(identity)) return;
    const { activeAt, firstFailedAt } = earlierTimes(alert);
    const episode: AlertHistoryEntry = {
      id: newId(alert.startsAt),
      identity,
      fingerprint: alert.fingerprint,
      labels,
      annotations: alert.annotations,
      startsAt: alert.startsAt,
      activeAt,
      firstFailedAt,
      endsAt: undefined,
      escalation: undefined,
      notifications: [],
      actions: [],
      silencedBy: [],
    };
    this.#open.set(identity, episode);
    this.#byFingerprint.set(alert.fingerprint, episode);
    this.#changed.add(episode);
  }

  /** An alert is over. */
  close(alert: StoredAlert): void {
    const labels = alert.labels.toJSON();
    if (isEscalation(labels)) return;
    const episode = this.#open.get(alertIdentity(labels));
    if (!episode) return;
    episode.endsAt = alert.endsAt;
    this.#open.delete(episode.identity);
    this.#changed.add(episode);
    this.#recent.set(episode.identity, episode);
    if (this.#recent.size > MAX_RECENT) this.#dropOldest();
  }

  #dropOldest(): void {
    const [oldest] = this.#recent.values();
    if (!oldest) return;
    this.#recent.delete(oldest.identity);
    if (this.#byFingerprint.get(oldest.fingerprint) === oldest)
      this.#byFingerprint.delete(oldest.fingerprint);
  }

  /** A notification about alerts was sent, or could not be sent. */
  recordNotification(alerts: readonly NamedAlert[], note: Omit<NotificationRecord, 'escalation'>): void {
    for (const alert of alerts) {
      const episode = this.#of(alert);
      if (!episode) continue;
      const escalation = alert.labels.get('escalation');
      episode.notifications.push(escalation ? { ...note, escalation } : note);
      if (episode.notifications.length > MAX_NOTIFICATIONS) episode.notifications.splice(1, 1);
      this.#changed.add(episode);
    }
  }

  /** Notes a message that an earlier run sent, where that run ended before it could. */
  recoverNotification(alerts: readonly NamedAlert[], note: Omit<NotificationRecord, 'escalation'>): void {
    const isMissing = (alert: NamedAlert) => {
      const entry = this.#of(alert);
      const escalation = alert.labels.get('escalation');
      const isLater = (known: NotificationRecord) =>
        known.at >= note.at &&
        known.receiver === note.receiver &&
        known.integration === note.integration &&
        (known.escalation ?? '') === escalation;
      return entry && entry.startsAt <= note.at && !entry.notifications.some(isLater);
    };
    this.recordNotification(alerts.filter(isMissing), note);
  }

  /** Something was done about an alert. */
  recordAction(alert: StoredAlert, note: ActionRecord): void {
    const episode = this.#of(alert);
    if (!episode) return;
    episode.actions.push(note);
    if (episode.actions.length > MAX_ACTIONS) episode.actions.shift();
    this.#changed.add(episode);
  }

  /** An alert is silenced; each silence is noted once. */
  recordSilences(alert: StoredAlert, silences: readonly Silence[], at: Millis): void {
    if (silences.length === 0) return;
    const episode = this.#of(alert);
    if (!episode) return;
    for (const { id, createdBy, comment } of silences) {
      if (episode.silencedBy.some(known => known.id === id)) continue;
      episode.silencedBy.push({ at, id, createdBy, comment });
      this.#changed.add(episode);
    }
  }

  /** Newest first. */
  select(query: AlertHistoryQuery): AlertHistoryPage {
    this.flush();
    const { episodes, count } = this.#store.select(query);
    return { episodes: episodes.map(({ body }) => body as AlertHistoryEntry), count };
  }

  /** Writes what has changed. */
  flush(): void {
    this.#changed.flush();
  }

  #of({ labels, fingerprint }: NamedAlert): AlertHistoryEntry | undefined {
    const known = this.#byFingerprint.get(fingerprint);
    // Another alert may have the same identity, and be the later one.
    if (known && this.latest(known.identity) === known) return known;
    return this.latest(alertIdentity(labels.toJSON()));
  }

  #escalate(labels: Readonly<Record<string, string>>): void {
    const { escalation } = labels;
    const episode = this.#open.get(alertIdentity(labels));
    if (!episode || !escalation || (episode.escalation ?? '') >= escalation) return;
    episode.escalation = escalation;
    this.#changed.add(episode);
  }
}

/** How an alert came about. A clock that was set back may have put moments after its begin. */
function earlierTimes({
  startsAt,
  activeAt,
  firstFailedAt,
}: StoredAlert): Pick<AlertHistoryEntry, 'activeAt' | 'firstFailedAt'> {
  const upTo = (at: Millis | undefined) => (at === undefined ? undefined : Math.min(at, startsAt));
  return { activeAt: upTo(activeAt), firstFailedAt: upTo(firstFailedAt) };
}

/** Unlike any other, and in the order of time. */
function newId(at: Millis): string {
  return `${Math.floor(at).toString(16).padStart(12, '0')}-${randomHex()}`;
}

/** The system is asked for many random bytes at once: each time costs more than all that is done with eight of them. */
const RANDOM_BYTES = 4096;
const ID_BYTES = 8;
let random = Buffer.alloc(0);
let randomAt = 0;

function randomHex(): string {
  if (randomAt === random.length) {
    random = randomBytes(RANDOM_BYTES);
    randomAt = 0;
  }
  randomAt += ID_BYTES;
  return random.toString('hex', randomAt - ID_BYTES, randomAt);
}

function stored(episode: AlertHistoryEntry): StoredHistoryEntry {
  const { id, startsAt, endsAt, labels } = episode;
  const { severity = '', target = '', alertname = '' } = labels;
  return { id, startsAt, endsAt, severity, service: target, alertname, body: episode };
}
