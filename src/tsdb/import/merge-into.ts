// One file's samples become part of another's, all or none. What the other has already stays as it is.

import type { Labels } from '../../model/labels.js';
import { lowerBound } from '../../model/sorted.js';
import type { Millis } from '../../model/time.js';
import type { ChunkRow } from '../chunks/chunk-row.js';
import { joinRuns } from '../chunks/merge.js';
import { PageFiller } from '../chunks/page-filler.js';
import type { Run } from '../chunks/run.js';
import type { SampleFile } from '../file.js';
import { MAX_CHUNK_BYTES, PAGE_SIZE } from '../schema.js';

/** Of a page with rows, in bytes. */
const PAGE_HEADER = 8;

/** A chunk that becomes the other file's as it is. */
interface Adopted {
  readonly series: number;
  readonly row: ChunkRow;
}

/** What became of the samples. */
export interface MergeResult {
  readonly added: number;
  /** There was a sample already, or the series was being written at that time. */
  readonly dropped: number;
}

/** A moment at which a series ends. */
export interface SeriesEnd {
  readonly labels: Labels;
  readonly at: Millis;
}

/**
 * Copies the chunks of `from`, and where its series ended, into `to` in one transaction. @param ends of series that `to` has
 * and `from` may not have @throws SQLite's errors
 */
export function mergeInto(from: SampleFile, to: SampleFile, ends: Iterable<SeriesEnd> = []): MergeResult {
  return to.transaction(() => {
    const ids = new Map<string, number>();
    for (const { id, labels } of to.series.all()) ids.set(labels.key, id);
    const logged = firstLogged(to);
    let added = 0;
    let dropped = 0;
    const targets = new Map<number, number>();
    const adopted = new PageFiller<Adopted>(PAGE_SIZE - PAGE_HEADER, ({ series, row }) =>
      to.chunks.adopt(series, from.chunks, row),
    );
    for (const { id, labels } of from.series.all()) {
      const target = { id: ids.get(labels.key) ?? to.series.add(labels), file: to };
      targets.set(id, target.id);
      const before = logged.get(target.id) ?? Number.POSITIVE_INFINITY;
      for (const row of from.chunks.within(id, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)) {
        const count = mergeChunk(from, row, target, before, adopted);
        added += count;
        dropped += row.count - count;
      }
    }
    adopted.flush();
    for (const { series, at } of from.series.ends()) {
      const id = targets.get(series);
      if (id !== undefined) to.series.addEnd(id, at);
    }
    for (const { labels, at } of ends) {
      const id = ids.get(labels.key);
      if (id !== undefined) to.series.addEnd(id, at);
    }
    return { added, dropped };
  });
}

/** Since when each series' samples are in the log. A monitor that runs has them in memory, in one piece. */
function firstLogged(file: SampleFile): Map<number, Millis> {
  const first = new Map<number, Millis>();
  const see = (id: number, at: Millis) => first.set(id, Math.min(at, first.get(id) ?? at));
  for (const { at, ids, timed } of file.log.all()) {
    for (const id of ids) see(id, at);
    for (const sample of timed) see(sample.id, sample.at);
  }
  return first;
}

/** @returns how many samples are new. */
function mergeChunk(
  from: SampleFile,
  row: ChunkRow,
  { id, file }: { id: number; file: SampleFile },
  before: Millis,
  adopted: PageFiller<Adopted>,
): number {
  const there = file.chunks.within(id, row.first, row.last);
  if (there.length === 0 && row.last < before) {
    adopted.add({ series: id, row }, from.chunks.sizeOf(row));
    return row.count;
  }
  const fresh = cut(from.chunks.read(row), before);
  const kept = joinRuns(there.map(each => file.chunks.read(each)));
  const whole = union(kept, fresh);
  const added = whole.values.length - kept.values.length;
  if (added === 0) return 0;
  file.chunks.remove(there);
  for (const part of split(whole)) file.chunks.add(id, part, 'small');
  return added;
}

/** The samples before a moment. */
function cut({ times, values }: Run, before: Millis): Run {
  const end = lowerBound(times, before);
  return { times: times.subarray(0, end), values: values.subarray(0, end) };
}

/** Both runs' samples; at equal times those of the first. */
function union(a: Run, b: Run): Run {
  const times = new Float64Array(a.times.length + b.times.length);
  const values = new Float64Array(times.length);
  let count = 0;
  for (let i = 0, k = 0; i < a.times.length || k < b.times.length; count++) {
    const [left, right] = [a.times[i] ?? Number.POSITIVE_INFINITY, b.times[k] ?? Number.POSITIVE_INFINITY];
    times[count] = Math.min(left, right);
    values[count] = (left <= right ? a.values[i] : b.values[k]) as number;
    if (left <= right) i++;
    if (right <= left) k++;
  }
  return { times: times.slice(0, count), values: values.slice(0, count) };
}

/** Parts of about one length, none too long. */
function split({ times, values }: Run): Run[] {
  const parts = Math.ceil(times.length / MAX_CHUNK_BYTES);
  const length = Math.ceil(times.length / parts);
  return Array.from({ length: parts }, (_, i) => ({
    times: times.slice(i * length, (i + 1) * length),
    values: values.slice(i * length, (i + 1) * length),
  }));
}
