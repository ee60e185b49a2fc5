// A scrape as it waits to be sent: its samples as the log has them, and the series that have ended with it.

import type { Millis } from '../../model/time.js';
import { ByteReader, type ByteWriter } from '../codec/bytes.js';
import { type LoggedSamples, readLogRow, writeLogRow } from '../head/log-row.js';

/** Everything that a scrape has stored. */
export interface OutgoingSamples extends LoggedSamples {
  /** Series that ended at the time of the scrape, by id. */
  readonly ended: readonly number[];
}

/** How many samples and ends there are. */
export function countOf({ ids, timed, ended }: OutgoingSamples): number {
  return ids.length + timed.length + ended.length;
}

/** Writes one. @param scrapedAt the time of the scrape */
export function writeOutgoingRow(samples: OutgoingSamples, scrapedAt: Millis, out: ByteWriter): void {
  out.varint(samples.ended.length);
  let expected = 0;
  for (const id of samples.ended) {
    out.signed(id - expected);
    expected = id + 1;
  }
  // Read to its end, so that it comes last.
  writeLogRow(samples, scrapedAt, out);
}

/** @throws CorruptChunk */
export function readOutgoingRow(bytes: Uint8Array, scrapedAt: Millis): OutgoingSamples {
  const input = new ByteReader(bytes);
  const ended: number[] = [];
  let expected = 0;
  for (let left = input.varint(); left > 0; left--) {
    const id = expected + input.signed();
    ended.push(id);
    expected = id + 1;
  }
  return { ...readLogRow(input.bytes(input.left), scrapedAt), ended };
}
