// A file that no store has open: what is in its log becomes chunks, so that it can be moved into another one.

import type { Millis } from '../../model/time.js';
import type { SampleFile } from '../file.js';

/** Seals all scrapes in one transaction. @throws SQLite's errors */
export function cutLog(file: SampleFile): void {
  file.transaction(() => {
    const sealedTo = new Map<number, Millis>();
    for (const { series, last } of file.chunks.bounds()) sealedTo.set(series, last);
    const waiting = new Map<number, Map<Millis, number>>();
    let until: Millis | undefined;
    const add = (id: number, at: Millis, value: number) => {
      if (at <= (sealedTo.get(id) ?? Number.NEGATIVE_INFINITY)) return;
      const run = waiting.get(id) ?? new Map<Millis, number>();
      waiting.set(id, run);
      if (!run.has(at)) run.set(at, value);
    };
    for (const { at, ids, values, timed } of file.log.all()) {
      until = at;
      for (const [i, id] of ids.entries()) add(id, at, values[i] as number);
      for (const sample of timed) add(sample.id, sample.at, sample.value);
    }
    for (const [id, samples] of waiting) {
      const times = Float64Array.from(samples.keys()).sort();
      file.chunks.add(id, { times, values: times.map(at => samples.get(at) as number) }, 'small');
    }
    if (until !== undefined) file.log.trim(until);
    file.log.trimStreams(Number.POSITIVE_INFINITY);
    for (const { id } of file.streams.all()) file.streams.remove(id);
  });
}
