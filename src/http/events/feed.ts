// What is new of the cluster, told to everybody who reads along. Comes in: changes of the board; goes out: numbered
// copies of /cluster_health as server-sent events. Made by monitor.ts, read by the route /events.
// Source: WHATWG HTML, "Server-sent events".

import type { Snapshots } from '../../cluster/health-json.js';
import type { Board } from '../../cluster/state.js';
import { alertLine } from '../../cluster/status.js';
import type { Clock, Millis } from '../../model/time.js';
import { HttpError } from '../route.js';
import { Reader } from './reader.js';

/** A result and what the rules make of it are told in one event. */
const SETTLE: Millis = 20;
/** For each millisecond that events take to write, as long is left to everything else, or a thousand services that change
 * all the time would take all of it. */
const REST = 4;
/** How often everybody is told something, so that a connection that died is noticed. */
const BEAT: Millis = 10_000;
/** As long as a reader is not asked again for its credentials. */
const LONGEST: Millis = 3_600_000;
/** A reader that takes nothing for so long is gone, or might as well be. */
const PATIENCE: Millis = 30_000;
/** Of the connections the server has, most are for questions. */
const MOST_READERS = 256;

/** For tests, which have less time. */
export interface FeedLimits {
  readonly beat?: Millis;
  readonly longest?: Millis;
  readonly patience?: Millis;
  readonly mostReaders?: number;
}

/** A client that wants a stream. */
export interface Opening {
  /** The id of the last event it had. */
  readonly lastId: string | undefined;
  /** Its address, or what else tells it from others. */
  readonly client: string;
  /** Aborted when it has gone. */
  readonly signal: AbortSignal;
}

interface Event {
  readonly id: number;
  readonly bytes: Buffer;
  /** What it says without the figures that change with every check. */
  readonly gist: string;
}

/** Whoever makes one closes it. */
export class HealthFeed {
  readonly #board: Board;
  readonly #snapshots: Pick<Snapshots, 'write'>;
  readonly #clock: Clock;
  readonly #limits: Required<FeedLimits>;
  readonly #readers = new Set<Reader>();
  #event: Event = { id: 0, bytes: Buffer.alloc(0), gist: '' };
  /** The board's version the event was written from. */
  #version = -1;
  #isClosed = false;
  #stopWatching: (() => void) | undefined;
  #beating: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;
  /** How long the next event waits for more to change. */
  #rest: Millis = 0;

  constructor(board: Board, snapshots: Pick<Snapshots, 'write'>, clock: Clock, limits: FeedLimits = {}) {
    this.#board = board;
    this.#snapshots = snapshots;
    this.#clock = clock;
    this.#limits = {
      beat: BEAT,
      longest: LONGEST,
      patience: PATIENCE,
      mostReaders: MOST_READERS,
      ...limits,
    };
  }

  /** How long a reader may take nothing. */
  get patience(): Millis {
    return this.#limits.patience;
  }

  /** How many read along. */
  get readers(): number {
    return this.#readers.size;
  }

  /**
   * Opens a stream that the signal or the feed ends: the latest event, unless it is the one the client had last, and
   * every one from now on. When there are too many, the client with the most streams makes room for one with fewer.
   * @throws HttpError 503 when there are too many and no other client has more
   */
  open({ lastId, client, signal }: Opening): Reader {
    const { mostReaders } = this.#limits;
    if (this.#readers.size >= mostReaders && !this.#makeRoomFor(client))
      throw new HttpError(503, `${mostReaders} clients read along already; ask /cluster_health instead`, {
        'retry-after': '30',
      });
    const reader = new Reader(this.#clock.elapsed(), client);
    signal.addEventListener('abort', () => this.#leave(reader), { once: true });
    if (signal.aborted || this.#isClosed) reader.end();
    else this.#enter(reader);
    if (this.#version !== this.#board.version) this.#renew();
    if (lastId !== String(this.#event.id)) reader.offer(this.#event.bytes);
    return reader;
  }

  /** Ends everybody's stream, so that they come back and are told anew what they may have missed. */
  restart(): void {
    for (const reader of [...this.#readers]) this.#leave(reader);
  }

  /** Ends everything; who comes later is told nothing. */
  close(): void {
    this.#isClosed = true;
    this.restart();
  }

  /** Ends the newest stream of the client that has the most, if that are more than this one has with another. */
  #makeRoomFor(client: string): boolean {
    const clients = new Map<string, Reader[]>();
    for (const reader of this.#readers)
      clients.set(reader.client, [...(clients.get(reader.client) ?? []), reader]);
    const largest = [...clients.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
    const newest = largest.at(-1);
    if (!newest || largest.length <= (clients.get(client)?.length ?? 0) + 1) return false;
    this.#leave(newest);
    return true;
  }

  #enter(reader: Reader): void {
    this.#readers.add(reader);
    this.#stopWatching ??= this.#board.watch(() => this.#settle());
    this.#beating ??= setInterval(() => this.#beat(), this.#limits.beat);
  }

  #leave(reader: Reader): void {
    reader.end();
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#stopWatching?.();
    clearInterval(this.#beating);
    clearTimeout(this.#settling);
    this.#stopWatching = this.#beating = this.#settling = undefined;
  }

  #settle(): void {
    this.#settling ??= setTimeout(
      () => {
        this.#settling = undefined;
        const begin = performance.now();
        if (this.#gist() !== this.#event.gist) this.#tell();
        this.#rest = REST * (performance.now() - begin);
      },
      Math.max(SETTLE, this.#rest),
    );
  }

  /** Response times and the like are told with the heartbeat, or a thousand services would write novels. */
  #beat(): void {
    const now = this.#clock.elapsed();
    for (const reader of [...this.#readers])
      if (now - reader.openedAt > this.#limits.longest) this.#leave(reader);
    if (this.#version !== this.#board.version) this.#tell();
    else for (const reader of this.#readers) reader.beat();
  }

  #tell(): void {
    this.#renew();
    for (const reader of this.#readers) reader.offer(this.#event.bytes);
  }

  /** Ids grow, also over a restart: nobody takes an event of a former life for the latest. */
  #renew(): void {
    const now = this.#clock.now();
    const id = Math.max(this.#event.id + 1, Math.floor(now));
    this.#version = this.#board.version;
    const bytes = eventBytes(id, this.#snapshots.write(now, this.#clock.elapsed()));
    this.#event = { id, bytes, gist: this.#gist() };
  }

  #gist(): string {
    const { services, verdict, verdictProblem } = this.#board;
    const each = services.map(({ id, name, critical }) => {
      const { status, error } = this.#board.result(id) ?? {};
      return [id, name, critical, status, error];
    });
    return JSON.stringify([verdict.overall, verdict.alerts.map(alertLine), verdictProblem?.reason, each]);
  }
}

/** A service's own JSON may have line breaks, which end a line of an event. */
function eventBytes(id: number, data: string): Buffer {
  const lines = data.split(/\r\n|\r|\n/).map(line => `data: ${line}\n`);
  return Buffer.from(`id: ${id}\nevent: health\n${lines.join('')}\n`);
}
