// A row of a head as the log has it: series by their ids in the file.

import type { Millis } from '../../model/time.js';
import type { SeriesRef } from '../index/series-ref.js';
import type { Head } from './head.js';
import type { HeadRow } from './head-row.js';
import type { LoggedSample, LoggedSamples } from './log-row.js';

type IdOf = (series: SeriesRef) => number;

/** The samples of one row at a time, in memory that stays: rows are long, and come and go with every scrape. */
export class SamplesToLog {
  #ids = new Float64Array();
  #values = new Float64Array();

  /** What it returned before is not valid any more. */
  of(head: Head, row: HeadRow, idOf: IdOf): LoggedSamples {
    if (this.#ids.length < head.width) {
      this.#ids = new Float64Array(head.width);
      this.#values = new Float64Array(head.width);
    }
    let count = 0;
    head.each(row, (series, value) => {
      this.#ids[count] = idOf(series);
      this.#values[count++] = value;
    });
    return {
      ids: this.#ids.subarray(0, count),
      values: this.#values.subarray(0, count),
      timed: timedOf(row, idOf),
    };
  }
}

function timedOf({ timed }: HeadRow, idOf: IdOf): LoggedSample[] {
  if (!timed) return [];
  return timed.series.map((series, i) => ({
    id: idOf(series),
    at: timed.times[i] as Millis,
    value: timed.values[i] as number,
  }));
}
