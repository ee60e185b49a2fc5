// The clock was set back: samples of a time that is still to come would keep new ones out until then. In: a file and the
// moment it is now; out: the file as it was at that moment.

import { lowerBound } from '../model/sorted.js';
import type { Millis } from '../model/time.js';
import type { SampleFile } from './file.js';
import type { Outgoing } from './outgoing/outgoing.js';

/** Forgets every sample and end at a moment and later, in one transaction. @throws SQLite's errors, DamagedRow */
export function deleteFrom(file: SampleFile, at: Millis, outgoing: Outgoing): void {
  file.transaction(() => {
    for (const { id } of [...file.series.all()]) deleteChunks(file, id, at);
    file.log.deleteFrom(at);
    outgoing.rewind(file, at);
    file.series.deleteEndsFrom(at);
  });
}

function deleteChunks(file: SampleFile, id: number, at: Millis): void {
  for (const row of file.chunks.within(id, at, Number.POSITIVE_INFINITY)) {
    const { times, values } = file.chunks.read(row);
    const end = lowerBound(times, at);
    const rest = { times: times.slice(0, end), values: values.slice(0, end) };
    file.chunks.remove([row]);
    if (end > 0) file.chunks.add(id, rest, 'small');
  }
}
