// The tables of the samples' own database. A scrape goes to `log` first, a row each (those of scrape targets, which are
// streams of their own, to `stream_log`, and those to be sent elsewhere to `outgoing` too); from there to `chunks` series by series, those of
// streams to `bundles` before. Their times are in `axes` unless they are evenly spaced. Labels are in `series`, and soon in `label_blocks`.

/** The tables; opened with {@link PAGE_SIZE}. */
const samplesMigration = `
  CREATE TABLE series (id INTEGER PRIMARY KEY AUTOINCREMENT, labels TEXT NOT NULL);
  CREATE TABLE ends (series INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (series, at)) WITHOUT ROWID;
  CREATE TABLE log (at INTEGER PRIMARY KEY, samples BLOB NOT NULL);
  CREATE TABLE axes (id INTEGER PRIMARY KEY AUTOINCREMENT, last INTEGER NOT NULL, times BLOB NOT NULL);
  CREATE INDEX axes_last ON axes (last);
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    series INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
    axis INTEGER NOT NULL, samples BLOB NOT NULL
  );
  CREATE INDEX chunks_series ON chunks (series, first, last, count, axis);
  CREATE INDEX chunks_last ON chunks (last);
  CREATE INDEX chunks_axis ON chunks (axis) WHERE axis > 0;
`;

/** A checksum of each row, because SQLite has none; rows of before have none. */
const checksumsMigration = `
  ALTER TABLE series ADD COLUMN checksum INTEGER;
  ALTER TABLE chunks ADD COLUMN checksum INTEGER;
`;

/** Scrapes of scrape targets, in the order they came: a table that is written at its end alone costs the fewest pages. */
const streamsMigration = `
  CREATE TABLE streams (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL);
  CREATE TABLE stream_log (
    id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, at INTEGER NOT NULL, samples BLOB NOT NULL
  );
`;

/** The tables stay: rows of the logs are written in another way, which an older version would take for damage. */
const logRowsMigration = '';

/** Scrapes that wait to be sent to other storages, and how far each receiver has them. */
const outgoingMigration = `
  CREATE TABLE outgoing (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, count INTEGER NOT NULL, total INTEGER NOT NULL,
    samples BLOB NOT NULL
  );
  CREATE TABLE queues (
    name TEXT PRIMARY KEY, sent INTEGER NOT NULL, reading INTEGER NOT NULL, split TEXT NOT NULL, newest INTEGER NOT NULL
  );
`;

/**
 * Chunks of up to 32 neighbouring series with the same times in one row: those of series `base + i` for each bit `i` of the mask. And the
 * labels of many series in one row, compressed, the last of which has that id.
 */
const bundlesMigration = `
  CREATE TABLE bundles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    base INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
    axis INTEGER NOT NULL, mask INTEGER NOT NULL, checksum INTEGER NOT NULL, samples BLOB NOT NULL
  );
  CREATE INDEX bundles_base ON bundles (base, first, last, count, axis, mask);
  CREATE INDEX bundles_last ON bundles (last);
  CREATE INDEX bundles_axis ON bundles (axis) WHERE axis > 0;
  CREATE TABLE label_blocks (last INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, series BLOB NOT NULL);
`;

/**
 * Whether times are still needed is asked by where they end: an index less for chunks and for bundles. Chunks may be written by guesses
 * that an older version would take for damage.
 */
const fewerIndexesMigration = `
  DROP INDEX chunks_axis;
  DROP INDEX chunks_last;
  CREATE INDEX chunks_last ON chunks (last, axis);
  DROP INDEX bundles_axis;
  DROP INDEX bundles_last;
  CREATE INDEX bundles_last ON bundles (last, axis);
  CREATE TABLE queue_positions (
    name TEXT PRIMARY KEY, sent INTEGER NOT NULL, reading INTEGER NOT NULL, split TEXT NOT NULL, newest INTEGER NOT NULL
  ) WITHOUT ROWID;
  INSERT INTO queue_positions SELECT name, sent, reading, split, newest FROM queues;
  DROP TABLE queues;
  ALTER TABLE queue_positions RENAME TO queues;
`;

/** The steps that bring a file up to date; their number is its version. */
export const SAMPLES_MIGRATIONS: readonly string[] = [
  samplesMigration,
  checksumsMigration,
  streamsMigration,
  logRowsMigration,
  outgoingMigration,
  bundlesMigration,
  fewerIndexesMigration,
];

/** The first version with the tables of streams. */
export const WITH_STREAMS = 3;

/** The first version with what waits to be sent. */
export const WITH_OUTGOING = 5;

/** The first version with rows that many series share. */
export const WITH_BUNDLES = 6;

/** The oldest version that can be read as it is: the tables it has are the same. */
export const OLDEST_READABLE = 2;

/** Bytes of a page: a chunk takes some thousand, and what is left of a page is lost. */
export const PAGE_SIZE = 16_384;

/** Samples of a chunk that is not merged any further; a chunk is at most {@link MAX_CHUNK_BYTES}. */
export const LARGE_CHUNK = 3072;
export const MAX_CHUNK_BYTES = 4096;
