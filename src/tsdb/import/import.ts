// Imports samples of other programs. Comes in: a file in the OpenMetrics text format with timestamps, as `promtool
// tsdb create-blocks-from openmetrics` takes it; goes out: the samples' database with them in it.

import type { Millis } from '../../model/time.js';
import { ByteCache } from '../chunks/cache.js';
import { SampleFile } from '../file.js';
import { readOpenMetrics } from './openmetrics/read.js';
import { OpenMetricsError, parseSeries } from './openmetrics/series-text.js';
import { mergeIntoDatabase, withStagedFile } from './staged.js';
import { Staging } from './staging.js';

/** Samples in memory at a time: 64 MiB of them. */
const MAX_IN_MEMORY = 4_000_000;
const CACHE_BYTES = 1024 * 1024;

interface ImportOptions {
  /** Samples in memory at a time; the rest waits on disk. */
  readonly mostInMemory?: number;
}

/** What an import did. */
interface ImportSummary {
  /** Series in the file. */
  readonly series: number;
  /** Samples in the file. */
  readonly samples: number;
  /** Samples that are not kept because there are samples of that series at that time. */
  readonly dropped: number;
  /** Oldest and newest sample in the file; undefined without any. */
  readonly first: Millis | undefined;
  readonly last: Millis | undefined;
}

/**
 * Takes the samples of `file` into the database `dbFile`, all of them or, when anything fails, none.
 * @throws OpenMetricsError (`FILE:LINE: reason`), SQLite's or the file system's error.
 */
export async function importOpenMetrics(
  file: string,
  dbFile: string,
  options: ImportOptions = {},
): Promise<ImportSummary> {
  return await withStagedFile(dbFile, 'import', async path => {
    const staging = new SampleFile(path, new ByteCache(CACHE_BYTES));
    staging.beTemporary();
    try {
      const summary = await stage(file, staging, options.mostInMemory ?? MAX_IN_MEMORY);
      return { ...summary, dropped: mergeIntoDatabase(staging, dbFile).dropped };
    } finally {
      staging.close();
    }
  });
}

async function stage(
  file: string,
  into: SampleFile,
  mostInMemory: number,
): Promise<Omit<ImportSummary, 'dropped'>> {
  const staging = new Staging(into, mostInMemory);
  /** The same series is written the same way on most lines. */
  const byText = new Map<string, (at: Millis, value: number) => boolean>();
  let samples = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  await readOpenMetrics(file, ({ series, value, at }) => {
    let take = byText.get(series);
    if (!take) {
      take = staging.open(parseSeries(series));
      byText.set(series, take);
    }
    if (!take(at, value)) {
      throw new OpenMetricsError('the timestamp is not later than that of the series before it');
    }
    samples++;
    if (at < first) first = at;
    if (at > last) last = at;
  });
  staging.finish();
  const bounds = samples > 0 ? { first, last } : { first: undefined, last: undefined };
  return { series: staging.series, samples, ...bounds };
}
