// States that several monitors share through Redis, beside the notification log: silences. Each monitor has all of them, so
// that Redis may be away or lose them. Comes in: kinds of states; goes out: to each kind what other monitors have.

import { randomUUID } from 'node:crypto';
import type { Clock, Millis } from '../model/time.js';
import type { LeaseRedis } from './lease-redis.js';
import type { FoundEntry } from './lease-script.js';
import type { Identity } from './settings.js';
import { readShareReply, SHARE, type ShareReply } from './share-script.js';

/** What this program writes; others are left alone. */
const VERSION = 1;
/** Bytes that are read at once. */
const MAX_READ = 4 * 1024 * 1024;
/** States that are put at once. */
const BATCH = 500;
/** A longer state is not shared, in characters. */
const MAX_LENGTH = 128 * 1024;
/** States in Redis; of more those go that are over first. */
const MAX_STATES = 10_000;
/** How long the keys in Redis outlive the last monitor, which has all of them on its own disk. */
const RETENTION: Millis = 120 * 3_600_000;
/** How often they are kept from expiring. */
const TOUCH_INTERVAL: Millis = 3_600_000;
/** More than all states need, however they come. */
const MAX_ROUNDS = 300;

/** A state of another monitor. */
export interface FoundState {
  readonly key: string;
  readonly value: unknown;
  /** How long ago it was put, by the clock of Redis. */
  readonly age: Millis;
  /** Which monitor put it. */
  readonly replica: string;
}

/** States of one kind that are shared. */
export interface SharedKind {
  /** What its keys in Redis begin with. */
  readonly name: string;
  /** A text for each state that there is, another one whenever it has changed. */
  revisions(): ReadonlyMap<string, string>;
  /** What other monitors are to know of a state, and for how long. */
  write(key: string): { readonly value: object; readonly ttl: Millis };
  /**
   * Takes states of others, unless those here are later.
   * @returns those that are not what a monitor puts
   */
  merge(found: readonly FoundState[]): readonly FoundState[];
}

interface WrittenState {
  readonly version: number;
  /** The run that put it. */
  readonly by: string;
  readonly replica: string;
  readonly revision: string;
  readonly value: unknown;
}

/** What Redis has of a state. */
interface KnownState {
  readonly number: number;
  /** Undefined: it is damaged. */
  readonly revision: string | undefined;
}

interface UnputState {
  /** Its key in Redis. */
  readonly full: string;
  readonly kind: SharedKind;
  readonly key: string;
  readonly revision: string;
}

interface SharedStatesOptions {
  readonly redis: Pick<LeaseRedis, 'eval'>;
  /** What the keys in Redis begin with. */
  readonly key: string;
  readonly self: Pick<Identity, 'replica' | 'id'>;
  readonly kinds: readonly SharedKind[];
  readonly clock: Pick<Clock, 'elapsed'>;
  /** A state is not shared; one line. */
  readonly onProblem: (problem: string) => void;
}

