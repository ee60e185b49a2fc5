// What the operators of the cluster tell readers of the page: announcements of monitor.yml and posted ones, which
// survive a restart. Comes in: wanted announcements; goes out: those that are shown.

import { randomUUID } from 'node:crypto';
import type { Severity } from '../../model/service.js';
import type { Millis } from '../../model/time.js';
import type { StateStore } from '../../store/state-table.js';

const KIND = 'announcement';
/** Those that were removed, for other monitors that have them yet. */
const REMOVED = 'removed announcement';
/** Posted announcements that may be there at a time. */
export const MAX_POSTED = 50;
/** Longest texts, in characters. */
export const MAX_TITLE = 120;
export const MAX_MESSAGE = 2000;
/** How long one that has ended can still be asked for. */
export const RETENTION: Millis = 7 * 86_400_000;

/** An announcement without an id. */
export interface WantedAnnouncement {
  readonly title: string;
  /** Plain text; may have lines. */
  readonly message: string;
  readonly severity: Severity;
  /** Shown as planned before; at once when undefined. */
  readonly startsAt: Millis | undefined;
  /** Shown until then; undefined: until it is removed. */
  readonly endsAt: Millis | undefined;
}

export interface Announcement extends WantedAnnouncement {
  readonly id: string;
  /** It stands in monitor.yml. */
  readonly isConfigured: boolean;
}

type AnnouncementState = 'active' | 'planned' | 'ended';

/** What an announcement is at a moment. */
export function announcementState({ startsAt, endsAt }: WantedAnnouncement, at: Millis): AnnouncementState {
  if (startsAt !== undefined && at < startsAt) return 'planned';
  return endsAt !== undefined && at >= endsAt ? 'ended' : 'active';
}

/** JSON has no undefined: what is absent is absent there, too. */
export interface KeptAnnouncement extends WantedAnnouncement {
  /** Absent in those of earlier versions. */
  readonly updatedAt?: Millis;
}

/** A posted announcement as it was last changed, or removed. */
export interface AnnouncementVersion {
  readonly updatedAt: Millis;
  /** Undefined: it was removed. */
  readonly content: WantedAnnouncement | undefined;
}

const SEVERITY_RANK = { critical: 0, warning: 1, info: 2 } as const;

/** Whether it has not ended or ended lately. */
function isRecent({ endsAt }: WantedAnnouncement, at: Millis): boolean {
  return endsAt === undefined || endsAt + RETENTION > at;
}

/** The announcements there are. */
export class Announcements {
  readonly #states: StateStore;
  readonly #configured: () => readonly WantedAnnouncement[];

  /** @param configured those of monitor.yml */
  constructor(states: StateStore, configured: () => readonly WantedAnnouncement[]) {
    this.#states = states;
    this.#configured = configured;
  }

  /** Active ones before planned ones, worst first; those that have ended are left out unless wanted. */
  list(at: Millis, withEnded = false): Announcement[] {
    const all = [...this.#fromFile(), ...this.#posted()];
    const rank = (each: Announcement) => ['active', 'planned', 'ended'].indexOf(announcementState(each, at));
    return all
      .filter(each => announcementState(each, at) !== 'ended' || (withEnded && isRecent(each, at)))
      .sort(
        (a, b) =>
          rank(a) - rank(b) ||
          SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
          (a.startsAt ?? 0) - (b.startsAt ?? 0),
      );
  }

  get(id: string): Announcement | undefined {
    return [...this.#fromFile(), ...this.#posted()].find(each => each.id === id);
  }

  /** Takes one up. @returns its id and whether it is on disk; undefined when there are too many */
  post(wanted: WantedAnnouncement, at: Millis): { id: string; isKept: boolean } | undefined {
    const id = randomUUID();
    const isKept = this.#upsert(id, wanted, at);
    return isKept === undefined ? undefined : { id, isKept };
  }

  /** Gives a posted one other contents. @returns whether that is on disk; undefined when there would be too many */
  change(id: string, wanted: WantedAnnouncement, at: Millis): boolean | undefined {
    return this.#upsert(id, wanted, at);
  }

  #upsert(id: string, wanted: WantedAnnouncement, at: Millis): boolean | undefined {
    const others = this.#posted().filter(each => each.id !== id);
    const ended = others.filter(each => announcementState(each, at) === 'ended');
    // One that has ended takes no place, and may be changed.
    const takesPlace = announcementState(wanted, at) !== 'ended';
    if (takesPlace && others.length - ended.length >= MAX_POSTED) return undefined;
    // The table cannot grow: those that ended long ago go, and of many the longest ended ones.
    const recent = ended.filter(each => isRecent(each, at)).sort((a, b) => (b.endsAt ?? 0) - (a.endsAt ?? 0));
    const stay = new Set(recent.slice(0, MAX_POSTED));
    const gone = ended.filter(each => !stay.has(each)).map(each => [each.id, undefined] as const);
    return this.#states.upsert(KIND, [...gone, [id, { ...wanted, updatedAt: this.#laterThan(id, at) }]]);
  }

  /** Removes a posted one. @returns whether that is on disk */
  remove(id: string, at: Millis): boolean {
    return this.#remove(id, this.#laterThan(id, at), at);
  }

  #remove(id: string, updatedAt: Millis, at: Millis): boolean {
    const old = [...this.#states.all<Millis>(REMOVED)].filter(([, removedAt]) => removedAt + RETENTION < at);
    return this.#states.upsertAll([
      { kind: KIND, key: id, value: undefined },
      { kind: REMOVED, key: id, value: updatedAt },
      ...old.map(([key]) => ({ kind: REMOVED, key, value: undefined })),
    ]);
  }

  /** Also by a monitor whose clock is ahead it was changed before. */
  #laterThan(id: string, at: Millis): Millis {
    return Math.max(at, (this.#states.all<KeptAnnouncement>(KIND).get(id)?.updatedAt ?? 0) + 1);
  }

  /** All that were posted, and those that were removed in the last days, by id. */
  versions(): ReadonlyMap<string, AnnouncementVersion> {
    const versions = new Map<string, AnnouncementVersion>();
    for (const [id, updatedAt] of this.#states.all<Millis>(REMOVED))
      versions.set(id, { updatedAt, content: undefined });
    for (const [id, { updatedAt = 0, ...content }] of this.#states.all<KeptAnnouncement>(KIND))
      versions.set(id, { updatedAt, content });
    return versions;
  }

  /** Takes a version of another monitor, unless that here is later. One that was removed stays so. */
  merge(id: string, { updatedAt, content }: AnnouncementVersion, at: Millis): void {
    const ours = this.versions().get(id);
    if (ours && !ours.content) return;
    if (!content) this.#remove(id, updatedAt, at);
    else if (ours ? updatedAt > ours.updatedAt : isRecent(content, at))
      this.#states.upsert(KIND, [[id, { ...content, updatedAt }]]);
  }

  #posted(): Announcement[] {
    return [...this.#states.all<KeptAnnouncement>(KIND)].map(([id, { updatedAt: _, ...each }]) => ({
      ...each,
      id,
      isConfigured: false,
    }));
  }

  #fromFile(): Announcement[] {
    return this.#configured().map((each, i) => ({ ...each, id: `configured-${i + 1}`, isConfigured: true }));
  }
}
