// A file that no store has open: what is in its log becomes chunks, so that it can be moved into another one.

import type { Millis } from '../../model/time.js';
import type { SampleFile } from '../file.js';

interface Waiting {
  readonly times: Millis[];
  readonly values: number[];
}

/** Seals all scrapes in one transaction. @throws SQLite's errors */
export function cutLog(file: SampleFile): void {
  file.transaction(() => {
    const sealedTo = new Map<number, Millis>();
    for (const { series, last } of file.chunks.bounds()) sealedTo.set(series, last);
    const waiting = new Map<number, Waiting>();
    let until: Millis | undefined;
    for (const { at, ids, values } of file.log.all()) {
      until = at;
      for (const [i, id] of ids.entries()) {
        if (at <= (sealedTo.get(id) ?? Number.NEGATIVE_INFINITY)) continue;
        const run = waiting.get(id) ?? { times: [], values: [] };
        waiting.set(id, run);
        run.times.push(at);
        run.values.push(values[i] as number);
      }
    }
    for (const [id, { times, values }] of waiting)
      file.chunks.add(id, { times: Float64Array.from(times), values: Float64Array.from(values) }, 'small');
    if (until !== undefined) file.log.trim(until);
  });
}
