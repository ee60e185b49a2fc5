// Small chunks of a series become large ones, which take half the bytes a sample. Comes in: a series; goes out: fewer
// chunks with the same samples.

import type { SampleFile } from '../file.js';
import { LARGE_CHUNK, MAX_CHUNK_BYTES } from '../schema.js';
import type { ChunkRow } from './chunk-row.js';
import type { Run } from './run.js';

/** Small chunks of a series from which on merging them pays. */
export const ENOUGH = 8;

/** How far merging came. */
interface Merged {
  /** Series that were looked at. */
  readonly count: number;
  /** Whether anything was merged. */
  readonly isChanged: boolean;
}

/**
 * Merges what can be merged of the series with these ids, within a transaction: neighbours that make a large chunk, or `enough`
 * small ones. @param isTime asked after each series whether to leave the others for later
 */
export function mergeChunks(
  file: SampleFile,
  ids: readonly number[],
  enough = ENOUGH,
  isTime: () => boolean = () => false,
): Merged {
  const merged: ChunkRow[] = [];
  let count = 0;
  for (const id of ids) {
    const rows = file.chunks.within(id, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    for (const group of mergeable(rows, enough)) {
      const whole = joinRuns(group.map(row => file.chunks.read(row)));
      file.chunks.add(id, whole, 'small');
      merged.push(...group);
    }
    count++;
    if (isTime()) break;
  }
  // All at once: a row that several series share is written again once.
  file.chunks.remove(merged);
  return { count, isChanged: merged.length > 0 };
}

/**
 * Neighbours that are small: eight of about one size, or as many as make a large one. A sample is rewritten twice in
 * its life that way.
 */
function mergeable(rows: readonly ChunkRow[], enough: number): ChunkRow[][] {
  const groups: ChunkRow[][] = [];
  let group: ChunkRow[] = [];
  let count = 0;
  const close = () => {
    if (group.length >= 2 && (count >= LARGE_CHUNK || tiny(group).length >= enough)) {
      groups.push(count >= LARGE_CHUNK ? group : tiny(group));
    }
    group = [];
    count = 0;
  };
  for (const row of rows) {
    if (row.count >= LARGE_CHUNK || count + row.count > MAX_CHUNK_BYTES) close();
    if (row.count >= LARGE_CHUNK) continue;
    group.push(row);
    count += row.count;
  }
  close();
  return groups;
}

/** The small ones at a group's end: those before them were merged once. */
function tiny(group: readonly ChunkRow[]): ChunkRow[] {
  const first = group.findLastIndex(row => row.count >= LARGE_CHUNK / 6) + 1;
  return group.slice(first);
}

/** Runs that follow each other as one. */
export function joinRuns(runs: readonly Run[]): Run {
  const length = runs.reduce((sum, run) => sum + run.values.length, 0);
  const whole = { times: new Float64Array(length), values: new Float64Array(length) };
  let at = 0;
  for (const { times, values } of runs) {
    whole.times.set(times, at);
    whole.values.set(values, at);
    at += values.length;
  }
  return whole;
}
