// Alert history entries, from begin to end of each alert: what `/alert_history` shows. Comes in: an episode whenever
// something happens in it; goes out: pages of them.

import type { Millis } from '../model/time.js';
import { type DamageSink, timeText } from './damage.js';
import { pack, type Sqlite, unpack } from './database.js';
import type { ResilientDatabase } from './resilient-database.js';

/** The columns of an entry that can be searched; the rest is the caller's. */
export interface StoredHistoryEntry {
  /** Ids in the order of time are cheapest to write. */
  readonly id: string;
  readonly startsAt: Millis;
  /** Undefined while it lasts. */
  readonly endsAt: Millis | undefined;
  readonly severity: string;
  readonly service: string;
  readonly alertname: string;
  /** Survives JSON. */
  readonly body: unknown;
}

/** Which entries are selected; those that began strictly between two moments. */
export interface AlertHistoryQuery {
  /** This one alone. */
  readonly id?: string | undefined;
  readonly after?: Millis | undefined;
  readonly before?: Millis | undefined;
  /** Of those that began at `before` itself, the ones that come after this one: many begin at once. */
  readonly beforeId?: string | undefined;
  readonly severity?: string | undefined;
  readonly service?: string | undefined;
  readonly alertname?: string | undefined;
  /** Only those that last (true) or are over (false). */
  readonly active?: boolean | undefined;
  readonly limit: number;
}

interface EpisodePage {
  /** Newest first; of those that began at once, the higher id first. */
  readonly episodes: readonly StoredHistoryEntry[];
  /** How many there are that fit, on whatever page. */
  readonly count: number;
}

/** The table. */
export const episodesMigration = `
  CREATE TABLE episodes (
    id TEXT PRIMARY KEY, starts_at REAL NOT NULL, ends_at REAL,
    severity TEXT NOT NULL, service TEXT NOT NULL, alertname TEXT NOT NULL, body BLOB NOT NULL
  );
  CREATE INDEX episodes_starts ON episodes (starts_at);
  CREATE INDEX episodes_ends ON episodes (ends_at);
`;

interface HistoryRow {
  readonly rowid: number;
  readonly id: string;
  readonly starts_at: number;
  readonly ends_at: number | null;
  readonly severity: string;
  readonly service: string;
  readonly alertname: string;
  readonly body: Buffer;
}

const FITS = `starts_at > @after AND starts_at <= @before AND (starts_at < @before OR id < @beforeId)
  AND (@id IS NULL OR id = @id) AND (@severity IS NULL OR severity = @severity) AND (@service IS NULL OR service = @service)
  AND (@alertname IS NULL OR alertname = @alertname) AND (@active IS NULL OR (ends_at IS NULL) = @active)`;

interface Parameters {
  readonly after: number;
  readonly before: number;
  readonly beforeId: string | null;
  readonly id: string | null;
  readonly severity: string | null;
  readonly service: string | null;
  readonly alertname: string | null;
  readonly active: 0 | 1 | null;
}

/** Rows of the table; every method throws SQLite's errors. */
export class EpisodeTable {
  readonly #upsert;
  readonly #select;
  readonly #count;
  readonly #prune;
  readonly #write;
  readonly #remove;
  readonly #damage: DamageSink;

  constructor(db: Sqlite, damage: DamageSink) {
    this.#damage = damage;
    this.#remove = db.prepare<[number]>('DELETE FROM episodes WHERE rowid = ?');
    this.#upsert = db.prepare<[string, number, number | null, string, string, string, Buffer]>(
      // What can change; a row that is replaced would be written elsewhere, with all its indexes.
      `INSERT INTO episodes VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET ends_at = excluded.ends_at, body = excluded.body`,
    );
    this.#select = db.prepare<[Parameters & { limit: number }], HistoryRow>(
      `SELECT rowid, * FROM episodes WHERE ${FITS} ORDER BY starts_at DESC, id DESC LIMIT @limit`,
    );
    this.#count = db.prepare<[Parameters], { n: number }>(`SELECT count(*) AS n FROM episodes WHERE ${FITS}`);
    this.#prune = db.prepare<[number, number]>(
      'DELETE FROM episodes WHERE id IN (SELECT id FROM episodes WHERE ends_at < ? LIMIT ?)',
    );
    this.#write = db.transaction((episodes: readonly StoredHistoryEntry[]) => {
      for (const each of episodes) {
        const { id, startsAt, endsAt = null, severity, service, alertname, body } = each;
        this.#upsert.run(id, startsAt, endsAt, severity, service, alertname, pack(keyOf(each), body));
      }
    });
  }

  write(episodes: readonly StoredHistoryEntry[]): void {
    this.#write(episodes);
  }

  select(query: AlertHistoryQuery): EpisodePage {
    const parameters = parametersOf(query);
    const rows = this.#select.all({ ...parameters, limit: query.limit });
    const episodes = rows.flatMap(row => this.#whole(row));
    return { episodes, count: this.#count.get(parameters)?.n ?? 0 };
  }

  /** A row's entry; a damaged one is deleted. */
  #whole(row: HistoryRow): StoredHistoryEntry[] {
    const episode = episodeOf(row);
    if (episode) return [episode];
    this.#damage.skip({
      table: 'episodes',
      row: `${row.alertname} of ${timeText(row.starts_at)}`,
      remove: () => this.#remove.run(row.rowid).changes,
    });
    return [];
  }

  /** Deletes up to `batch` of those that ended before a moment. @returns how many */
  prune(before: Millis, batch: number): number {
    return this.#prune.run(before, batch).changes;
  }
}

