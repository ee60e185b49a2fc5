// Small states that change and have to be there after a restart: alerts, silences, which notifications were sent. Comes in:
// values by kind and key; goes out: all of a kind at the start. Values are in memory too, so a disk that fails or loses
// its file costs nothing but durability, and gets everything again when it is back.

import type { DamageSink } from './damage.js';
import { pack, type Sqlite, unpack } from './database.js';
import type { ResilientDatabase } from './resilient-database.js';

/** The table. */
export const stateMigration = `
  CREATE TABLE kept (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL);
  CREATE UNIQUE INDEX kept_key ON kept (kind, key);
`;

/** Rows of the table; every method throws SQLite's errors. */
export class StateTable {
  readonly #select;
  readonly #upsert;
  readonly #delete;
  readonly #write;
  readonly #remove;
  readonly #damage: DamageSink;

  constructor(db: Sqlite, damage: DamageSink) {
    this.#damage = damage;
    this.#remove = db.prepare<[number]>('DELETE FROM kept WHERE rowid = ?');
    this.#select = db.prepare<[string], { id: number; key: string; value: Buffer }>(
      'SELECT rowid AS id, key, value FROM kept WHERE kind = ?',
    );
    this.#upsert = db.prepare<[string, string, Buffer]>(
      'INSERT INTO kept (kind, key, value) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value',
    );
    this.#delete = db.prepare<[string, string]>('DELETE FROM kept WHERE kind = ? AND key = ?');
    this.#write = db.transaction((changes: readonly Change[]) => {
      for (const { kind, key, value } of changes) {
        if (value === undefined) this.#delete.run(kind, key);
        else this.#upsert.run(kind, key, pack(`${kind}\0${key}`, value));
      }
    });
  }

  /** All values of a kind by key; damaged ones are left out for good. */
  select(kind: string): Map<string, unknown> {
    const values = new Map<string, unknown>();
    for (const { id, key, value } of this.#select.all(kind)) {
      const unpacked = unpack(`${kind}\0${key}`, value);
      if (unpacked) values.set(key, unpacked.value);
      else
        this.#damage.skip({
          table: 'kept',
          row: `${kind} ${key}`,
          remove: () => this.#remove.run(id).changes,
        });
    }
    return values;
  }

  /** All of it or nothing. */
  write(changes: readonly Change[]): void {
    this.#write(changes);
  }
}

/** A new value of a state. */
interface Change {
  readonly kind: string;
  readonly key: string;
  /** Undefined: it is no more. */
  readonly value: unknown;
}

type Database = Pick<ResilientDatabase<{ readonly states: StateTable }>, 'use' | 'tryRead'>;

/** The states of every kind. No method throws for a disk's sake. */
export class StateStore {
  readonly #database: Database;
  readonly #kinds = new Map<string, Map<string, unknown>>();
  /** Not on disk yet, by kind and key; undefined values are to be deleted there. */
  readonly #unwritten = new Map<string, Change>();
  /** Kinds that could not be read yet, so that there may be more on disk than in memory. */
  readonly #unread = new Set<string>();
  readonly #listeners = new Map<string, (late: ReadonlyMap<string, never>) => void>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Changes waiting in memory. */
  get pending(): number {
    return this.#unwritten.size;
  }

  /** All values of a kind by key, as an earlier run left them and as they were put since. */
  all<T>(kind: string): ReadonlyMap<string, T> {
    let values = this.#kinds.get(kind);
    if (!values) {
      const read = this.#database.tryRead(({ states }) => states.select(kind));
      if (!read) this.#unread.add(kind);
      values = read ?? new Map<string, unknown>();
      this.#kinds.set(kind, values);
    }
    return values as ReadonlyMap<string, T>;
  }

  /**
   * Sets the callback that gets the states of a kind from an earlier run, if it cannot be read now and can be later. What was put
   * meanwhile comes before it and is not among it.
   */
  onLate<T>(kind: string, listener: (late: ReadonlyMap<string, T>) => void): void {
    this.#listeners.set(kind, listener);
  }

  /** Takes new values; undefined deletes. @returns whether they are on disk */
  upsert(kind: string, changes: Iterable<readonly [key: string, value: unknown]>): boolean {
    return this.upsertAll([...changes].map(([key, value]) => ({ kind, key, value })));
  }

  /** As {@link upsert}, of several kinds in one transaction. */
  upsertAll(changes: readonly Change[]): boolean {
    for (const { kind, key, value } of changes) {
      const values = this.all(kind) as Map<string, unknown>;
      if (value === undefined) values.delete(key);
      else values.set(key, value);
      this.#unwritten.set(`${kind}\0${key}`, { kind, key, value });
    }
    return this.flush();
  }

  /** Writes what waits. @returns whether nothing waits any more */
  flush(): boolean {
    this.#readLate();
    if (this.#unwritten.size === 0) return true;
    const written = this.#database.use(({ states }) => {
      // Asked for here: a file that was replaced meanwhile needs everything, see rewrite().
      const changes = [...this.#unwritten.values()];
      states.write(changes);
      return changes;
    });
    for (const { kind, key } of written ?? []) this.#unwritten.delete(`${kind}\0${key}`);
    return this.#unwritten.size === 0;
  }

  #readLate(): void {
    for (const kind of this.#unread) {
      const read = this.#database.use(({ states }) => states.select(kind));
      if (!read) return;
      this.#unread.delete(kind);
      const values = this.all(kind) as Map<string, unknown>;
      const late = [...read].filter(([key]) => !values.has(key) && !this.#unwritten.has(`${kind}\0${key}`));
      for (const [key, value] of late) values.set(key, value);
      this.#listeners.get(kind)?.(new Map(late) as Map<string, never>);
    }
  }

  /** The file was lost: everything has to be written again. */
  rewrite(): void {
    for (const [kind, values] of this.#kinds)
      for (const [key, value] of values) this.#unwritten.set(`${kind}\0${key}`, { kind, key, value });
  }
}
