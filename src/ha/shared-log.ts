// The notification log of several monitors. Comes in: what this one logs, and what others put into Redis; goes out: entries to be
// put, and a log that knows what others have sent.

import type { NotificationLog, SharedEntry } from '../alertmanager/pipeline/notification-log.js';
import type { Clock } from '../model/time.js';
import type { FoundEntry, SyncReply } from './lease-script.js';

/** What this program writes; others are left alone. */
const VERSION = 1;
/** Entries that are put at once. */
const BATCH = 200;

interface WrittenEntry extends SharedEntry {
  readonly version: number;
  /** The run that put it. */
  readonly by: string;
}

interface SharedLogOptions {
  readonly log: NotificationLog;
  /** Of this run. */
  readonly id: string;
  readonly clock: Clock;
  /** Another monitor put entries that this one cannot read. */
  readonly onForeignVersion: (version: number) => void;
  /** An entry in Redis is not what a monitor puts there; it is left alone. */
  readonly onDamaged: (key: string) => void;
}

/** Keeps track of what is to be put, and up to where others' entries were read. */
export class SharedLog {
  readonly #options: SharedLogOptions;
  readonly #unput = new Set<string>();
  /** Keys that Redis has. */
  readonly #seen = new Set<string>();
  #since = 0;
  /** Of the entries in Redis. */
  #id: string | undefined;
  #isCaughtUp = false;
  /** Whether what Redis does not have has been found. */
  #isCompared = false;

  constructor(options: SharedLogOptions) {
    this.#options = options;
  }

  /** Whether everything that Redis has is known here. Before that nothing is put: it may be older than what is there. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  /** The number of the last entry that was read. */
  get since(): number {
    return this.#since;
  }

  /** The id of the entries that were read; empty: none were. */
  get id(): string {
    return this.#id ?? '';
  }

  /** Notes that the log has changed. */
  changed(key: string): void {
    this.#unput.add(key);
  }

  get hasUnput(): boolean {
    return this.#unput.size > 0;
  }

  isUnput(key: string): boolean {
    return this.#unput.has(key);
  }

  /** The next entries to be put. An entry may change meanwhile: they are done with before it is put. */
  take(): { readonly keys: readonly string[]; readonly words: readonly string[] } {
    const { log, id, clock } = this.#options;
    const keys = this.#isCaughtUp ? [...this.#unput].slice(0, BATCH) : [];
    for (const key of keys) this.#unput.delete(key);
    const now = { at: clock.now(), elapsed: clock.elapsed() };
    const words = keys.flatMap(key => {
      const entry: WrittenEntry = { version: VERSION, by: id, ...log.shared(key, now) };
      return [key, JSON.stringify(entry)];
    });
    return { keys, words };
  }

  /** They could not be put. */
  putBack(keys: readonly string[]): void {
    for (const key of keys) this.#unput.add(key);
  }

  /**
   * Takes what others put. Another id, or a last number below what was read, means that Redis has lost its data.
   * @returns the keys that have changed
   */
  merge({ id, last, found }: Omit<SyncReply, 'holder'>): string[] {
    const isOther = this.#id !== undefined && id !== this.#id;
    this.#id = id;
    if (isOther || last < this.#since) {
      this.#since = 0;
      this.#isCaughtUp = false;
      this.#isCompared = false;
      this.#seen.clear();
      return [];
    }
    const changed = found.flatMap(entry => {
      this.#since = Math.max(this.#since, entry.number);
      this.#seen.add(entry.key);
      return this.#merge(entry) ? [entry.key] : [];
    });
    this.#isCaughtUp = found.length === 0 || this.#since === last;
    if (this.#isCaughtUp && !this.#isCompared) this.#compare();
    return changed;
  }

  /** What Redis does not have is put: from an earlier run, or Redis has lost it. */
  #compare(): void {
    this.#isCompared = true;
    for (const key of this.#options.log.keys()) if (!this.#seen.has(key)) this.#unput.add(key);
    this.#seen.clear();
  }

  #merge({ key, age, text }: FoundEntry): boolean {
    const { log, id, clock, onForeignVersion, onDamaged } = this.#options;
    const written = parse(text);
    if (written.by === id) return false;
    if (typeof written.version === 'number' && written.version !== VERSION) {
      onForeignVersion(written.version);
      return false;
    }
    if (!isWhole(written)) {
      onDamaged(key);
      return false;
    }
    const { entry, pending } = written;
    const now = { at: clock.now(), elapsed: clock.elapsed() };
    if (log.merge(key, { entry, pending, age: written.age + age }, now)) this.#unput.add(key);
    return true;
  }
}

function parse(text: string): Partial<WrittenEntry> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

const areTexts = (value: unknown) => Array.isArray(value) && value.every(each => typeof each === 'string');

function isWhole(written: Partial<WrittenEntry>): written is WrittenEntry {
  const { entry, pending = [], age } = written;
  const isKnown = written.version === VERSION;
  const isLogged = entry === undefined || [entry?.firing, entry?.resolved, entry?.owed ?? []].every(areTexts);
  return isKnown && isLogged && areTexts(pending) && Number.isFinite(age);
}
