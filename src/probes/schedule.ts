// When to check what: due times, priority, pace. Pure: time comes in with every call.

import type { OverallStatus } from '../model/service.js';
import type { Millis } from '../model/time.js';

/** Part of the normal interval at which services are checked while the cluster is in a state. */
export const PACE: Record<OverallStatus, number> = { healthy: 1, degraded: 1 / 2, unhealthy: 1 / 6 };

/** Services start this far apart, or closer if there are many: a thousand must not fire together. */
const STEP: Millis = 50;
/** Starts this close fall together: waking once for a handful costs a fraction of waking for each. */
const GRAIN: Millis = 250;
/** Part of an interval within which all of them have started. */
const SPREAD = 0.8;
/** A sixth of an interval may be no whole number; intervals this close to a slot are at it. */
const ROUNDING = 1e-6;
const NEAR: Millis = 1;

export interface Scheduled {
  readonly id: string;
  readonly critical: boolean;
  readonly interval: Millis;
}

interface ScheduleEntry {
  scheduled: Scheduled;
  /** Slots are whole intervals after this, at every pace: services that were in step are in step after an outage. */
  base: Millis;
  /** The slot the last start belonged to; lateness does not add up. */
  slot: Millis;
  /** The slot of a check that is ready. */
  turn: Millis;
  due: Millis;
  state: 'waiting' | 'ready' | 'running';
  started: boolean;
  /** The next check is one out of turn: a confirmation or a request. */
  soon: boolean;
  /** The last check took its whole timeout. */
  hung: boolean;
}

/** Due and not started, oldest first. */
interface ReadyQueues {
  readonly critical: string[];
  readonly criticalHung: string[];
  readonly other: string[];
  readonly otherHung: string[];
}

/** Which service is checked next. */
export class Schedule {
  readonly #entries = new Map<string, ScheduleEntry>();
  /** The same as an array: all are looked at again and again, and a map's iterator makes objects for each. */
  #all: readonly ScheduleEntry[] = [];
  readonly #ready: ReadyQueues = { critical: [], criticalHung: [], other: [], otherHung: [] };
  #pace = 1;
  /** When slots were moved last; no check was due before at the present pace. */
  #movedAt: Millis = 0;
  /** When the first services came. */
  #origin: Millis | undefined;

  /** Replaces the targets. Those that stay keep their slot; new ones start soon, spread out. */
  set(services: readonly Scheduled[], now: Millis): void {
    this.#origin ??= now;
    this.#movedAt = now;
    const wanted = new Map(services.map(service => [service.id, service]));
    for (const id of this.#entries.keys()) if (!wanted.has(id)) this.#entries.delete(id);
    const fresh = services
      .filter(service => !this.#entries.has(service.id))
      .sort((a, b) => Number(b.critical) - Number(a.critical));
    for (const [i, scheduled] of fresh.entries()) {
      const offset = this.#spread(scheduled, i, fresh.length);
      this.#entries.set(scheduled.id, {
        scheduled,
        base: this.#origin + offset,
        slot: now,
        turn: now + offset,
        due: now + offset,
        state: 'waiting',
        started: false,
        soon: false,
        hung: false,
      });
    }
    this.#all = [...this.#entries.values()];
    for (const [id, entry] of this.#entries) {
      entry.scheduled = wanted.get(id) as Scheduled;
      this.#regularSlot(entry);
    }
  }

  /** The slots of services that are not spread out are whole intervals after this. */
  get origin(): Millis {
    return this.#origin ?? 0;
  }

