// Publishes the cluster's health to all subscribers. Comes in: changes of the cluster state; goes out: numbered
// copies of /cluster_health as server-sent events. Made by monitor.ts, read by the route /events.
// Source: WHATWG HTML, "Server-sent events".

import type { HealthWriter } from '../../cluster/health-json.js';
import type { ClusterState } from '../../cluster/state.js';
import { alertLine } from '../../cluster/status.js';
import type { CancelSignal } from '../../concurrency/cancel-signal.js';
import type { Clock, Millis } from '../../model/time.js';
import { HttpError } from '../http-error.js';
import { Subscriber } from './subscriber.js';

/** A result and the rules' evaluation of it are sent in one event. */
const DEBOUNCE: Millis = 20;
/** For each millisecond that events take to write, as long is left to everything else, or a thousand services that change
 * all the time would take all of it. */
const COOLDOWN_FACTOR = 4;
/** Nor do their events take more of a subscriber's connection than this: 1 MB/s. */
const MAX_BYTES_PER_MS = 1000;
/** Every subscriber gets bytes this often, so that a dead connection is noticed. */
const HEARTBEAT_INTERVAL: Millis = 10_000;
/** Maximum stream lifetime; clients then reconnect and re-authenticate. */
const MAX_LIFETIME: Millis = 3_600_000;
/** A subscriber that reads nothing for this long is disconnected. */
const STALL_TIMEOUT: Millis = 30_000;
/** Most of the server's connections are for other requests. */
const MAX_SUBSCRIBERS = 256;

/** For tests, which have less time. */
export interface FeedLimits {
  readonly heartbeat?: Millis;
  readonly maxLifetime?: Millis;
  readonly stallTimeout?: Millis;
  readonly maxSubscribers?: number;
}

/** A client that wants a stream. */
interface SubscribeOptions {
  /** The id of the last event it had. */
  readonly lastId: string | undefined;
  /** Its address, or another identifier. */
  readonly client: string;
  /** Aborted when it has gone. */
  readonly signal: CancelSignal;
}

interface Event {
  readonly id: number;
  readonly bytes: Buffer;
  /** What it says without the figures that change with every check. */
  readonly digest: string;
}

/** The caller must close it. */
export class HealthFeed {
  readonly #cluster: ClusterState;
  readonly #health: Pick<HealthWriter, 'write'>;
  readonly #clock: Clock;
  readonly #limits: Required<FeedLimits>;
  readonly #subscribers = new Set<Subscriber>();
  #event: Event = { id: 0, bytes: Buffer.alloc(0), digest: '' };
  /** The cluster state's version the event was written from. */
  #version = -1;
  #isClosed = false;
  #unwatch: (() => void) | undefined;
  #heartbeatTimer: NodeJS.Timeout | undefined;
  #debounceTimer: NodeJS.Timeout | undefined;
  /** How long the next event waits for more to change. */
  #cooldown: Millis = 0;

