// Imports samples of other programs. Comes in: a file in the OpenMetrics text format with timestamps, as `promtool
// tsdb create-blocks-from openmetrics` takes it; goes out: the samples' database with them in it.

import type { Millis } from '../../model/time.js';
import { ByteCache } from '../chunks/cache.js';
import { SampleFile } from '../file.js';
import { ChunkEncoder } from './chunk-encoder.js';
import { readOpenMetrics } from './openmetrics/read.js';
import { parseSeries } from './openmetrics/series-text.js';
import { mergeIntoDatabase, withStagedFile } from './staged.js';
import { type StagedSeries, Staging } from './staging.js';

/** Samples in memory at a time: 64 MiB of them. */
const MAX_IN_MEMORY = 4_000_000;
const CACHE_BYTES = 1024 * 1024;

interface ImportOptions {
  /** Samples in memory at a time; the rest waits on disk. */
  readonly mostInMemory?: number;
  /** What encodes chunks; closed afterwards. */
  readonly encoder?: ChunkEncoder;
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
 * Takes the samples of the file `text` into the database `dbFile`, all of them or, when anything fails, none.
 * @throws OpenMetricsError (`FILE:LINE: reason`), SQLite's or the file system's error.
 */
export async function importOpenMetrics(
  text: string,
  dbFile: string,
  options: ImportOptions = {},
): Promise<ImportSummary> {
  return await withStagedFile(dbFile, 'import', async path => {
    const file = new SampleFile(path, new ByteCache(CACHE_BYTES));
    const encoder = options.encoder ?? new ChunkEncoder();
    file.beTemporary();
    try {
      const summary = await stage(text, new Staging(file, options.mostInMemory ?? MAX_IN_MEMORY, encoder));
      return { ...summary, dropped: mergeIntoDatabase(file, dbFile).dropped };
    } finally {
      await encoder.close();
      file.close();
    }
  });
}

async function stage(text: string, staging: Staging): Promise<Omit<ImportSummary, 'dropped'>> {
  /** The same series is written the same way on most lines. */
  const byText = new Map<string, StagedSeries>();
  let samples = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  await readOpenMetrics(text, ({ series, times, values, count }) => {
    const known = byText.get(series);
    const staged = known ?? staging.open(parseSeries(series));
    if (!known) byText.set(series, staged);
    const taken = staged.add(times, values, count);
    samples += taken;
    first = Math.min(first, times[0] as Millis);
    last = Math.max(last, times[count - 1] as Millis);
    return taken;
  });
  await staging.finish();
  const bounds = samples > 0 ? { first, last } : { first: undefined, last: undefined };
  return { series: staging.series, samples, ...bounds };
}
