// Which of several monitors sends notifications: the one that holds the lease in Redis. Comes in: a Redis, the notification log,
// silences; goes out: whether this monitor sends, what others have sent, and what users made at others. While Redis does not answer every monitor sends, unless a peer says
// that it holds the lease: twice rather than never. Spans are of the monotonic clock here and of Redis' own there.

import type { NotificationLog } from '../alertmanager/pipeline/notification-log.js';
import type { Sharing } from '../alertmanager/pipeline/sharing.js';
import type { Clock, Millis } from '../model/time.js';
import { LeaseRedis, LeaseRedisError } from './lease-redis.js';
import { RELEASE, readSyncReply, SYNC, type SyncReply } from './lease-script.js';
import type { Identity, LeaseSettings, LeaseState } from './settings.js';
import { SharedLog } from './shared-log.js';
import { type SharedKind, SharedStates } from './shared-states.js';
import { Waiters } from './waiters.js';

/** How long it is held without being renewed. */
const TTL: Millis = 10_000;
/** Time between two renewals, and between two attempts to take it. */
const INTERVAL: Millis = 1000;
/** After this time without an answer of Redis every monitor sends: then another one has taken over, if it could. */
const ALONE_AFTER: Millis = TTL + 3000;
/** How long the notification log is kept in Redis, as Alertmanager's --data.retention. */
const RETENTION: Millis = 120 * 3_600_000;
/** Bytes of entries that are read at once. */
const MAX_READ = 4 * 1024 * 1024;

export interface LeaseEvents {
  /** Another state, or another problem. */
  onChange(): void;
  /** This monitor begins to send: called before anything is sent. @param previous who sent before; undefined: none that is known */
  onSending(previous: string | undefined): void;
  onTakeover(): void;
  log(level: 'info' | 'warn', message: string, fields: Record<string, unknown>): void;
}

interface LeaseOptions {
  readonly settings: LeaseSettings;
  readonly self: Identity;
  readonly log: NotificationLog;
  /** What users make at one of the monitors. */
  readonly kinds: readonly SharedKind[];
  readonly clock: Clock;
  /** Whether a peer says that it holds the lease. */
  readonly isHeldByPeer: () => boolean;
  readonly events: LeaseEvents;
}

/** Takes the lease, or waits for it. The caller must close it. */
export class Lease implements Sharing {
  readonly #options: LeaseOptions;
  readonly #redis: LeaseRedis;
  readonly #shared: SharedLog;
  readonly #states: SharedStates;
  readonly #token: string;
  readonly #keys: readonly string[];
  readonly #waiters = new Waiters();
  readonly #begun: Millis;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** Monotonic; until then the lease is held. */
  #validUntil: Millis = Number.NEGATIVE_INFINITY;
  #answeredAt: Millis | undefined;
  #renewedAt: Millis | undefined;
  #holder: Pick<Identity, 'replica' | 'id'> | undefined;
  #problem: string | undefined;
  /** Why silences are not shared, though Redis answers. */
  #statesProblem: string | undefined;
  #wasSending = false;
  #wasHeld = false;
  #wasConflict = false;
  #syncing: Promise<void> | undefined;

