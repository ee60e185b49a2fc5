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
/**
 * Keys are in no order of time: with an index of them each transaction of new states writes most of its pages again. Which row
 * has a key is known in memory, where all of them are read at the start.
 */
export const unindexedStatesMigration = 'DROP INDEX kept_key;';

/** Values by kind and key. */
type StatesByKind = Map<string, Map<string, unknown>>;

/** Rows of the table; every method throws SQLite's errors. */
export class StateTable {
  readonly #select;
  readonly #selectKeys;
  readonly #insert;
  readonly #update;
  readonly #delete;
  readonly #write;
  readonly #damage: DamageSink;
  /** Undefined: they have to be read. */
  #rows: RowIds | undefined;

  constructor(db: Sqlite, damage: DamageSink) {
    this.#damage = damage;
    // All rows in one pass: what kind a damaged one is of cannot be known.
    this.#select = db.prepare<[], { id: number; kind: string; key: string; value: Buffer }>(
      'SELECT rowid AS id, kind, key, value FROM kept ORDER BY rowid',
    );
    this.#selectKeys = db.prepare<[], { id: number; kind: string; key: string }>(
      'SELECT rowid AS id, kind, key FROM kept ORDER BY rowid',
    );
    this.#insert = db.prepare<[string, string, Buffer]>(
      'INSERT INTO kept (kind, key, value) VALUES (?, ?, ?)',
    );
    this.#update = db.prepare<[Buffer, number]>('UPDATE kept SET value = ? WHERE rowid = ?');
    this.#delete = db.prepare<[number]>('DELETE FROM kept WHERE rowid = ?');
    this.#write = db.transaction((changes: readonly Change[]) => {
      const rows = this.#rows ?? this.#readRows();
      for (const each of changes) this.#writeOne(rows, each);
      for (const id of rows.surplus) this.#delete.run(id);
      this.#rows = rows;
    });
  }

  /** All values; damaged ones are left out for good. */
  select(): StatesByKind {
    const states: StatesByKind = new Map();
    const rows = new RowIds();
    for (const { id, kind, key, value } of this.#select.all()) {
      const unpacked = unpack(keyOf(kind, key), value);
      if (unpacked) {
        rows.set(kind, key, id);
        valuesOf(states, kind).set(key, unpacked.value);
      } else
        this.#damage.skip({
          table: 'kept',
          row: `${kind} ${key}`,
          remove: () => this.#delete.run(id).changes,
        });
    }
    this.#rows = rows;
    return states;
  }

  /** All of it or nothing. */
  write(changes: readonly Change[]): void {
    try {
      this.#write(changes);
      this.#rows?.surplus.clear();
    } catch (error) {
      // Which rows there are is as it was before.
      this.#rows = undefined;
      throw error;
    }
  }

  #readRows(): RowIds {
    const rows = new RowIds();
    for (const { id, kind, key } of this.#selectKeys.all()) rows.set(kind, key, id);
    return rows;
  }

  #writeOne(rows: RowIds, { kind, key, value }: Change): void {
    const id = rows.get(kind, key);
    if (value === undefined) {
      if (id !== undefined) this.#delete.run(id);
      rows.delete(kind, key);
      return;
    }
    const packed = pack(keyOf(kind, key), value);
    if (id !== undefined && this.#update.run(packed, id).changes > 0) return;
    // A row that is not there any more is no row to be deleted: its number may be given again.
    rows.delete(kind, key);
    rows.set(kind, key, Number(this.#insert.run(kind, key, packed).lastInsertRowid));
  }
}

/** Which row has which key. */
class RowIds {
  readonly #ids = new Map<string, Map<string, number>>();
  /** Rows whose keys later rows have, too: there are none unless two programs have written the file. */
  readonly surplus = new Set<number>();

  get(kind: string, key: string): number | undefined {
    return this.#ids.get(kind)?.get(key);
  }

  set(kind: string, key: string, id: number): void {
    const ids = valuesOf(this.#ids, kind);
    const former = ids.get(key);
    if (former !== undefined) this.surplus.add(former);
    ids.set(key, id);
  }

  delete(kind: string, key: string): void {
    this.#ids.get(kind)?.delete(key);
  }
}

function valuesOf<T>(byKind: Map<string, Map<string, T>>, kind: string): Map<string, T> {
  let values = byKind.get(kind);
  if (!values) {
    values = new Map();
    byKind.set(kind, values);
  }
  return values;
}

/** What is unlike that of any other state. */
function keyOf(kind: string, key: string): string {
  return `${kind}\0${key}`;
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
  readonly #kinds: StatesByKind = new Map();
  /** What was read and not asked for yet; undefined until it can be read. */
  #earlier: StatesByKind | undefined;
  /** Not on disk yet, by kind and key; undefined values are to be deleted there. */
  readonly #unwritten = new Map<string, Change>();
  /** Kinds that were asked for before they could be read, so that there may be more on disk than in memory. */
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
      this.#earlier ??= this.#database.tryRead(({ states }) => states.select());
      if (!this.#earlier) this.#unread.add(kind);
      values = this.#earlier?.get(kind) ?? new Map<string, unknown>();
      this.#earlier?.delete(kind);
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
    }
    if (this.#unwritten.size > 0 || this.#unread.size > 0) {
      for (const each of changes) this.#wait(each);
      return this.flush();
    }
    // Mostly nothing waits.
    const outcome = this.#write(changes);
    if (outcome === 'written') return true;
    for (const each of changes) this.#wait(each);
    return outcome === 'replaced' && this.flush();
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
    for (const { kind, key } of written ?? []) this.#unwritten.delete(keyOf(kind, key));
    return this.#unwritten.size === 0;
  }

  /** Undefined: the disk did not take them. */
  #write(changes: readonly Change[]): 'written' | 'replaced' | undefined {
    return this.#database.use(({ states }) => {
      // A file that has taken another's place meanwhile needs everything, see rewrite().
      if (this.#unwritten.size > 0) return 'replaced';
      states.write(changes);
      return 'written';
    });
  }

  #wait(change: Change): void {
    this.#unwritten.set(keyOf(change.kind, change.key), change);
  }

  #readLate(): void {
    if (this.#unread.size === 0) return;
    const read = this.#database.use(({ states }) => states.select());
    if (!read) return;
    this.#earlier = read;
    for (const kind of this.#unread) {
      this.#unread.delete(kind);
      const values = this.all(kind) as Map<string, unknown>;
      const late = [...(read.get(kind) ?? [])].filter(
        ([key]) => !values.has(key) && !this.#unwritten.has(keyOf(kind, key)),
      );
      read.delete(kind);
      for (const [key, value] of late) values.set(key, value);
      this.#listeners.get(kind)?.(new Map(late) as Map<string, never>);
    }
  }

  /** The file was lost: everything has to be written again. */
  rewrite(): void {
    for (const states of [this.#earlier ?? [], this.#kinds])
      for (const [kind, values] of states)
        for (const [key, value] of values) this.#wait({ kind, key, value });
  }
}
