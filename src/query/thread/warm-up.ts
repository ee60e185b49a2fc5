// What the thread does at the start of the program, as long as it is not known what it is started with: a question and its
// answer. The first of all takes several times as long as any later one, because code is compiled and tables are made.

import { type Millis, systemClock } from '../../model/time.js';
import { SampleStore } from '../../tsdb/store.js';
import { executeQuery } from './execute.js';
import type { PrintedAnswer } from './print.js';

const MINUTE: Millis = 60_000;

/** Asks a store of its own, which nothing is left of. Does not throw: what is wrong shows when the samples are opened. */
export function warmUp(): void {
  try {
    answerOnce();
  } catch {
    // SQLite's binary may not be there, for one.
  }
}

/** @internal @returns the answer, as it is printed */
export function answerOnce(): string {
  const at = Math.floor(systemClock.now());
  const source = new SampleStore({ file: ':memory:', retention: 60 * MINUTE, log: () => {}, isAlone: true });
  try {
    const series = ['a', 'b'].map(job => ['__name__', 'up', 'job', job]);
    source.append({ at, parts: [{ source: 'all', layout: { series }, values: [1, 0] }], gone: [] });
    const limits = { maxSamples: 1000, maxWaiting: 1, lookback: 5 * MINUTE, defaultInterval: MINUTE };
    const query = {
      type: 'query',
      query: 'sum by (job) (avg_over_time(up{job=~"a|b"}[5m]))',
      time: at,
    } as const;
    const { data } = executeQuery(query, {
      source,
      limits,
      checkpoint: () => {},
      waited: 0,
    }) as PrintedAnswer;
    return Buffer.concat(data).toString();
  } finally {
    source.close();
  }
}