  constructor(
    cluster: ClusterState,
    health: Pick<HealthWriter, 'write'>,
    clock: Clock,
    limits: FeedLimits = {},
  ) {
    this.#cluster = cluster;
    this.#health = health;
    this.#clock = clock;
    this.#limits = {
      heartbeat: HEARTBEAT_INTERVAL,
      maxLifetime: MAX_LIFETIME,
      stallTimeout: STALL_TIMEOUT,
      maxSubscribers: MAX_SUBSCRIBERS,
      ...limits,
    };
  }

  /** How long a subscriber may read nothing. */
  get stallTimeout(): Millis {
    return this.#limits.stallTimeout;
  }

  /** The number of subscribers. */
  get subscribers(): number {
    return this.#subscribers.size;
  }

  /**
   * Opens a stream that the signal or the feed ends: the latest event, unless it is the one the client had last, and
   * every one from now on. When there are too many, the client with the most streams makes room for one with fewer.
   * @throws HttpError 503 when there are too many and no other client has more
   */
  open({ lastId, client, signal }: SubscribeOptions): Subscriber {
    const { maxSubscribers } = this.#limits;
    if (this.#subscribers.size >= maxSubscribers && !this.#makeRoomFor(client))
      throw new HttpError(
        503,
        `${maxSubscribers} clients are subscribed already; use /cluster_health instead`,
        {
          'retry-after': '30',
        },
      );
    const subscriber = new Subscriber(this.#clock.elapsed(), client);
    signal.addEventListener('abort', () => this.#unsubscribe(subscriber));
    if (signal.aborted || this.#isClosed) subscriber.end();
    else this.#subscribe(subscriber);
    if (this.#version !== this.#cluster.version) this.#updateEvent();
    if (lastId !== String(this.#event.id)) subscriber.send(this.#event.bytes);
    return subscriber;
  }

  /** Ends all streams; clients reconnect and get the latest state. */
  disconnectAll(): void {
    for (const subscriber of [...this.#subscribers]) this.#unsubscribe(subscriber);
  }

  /** Ends all streams; later subscribers get no events. */
  close(): void {
    this.#isClosed = true;
    this.disconnectAll();
  }

  /** Ends the newest stream of the client that has the most, if that are more than this one has with another. */
  #makeRoomFor(client: string): boolean {
    const clients = new Map<string, Subscriber[]>();
    for (const subscriber of this.#subscribers)
      clients.set(subscriber.client, [...(clients.get(subscriber.client) ?? []), subscriber]);
    const largest = [...clients.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
    const newest = largest.at(-1);
    if (!newest || largest.length <= (clients.get(client)?.length ?? 0) + 1) return false;
    this.#unsubscribe(newest);
    return true;
  }

  #subscribe(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    this.#unwatch ??= this.#cluster.watch(() => this.#debounce());
    this.#heartbeatTimer ??= setInterval(() => this.#heartbeat(), this.#limits.heartbeat);
  }

  #unsubscribe(subscriber: Subscriber): void {
    subscriber.end();
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return;
    this.#unwatch?.();
    clearInterval(this.#heartbeatTimer);
    clearTimeout(this.#debounceTimer);
    this.#unwatch = this.#heartbeatTimer = this.#debounceTimer = undefined;
  }

  #debounce(): void {
    this.#debounceTimer ??= setTimeout(
      () => {
        this.#debounceTimer = undefined;
        if (this.#digest() !== this.#event.digest) this.#publish();
      },
      Math.max(DEBOUNCE, this.#cooldown),
    );
  }

  /** Response times and the like are sent with the heartbeat only, or a thousand services would send too much. */
  #heartbeat(): void {
    const now = this.#clock.elapsed();
    for (const subscriber of [...this.#subscribers])
      if (now - subscriber.openedAt > this.#limits.maxLifetime) this.#unsubscribe(subscriber);
    if (this.#version !== this.#cluster.version) this.#publish();
    else for (const subscriber of this.#subscribers) subscriber.heartbeat();
  }

  #publish(): void {
    this.#updateEvent();
    for (const subscriber of this.#subscribers) subscriber.send(this.#event.bytes);
  }

  /** Ids keep increasing across restarts. */
  #updateEvent(): void {
    const [now, begin] = [this.#clock.now(), performance.now()];
    const id = Math.max(this.#event.id + 1, Math.floor(now));
    this.#version = this.#cluster.version;
    const bytes = eventBytes(id, this.#health.write(now, this.#clock.elapsed()));
    this.#event = { id, bytes, digest: this.#digest() };
    const duration = performance.now() - begin;
    this.#cooldown = Math.max(COOLDOWN_FACTOR * duration, bytes.length / MAX_BYTES_PER_MS);
  }

  #digest(): string {
    const { servicesVersion, status, rulesProblem, shardsProblem } = this.#cluster;
    const alerts = status.alerts.map(alertLine);
    const problems = [rulesProblem?.reason, shardsProblem?.reason];
    return JSON.stringify([status.overall, alerts, problems, servicesVersion]);
  }
}

/** A service's own JSON may have line breaks, which end a line of an event. */
function eventBytes(id: number, data: string): Buffer {
  const lines = data.split(/\r\n|\r|\n/).map(line => `data: ${line}\n`);
  return Buffer.from(`id: ${id}\nevent: health\n${lines.join('')}\n`);
}