function parametersOf(query: AlertHistoryQuery): Parameters {
  const { after, before, beforeId, id, severity, service, alertname, active } = query;
  return {
    after: after ?? Number.NEGATIVE_INFINITY,
    before: before ?? Number.POSITIVE_INFINITY,
    beforeId: beforeId ?? null,
    id: id ?? null,
    severity: severity ?? null,
    service: service ?? null,
    alertname: alertname ?? null,
    active: active === undefined ? null : active ? 1 : 0,
  };
}

/** Undefined when the row is damaged. */
function episodeOf(row: HistoryRow): StoredHistoryEntry | undefined {
  const { id, starts_at, ends_at, severity, service, alertname, body } = row;
  const columns = { id, startsAt: starts_at, endsAt: ends_at ?? undefined, severity, service, alertname };
  const unpacked = unpack(keyOf(columns), body);
  return unpacked && { ...columns, body: unpacked.value };
}

function keyOf(episode: Omit<StoredHistoryEntry, 'body'>): string {
  const { id, startsAt, endsAt = null, severity, service, alertname } = episode;
  return JSON.stringify([id, startsAt, endsAt, severity, service, alertname]);
}

/** Episodes kept while the disk will not have them; the oldest go first. */
const MAX_UNWRITTEN = 5000;

type Database = Pick<ResilientDatabase<{ readonly episodes: EpisodeTable }>, 'use' | 'tryRead'>;

/** All episodes. No method throws for a disk's sake. */
export class AlertHistoryStore {
  readonly #database: Database;
  readonly #unwritten = new Map<string, StoredHistoryEntry>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Episodes waiting in memory. */
  get pending(): number {
    return this.#unwritten.size;
  }

  /** Keeps episodes as they are now. @returns whether they are on disk */
  upsert(episodes: readonly StoredHistoryEntry[]): boolean {
    for (const each of episodes) this.#unwritten.set(each.id, each);
    return this.flush();
  }

  /** Writes what waits. @returns whether nothing waits any more */
  flush(): boolean {
    if (this.#unwritten.size === 0) return true;
    const isWritten = this.#database.use(({ episodes }) => {
      episodes.write([...this.#unwritten.values()]);
      return true;
    });
    if (isWritten) this.#unwritten.clear();
    for (const id of this.#unwritten.keys()) {
      if (this.#unwritten.size <= MAX_UNWRITTEN) break;
      this.#unwritten.delete(id);
    }
    return this.#unwritten.size === 0;
  }

  select(query: AlertHistoryQuery): EpisodePage {
    const waiting = this.#unwritten;
    const page = this.#database.tryRead(({ episodes }) =>
      episodes.select({ ...query, limit: query.limit + waiting.size }),
    ) ?? { episodes: [], count: 0 };
    if (waiting.size === 0) return page;
    const known = page.episodes.filter(({ id }) => !waiting.has(id));
    const fresh = [...waiting.values()].filter(each => fits(each, query));
    const all = [...known, ...fresh].sort((a, b) => b.startsAt - a.startsAt || (a.id < b.id ? 1 : -1));
    const replaced = page.episodes.length - known.length;
    return { episodes: all.slice(0, query.limit), count: page.count - replaced + fresh.length };
  }
}

function fits(each: StoredHistoryEntry, query: AlertHistoryQuery): boolean {
  const { after = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY } = query;
  const { beforeId, id, severity, service, alertname, active } = query;
  return (
    each.startsAt > after &&
    (each.startsAt < before || (each.startsAt === before && beforeId !== undefined && each.id < beforeId)) &&
    (id === undefined || each.id === id) &&
    (severity === undefined || each.severity === severity) &&
    (service === undefined || each.service === service) &&
    (alertname === undefined || each.alertname === alertname) &&
    (active === undefined || (each.endsAt === undefined) === active)
  );
}
