// Which series there are, and when they ended.

import { crc32 } from 'node:zlib';
import { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { DamageSink } from '../../store/damage.js';
import type { Sqlite } from '../../store/database.js';
import { type FlatLabels, LabelBlocks } from './label-blocks.js';

interface SeriesRow {
  readonly id: number;
  readonly labels: Labels;
}

/** Series whose labels are compressed together: of more, one damaged row would cost more. */
const BLOCK = 64;
/** Blocks of one transaction. */
const MAX_BLOCKS = 32;

/** Rows of the tables `series`, `label_blocks` and `ends`; every method throws SQLite's errors. */
export class SeriesTable {
  readonly #insert;
  readonly #all;
  readonly #some;
  readonly #labels;
  readonly #remove;
  readonly #removeUpTo;
  readonly #insertEnd;
  readonly #ends;
  readonly #removeEnds;
  readonly #pruneEnds;
  readonly #forgetEnds;
  readonly #removeChunks;
  readonly #damage: DamageSink;
  readonly #blocks: LabelBlocks | undefined;
  /** Series up to this one have their labels in blocks, unless they are damaged. */
  #compactedTo = 0;

  /** @param hasBlocks false for a file of an older version that is opened for reading alone */
  constructor(db: Sqlite, damage: DamageSink, hasBlocks: boolean) {
    this.#damage = damage;
    this.#blocks = hasBlocks ? new LabelBlocks(db, damage) : undefined;
    this.#insert = db.prepare<[string, number]>('INSERT INTO series (labels, checksum) VALUES (?, ?)');
    this.#all = db.prepare<[], StoredRow>('SELECT id, labels, checksum FROM series ORDER BY id');
    this.#some = db.prepare<[number, number], StoredRow>(
      'SELECT id, labels, checksum FROM series WHERE id > ? ORDER BY id LIMIT ?',
    );
    this.#labels = db.prepare<[number], string>('SELECT labels FROM series WHERE id = ?').pluck();
    this.#removeChunks = db.prepare<[number]>('DELETE FROM chunks WHERE series = ?');
    this.#remove = db.prepare<[number]>('DELETE FROM series WHERE id = ?');
    this.#removeUpTo = db.prepare<[number, number]>('DELETE FROM series WHERE id > ? AND id <= ?');
    this.#insertEnd = db.prepare<[number, number]>('INSERT OR IGNORE INTO ends (series, at) VALUES (?, ?)');
    this.#ends = db.prepare<[], { series: number; at: number }>(
      'SELECT series, at FROM ends ORDER BY series, at',
    );
    this.#removeEnds = db.prepare<[number]>('DELETE FROM ends WHERE series = ?');
    this.#forgetEnds = db.prepare<[number]>('DELETE FROM ends WHERE at >= ?');
    this.#pruneEnds = db.prepare<[number]>('DELETE FROM ends WHERE at < ?');
  }

  /** @returns the new series' id. */
  add(labels: Labels): number {
    const flat = labels.names.flatMap((name, i) => [name, labels.values[i]]);
    const text = JSON.stringify(flat);
    return Number(this.#insert.run(text, crc32(text)).lastInsertRowid);
  }

  /** Those that are damaged are left out for good once all have been given. */
  *all(): Generator<SeriesRow> {
    for (const { id, flat } of this.#blocks?.all() ?? []) yield { id, labels: labelsOf(flat) };
    const damaged: StoredRow[] = [];
    for (const row of this.#all.iterate()) {
      const flat = flatOf(row);
      if (flat) yield { id: row.id, labels: labelsOf(flat) };
      else damaged.push(row);
    }
    for (const { id, labels } of damaged)
      this.#damage.skip({
        table: 'series',
        row: `series ${id}, labels ${labels}`,
        remove: () => this.#delete(id),
      });
  }

  /** Samples without labels are of no use. */
  #delete(id: number): number {
    const { changes } = this.#remove.run(id);
    this.#removeEnds.run(id);
    this.#removeChunks.run(id);
    return changes;
  }

  /** Labels of a series, for people. */
  nameOf(id: number): string {
    const block = () => this.#blocks?.find(id);
    return this.#labels.get(id) ?? JSON.stringify(block()) ?? 'no series';
  }

  /** Series, and with them their ends. */
  remove(ids: readonly number[]): void {
    const inBlocks: number[] = [];
    for (const id of ids) {
      if (this.#remove.run(id).changes === 0) inBlocks.push(id);
      this.#removeEnds.run(id);
    }
    this.#blocks?.remove(inBlocks);
  }

  /** Whether there are enough series with rows of their own. */
  get isCompactable(): boolean {
    return this.#blocks !== undefined && this.#some.all(this.#compactedTo, BLOCK).length === BLOCK;
  }

  /**
   * Compresses the labels of some of them, the oldest, within a transaction: many at once, as each transaction writes pages that are
   * written again by the next. @param isTime asked before each further block whether to leave it for later
   */
  compact(isTime: () => boolean): void {
    for (let blocks = 0; blocks < MAX_BLOCKS; blocks++) {
      const rows = this.#some.all(this.#compactedTo, BLOCK);
      const last = rows.at(-1)?.id;
      if (last === undefined || rows.length < BLOCK || (blocks > 0 && isTime())) return;
      const series = rows.flatMap(row => {
        const flat = flatOf(row);
        return flat ? [{ id: row.id, flat }] : [];
      });
      this.#blocks?.add(series);
      if (series.length === rows.length) this.#removeUpTo.run(this.#compactedTo, last);
      else for (const { id } of series) this.#remove.run(id);
      this.#compactedTo = last;
    }
  }

  /** What was written may have been rolled back. */
  rolledBack(): void {
    this.#compactedTo = 0;
  }

  addEnd(series: number, at: Millis): void {
    this.#insertEnd.run(series, at);
  }

  /** By series, oldest first. */
  ends(): Iterable<{ series: number; at: Millis }> {
    return this.#ends.iterate();
  }

  deleteEndsFrom(at: Millis): void {
    this.#forgetEnds.run(at);
  }

  pruneEnds(before: Millis): void {
    this.#pruneEnds.run(before);
  }
}

interface StoredRow {
  readonly id: number;
  readonly labels: string;
  /** Null in rows of an older version. */
  readonly checksum: number | null;
}

function labelsOf(flat: FlatLabels): Labels {
  const names: string[] = [];
  const values: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    names.push(flat[i] as string);
    values.push(flat[i + 1] as string);
  }
  return Labels.sorted(names, values);
}

/** Undefined when the row is damaged. */
function flatOf({ labels, checksum }: StoredRow): FlatLabels | undefined {
  return checksum === null || checksum === crc32(labels) ? parsed(labels) : undefined;
}

/** Each name with its value after it. */
function parsed(labels: string): FlatLabels | undefined {
  try {
    const flat: unknown = JSON.parse(labels);
    const isWhole =
      Array.isArray(flat) && flat.length % 2 === 0 && flat.every(each => typeof each === 'string');
    return isWhole ? (flat as string[]) : undefined;
  } catch {
    return undefined;
  }
}