  constructor(options: LeaseOptions) {
    const { settings, self, log, kinds, clock, events } = options;
    this.#options = options;
    this.#begun = clock.elapsed();
    this.#token = JSON.stringify([self.replica, self.id]);
    // One slot of a Redis Cluster.
    this.#keys = ['lease', 'log', 'order', 'counter', 'epoch'].map(name => `{${settings.key}}:${name}`);
    this.#redis = new LeaseRedis(settings.redis);
    this.#shared = new SharedLog({
      log,
      id: self.id,
      clock,
      onForeignVersion: version =>
        this.#report(
          `another monitor writes its notification log in version ${version}; update the older one`,
        ),
      onDamaged: key =>
        this.#report(
          `an entry of the notification log in Redis is damaged and left alone: ${JSON.stringify(key)}`,
        ),
    });
    this.#states = new SharedStates({
      ...{ redis: this.#redis, key: settings.statesKey, self, kinds, clock },
      onProblem: err => events.log('warn', 'State not shared between monitors', { err }),
    });
    events.log('info', 'Waiting for the lease', { redis: this.#redis.address, replica: self.replica });
    void this.#tick();
  }

  get state(): LeaseState {
    const now = this.#options.clock.elapsed();
    if (now < this.#validUntil) return 'held';
    return now - (this.#answeredAt ?? this.#begun) > TTL ? 'unavailable' : 'standby';
  }

  get isSending(): boolean {
    return this.#wasSending && this.#maySend;
  }

  get #maySend(): boolean {
    const { clock, isHeldByPeer } = this.#options;
    const now = clock.elapsed();
    if (now < this.#validUntil) return this.#shared.isCaughtUp;
    return now - (this.#answeredAt ?? this.#begun) > ALONE_AFTER && !isHeldByPeer();
  }

  /** The name of the monitor that holds it, as far as it is known. */
  get holder(): string | undefined {
    return this.#holder?.replica;
  }

  /** How long ago it was renewed; undefined: never. */
  get renewed(): Millis | undefined {
    return this.#renewedAt === undefined ? undefined : this.#options.clock.elapsed() - this.#renewedAt;
  }

  /** What keeps it from being taken or kept, one line; undefined while nothing does. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Another monitor of this name goes on renewing it. */
  get isConflict(): boolean {
    const { self, clock } = this.#options;
    const isSameName = this.#holder?.replica === self.replica && this.#holder.id !== self.id;
    // That of an earlier run of this monitor ends by then.
    return isSameName && this.state === 'standby' && clock.elapsed() - this.#begun > TTL + 2 * INTERVAL;
  }

  async publish(key: string): Promise<void> {
    this.#shared.changed(key);
    // While Redis is away the next attempt is the timer's.
    while (this.#problem === undefined && !this.#isClosed && this.#shared.isUnput(key))
      await (this.#syncing ?? this.#sync());
    await this.#syncing;
  }

  /** Others are to know at once what a user has made. While Redis is away they know it when it is back. */
  async share(): Promise<void> {
    await this.#syncing;
    if (this.#problem === undefined && !this.#isClosed) await this.#sync();
  }

  changed(key: string, signal: AbortSignal): Promise<void> {
    return this.#waiters.wait(key, signal);
  }

  /** Puts what is left and gives the lease up, unless another Lease of this run goes on with it. */
  async close({ keep }: { readonly keep: boolean }): Promise<void> {
    await this.#syncing;
    const hasUnput = this.#shared.hasUnput || this.#states.hasUnput;
    if (this.#problem === undefined && hasUnput) await this.#sync();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#syncing;
    const isHeld = this.state === 'held';
    this.#validUntil = Number.NEGATIVE_INFINITY;
    if (isHeld && !keep)
      await this.#redis.eval(RELEASE, this.#keys.slice(0, 1), [this.#token]).catch(() => {});
    await this.#redis.close();
    this.#waiters.wakeAll();
  }

  async #tick(): Promise<void> {
    const { clock } = this.#options;
    const begun = clock.elapsed();
    await this.#sync();
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#tick(), Math.max(0, begun + INTERVAL - clock.elapsed()));
  }

  /** One exchange at a time; what has changed before it begins is part of it. */
  #sync(): Promise<void> {
    this.#syncing ??= this.#exchange().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async #exchange(): Promise<void> {
    const { clock } = this.#options;
    let keys: readonly string[] = [];
    try {
      // Before the lease: a monitor that begins to send knows what is silenced.
      const refused = await this.#exchangeStates();
      const begun = clock.elapsed();
      const taken = this.#shared.take();
      keys = taken.keys;
      const bounds = [TTL, this.#shared.since, RETENTION, MAX_READ, this.#shared.id].map(String);
      const reply = readSyncReply(
        await this.#redis.eval(SYNC, this.#keys, [this.#token, ...bounds, ...taken.words]),
      );
      this.#answeredAt = clock.elapsed();
      this.#applyHolder(reply, begun);
      this.#setProblem(undefined);
      this.#setStatesProblem(refused);
      this.#applyState(this.#shared.merge(reply));
    } catch (error) {
      this.#shared.putBack(keys);
      this.#setProblem((error as Error).message);
      this.#applyState([]);
    }
  }

  /** @returns why Redis refuses it: that keeps no monitor from sending @throws LeaseRedisError when Redis does not answer */
  async #exchangeStates(): Promise<string | undefined> {
    try {
      await this.#states.exchange();
      return undefined;
    } catch (error) {
      if (error instanceof LeaseRedisError && !error.isRefused) throw error;
      return (error as Error).message;
    }
  }

  #applyHolder({ holder }: SyncReply, begun: Millis): void {
    const isHeld = holder === this.#token;
    this.#holder = holderOf(holder);
    this.#validUntil = isHeld ? begun + TTL : Number.NEGATIVE_INFINITY;
    if (isHeld) this.#renewedAt = begun;
  }

  #applyState(changedKeys: readonly string[]): void {
    const { events } = this.#options;
    const isHeld = this.state === 'held';
    if (isHeld !== this.#wasHeld) {
      this.#wasHeld = isHeld;
      if (isHeld) events.onTakeover();
      events.log('info', isHeld ? 'Lease taken: this monitor sends notifications' : 'Lease lost', {
        holder: this.holder,
      });
    }
    const { isConflict } = this;
    if (isConflict && !this.#wasConflict) this.#report(conflictOf(this.#options.self.replica));
    this.#wasConflict = isConflict;
    const isSending = this.#maySend;
    const begins = isSending && !this.#wasSending;
    if (begins) events.onSending(this.holder);
    if (begins && !isHeld)
      events.log('warn', 'Sending notifications without the lease; others may send them too', {
        err: this.#problem,
      });
    this.#wasSending = isSending;
    events.onChange();
    if (begins) this.#waiters.wakeAll();
    else this.#waiters.wake(changedKeys);
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    if (problem === undefined) this.#options.events.log('info', 'Redis of the lease answers again', {});
    this.#problem = problem;
    if (problem !== undefined) this.#report(problem);
  }

  #setStatesProblem(problem: string | undefined): void {
    if (problem === this.#statesProblem) return;
    this.#statesProblem = problem;
    const { log } = this.#options.events;
    if (problem === undefined) log('info', 'Silences are shared between monitors again', {});
    else log('warn', 'Silences are not shared between monitors', { err: problem });
  }

  #report(problem: string): void {
    this.#options.events.log('warn', 'Lease is not certain', { err: problem });
  }
}

/** One line about another monitor of the same name. */
export function conflictOf(replica: string): string {
  return `another monitor calls itself "${replica}" too and holds the lease; give each monitor a ha.replica of its own`;
}

function holderOf(token: string): Pick<Identity, 'replica' | 'id'> | undefined {
  try {
    const [replica, id] = JSON.parse(token);
    return { replica: String(replica), id: String(id) };
  } catch {
    return undefined;
  }
}