  /** How long after the first of `count` services that may all start now the one at `place` does. */
  #spread({ interval }: Scheduled, place: number, count: number): Millis {
    const step = Math.min(STEP, (interval * this.#pace * SPREAD) / count);
    return Math.floor((place * step) / GRAIN) * GRAIN;
  }

  /**
   * Sets the pace for a state of the cluster; services that wait are brought forward or put off. Those whose slot has
   * passed at the new pace start from now on, spread out as at the start.
   */
  setStatus(status: OverallStatus, now: Millis): void {
    if (PACE[status] === this.#pace) return;
    this.#pace = PACE[status];
    this.#movedAt = now;
    const late: ScheduleEntry[] = [];
    for (const entry of this.#entries.values()) {
      this.#regularSlot(entry);
      if (entry.state === 'waiting' && !entry.soon && entry.due < now) late.push(entry);
    }
    late.sort((a, b) => Number(b.scheduled.critical) - Number(a.scheduled.critical) || a.due - b.due);
    for (const [i, entry] of late.entries()) {
      // A handful keeps its slots.
      const later = this.#spread(entry.scheduled, i, late.length);
      if (later > 0) entry.due = now + later;
    }
  }

  /** How long an interval is at the present pace. */
  paced(interval: Millis): Millis {
    return interval * this.#pace;
  }

  /** The next service to start, critical ones first; undefined when none is due, or only hung ones are without `mayHang`. */
  next(mayHang = true): string | undefined {
    const { critical, criticalHung, other, otherHung } = this.#ready;
    const queues = mayHang ? [critical, criticalHung, other, otherHung] : [critical, other];
    for (;;) {
      const id = queues.find(queue => queue.length > 0)?.shift();
      if (id === undefined) return undefined;
      const entry = this.#entries.get(id);
      if (entry?.state !== 'ready') continue;
      entry.state = 'running';
      if (!entry.soon) entry.slot = entry.turn;
      entry.soon = false;
      entry.started = true;
      return id;
    }
  }

  /** Makes everything that is due ready; gives when to look again (infinity: nothing waits). */
  wake(now: Millis): Millis {
    let next = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#all.length; i++) {
      const entry = this.#all[i] as ScheduleEntry;
      if (entry.state !== 'waiting') continue;
      if (entry.due <= now) this.#makeReady(entry.scheduled.id, entry, now);
      else if (entry.due < next) next = entry.due;
    }
    return next;
  }

  /** Asks for a check at once, outside its slot; one that is ready or running already is what was asked for. */
  hurry(id: string): void {
    const entry = this.#entries.get(id);
    if (entry?.state !== 'waiting') return;
    entry.soon = true;
    this.#makeReady(id, entry, entry.due);
  }

  /** Whether the last check of a service took its whole timeout. */
  isHung(id: string): boolean {
    return this.#entries.get(id)?.hung === true;
  }

  /** A check has ended; the next one is in its next slot, or `soon` from now if that is earlier. Gives when. */
  ended(id: string, now: Millis, soon?: Millis, hung = false): Millis {
    const entry = this.#entries.get(id);
    if (!entry) return Number.POSITIVE_INFINITY;
    entry.state = 'waiting';
    entry.hung = hung;
    // Slots that passed meanwhile are left out, not caught up.
    entry.due = Math.max(this.#slotAfter(entry, entry.slot), this.#slotFrom(entry, now));
    entry.soon = soon !== undefined && now + soon < entry.due;
    if (entry.soon) entry.due = now + (soon as Millis);
    return entry.due;
  }

  /** Ids whose check belongs to the round that begins at a moment, and those that wait since an earlier one. */
  *inRound(start: Millis): Generator<string> {
    for (const { scheduled, state, base, due } of this.#all) {
      const offset = base - this.origin;
      if (state === 'ready' || (state === 'waiting' && due - offset <= start + NEAR)) yield scheduled.id;
    }
  }

  /** The slot a check belongs to that has started; one out of turn belongs to the slot before it. */
  slotOf(id: string): Millis {
    return this.#entries.get(id)?.slot ?? Number.NEGATIVE_INFINITY;
  }

  /** How late a check that starts now is against its due time. */
  lateness(id: string, now: Millis): Millis {
    const due = this.#entries.get(id)?.due;
    return due === undefined ? 0 : Math.max(0, now - Math.max(due, this.#movedAt));
  }

  #makeReady(id: string, entry: ScheduleEntry, now: Millis): void {
    entry.state = 'ready';
    // After a pause of the whole program, or at a faster pace, slots have passed.
    entry.turn = entry.started ? this.#slotUpTo(entry, now) : entry.due;
    const { critical } = entry.scheduled;
    const queue = entry.hung ? (critical ? 'criticalHung' : 'otherHung') : critical ? 'critical' : 'other';
    this.#ready[queue].push(id);
  }

  /** The next slot at the present pace and interval; a target that has not started yet keeps its first one. */
  #regularSlot(entry: ScheduleEntry): void {
    if (entry.state !== 'waiting' || !entry.started || entry.soon) return;
    entry.due = this.#slotAfter(entry, entry.slot);
  }

  /** The first slot after a moment. */
  #slotAfter(entry: ScheduleEntry, moment: Millis): Millis {
    return this.#slotUpTo(entry, moment) + this.paced(entry.scheduled.interval);
  }

  /** The last slot that is not after a moment. */
  #slotUpTo({ base, scheduled }: ScheduleEntry, moment: Millis): Millis {
    const interval = this.paced(scheduled.interval);
    return base + Math.floor((moment - base) / interval + ROUNDING) * interval;
  }

  /** The first slot that is not before a moment. */
  #slotFrom({ base, scheduled }: ScheduleEntry, moment: Millis): Millis {
    const interval = this.paced(scheduled.interval);
    return base + Math.ceil((moment - base) / interval - ROUNDING) * interval;
  }
}