/** Keeps track of what Redis has, and up to where it was read. */
export class SharedStates {
  readonly #options: SharedStatesOptions;
  readonly #keys: readonly string[];
  readonly #known = new Map<string, KnownState>();
  readonly #reported = new Set<string>();
  /** Of the states in Redis; empty before the first reply. */
  #id = '';
  #since = 0;
  /** Whether all that Redis has is known. Before that nothing is put: it may be older than what is there. */
  #isCaughtUp = false;
  #touchedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SharedStatesOptions) {
    this.#options = options;
    this.#keys = ['states', 'states-order', 'states-expiry'].map(name => `{${options.key}}:${name}`);
  }

  get hasUnput(): boolean {
    return this.#unput().length > 0;
  }

  /** Puts what has changed here, and takes what has changed elsewhere. @throws LeaseRedisError */
  async exchange(): Promise<void> {
    const { redis, clock } = this.#options;
    let unput = this.#unput();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const begun = clock.elapsed();
      const isDue = begun - this.#touchedAt >= TOUCH_INTERVAL;
      const bounds = [MAX_READ, RETENTION, MAX_STATES].map(String);
      const words = [randomUUID(), this.#id, String(this.#since), ...bounds, isDue ? 'touch' : ''];
      const [id, put] = [this.#id, this.#wordsOf(unput)];
      const reply = readShareReply(await redis.eval(SHARE, this.#keys, [...words, ...put]));
      if (isDue) this.#touchedAt = begun;
      this.#apply(reply);
      unput = this.#unput();
      // What was put is among what is found, or what another monitor has put instead.
      const isStuck = put.length > 0 && reply.found.length === 0 && reply.id === id;
      if (this.#isCaughtUp && (unput.length === 0 || isStuck)) return;
    }
  }

  /** The states that Redis does not have as they are here; none before it is known what Redis has. */
  #unput(): UnputState[] {
    if (!this.#isCaughtUp) return [];
    return this.#options.kinds.flatMap(kind =>
      [...kind.revisions()].flatMap(([key, revision]) => {
        const full = `${kind.name}\n${key}`;
        return this.#known.get(full)?.revision === revision ? [] : [{ full, kind, key, revision }];
      }),
    );
  }

  #wordsOf(unput: readonly UnputState[]): string[] {
    const { self } = this.#options;
    const words: string[] = [];
    for (const { full, kind, key, revision } of unput) {
      const { value, ttl } = kind.write(key);
      const written: WrittenState = {
        version: VERSION,
        ...{ by: self.id, replica: self.replica, revision, value },
      };
      const text = JSON.stringify(written);
      const { number = 0 } = this.#known.get(full) ?? {};
      if (text.length > MAX_LENGTH) {
        this.#known.set(full, { number, revision });
        this.#options.onProblem(
          `${full.replace('\n', ' ')} is longer than ${MAX_LENGTH / 1024} KiB and not shared; make it shorter`,
        );
        continue;
      }
      words.push(full, String(number), String(Math.ceil(ttl)), text);
      if (words.length >= 4 * BATCH) break;
    }
    return words;
  }

  #apply({ id, read, isAll, found }: ShareReply): void {
    if (id !== this.#id) {
      // What Redis had is lost, or this is the first reply: everything is read, and then put that is not there.
      this.#known.clear();
      this.#id = id;
    }
    this.#since = read;
    this.#isCaughtUp = isAll;
    for (const kind of this.#options.kinds) {
      const own = found.filter(({ key }) => key.startsWith(`${kind.name}\n`));
      if (own.length > 0) this.#merge(kind, own);
    }
  }

  #merge(kind: SharedKind, entries: readonly FoundEntry[]): void {
    const { self } = this.#options;
    const current = kind.revisions();
    const states = entries.flatMap(({ key: full, number, age, text }): FoundState[] => {
      const key = full.slice(kind.name.length + 1);
      const written = parse(text);
      const { version, by, replica, revision, value } = written;
      if (typeof version === 'number' && version !== VERSION) {
        this.#reportOnce(
          `another monitor shares its states in version ${version}; update the older one`,
          String(version),
        );
        // As it is here now it is not put in the place of what cannot be read.
        this.#known.set(full, { number, revision: current.get(key) });
        return [];
      }
      const isWhole = version === VERSION && typeof revision === 'string' && typeof replica === 'string';
      this.#known.set(full, { number, revision: isWhole ? revision : undefined });
      if (!isWhole) this.#reportDamaged(full);
      return isWhole && by !== self.id ? [{ key, value, age, replica }] : [];
    });
    for (const { key } of states.length > 0 ? kind.merge(states) : []) {
      const full = `${kind.name}\n${key}`;
      this.#reportDamaged(full);
      const { number } = this.#known.get(full) as KnownState;
      this.#known.set(full, { number, revision: undefined });
    }
  }

  #reportDamaged(full: string): void {
    this.#options.onProblem(
      `${JSON.stringify(full)} in ${this.#keys[0]} in Redis is damaged and left out; delete that key, and the monitors put all they have again`,
    );
  }

  #reportOnce(problem: string, what: string): void {
    if (this.#reported.has(what)) return;
    this.#reported.add(what);
    this.#options.onProblem(problem);
  }
}

function parse(text: string): Partial<WrittenState> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
