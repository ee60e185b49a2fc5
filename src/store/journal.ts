// Damage in a journal (SQLite's `-wal` file). SQLite takes the first frame that is not as its checksum says for the end of
// the journal, without an error: that is right after a power cut, and hides what a disk has damaged. In: the journal; out:
// how many commits after the damage SQLite will not see. Source: https://www.sqlite.org/fileformat2.html#walformat

import { readFileSync } from 'node:fs';

const HEADER = 32;
const FRAME_HEADER = 24;
/** The lowest bit of the magic number says in which order the checksums' words have their bytes. */
const MAGIC = 0x377f0682;

/** SQLite's running checksum: two words. */
type Sum = readonly [number, number];

/**
 * Commits that stand behind damage, 0 when there is none or no journal; a journal that was cut off, or whose last commit is
 * incomplete, is as one of a process that was killed. To be asked before the database is opened.
 */
export function lostCommits(journal: string): number {
  let bytes: Buffer;
  try {
    bytes = readFileSync(journal);
  } catch {
    return 0;
  }
  if (bytes.length < HEADER) return 0;
  const isBigEndian = (bytes.readUInt32BE(0) & 1) === 1;
  const sum = (from: number, to: number, seed: Sum) => checksum(bytes, from, to, seed, isBigEndian);
  const pageSize = bytes.readUInt32BE(8);
  const isHeaderSound =
    (bytes.readUInt32BE(0) & ~1) === MAGIC && isEqual(sum(0, HEADER - 8, [0, 0]), stored(bytes, HEADER - 8));
  // Without its header nothing of the journal is read.
  if (!isHeaderSound) return bytes.every(byte => byte === 0) ? 0 : 1;
  let [seed, isDamaged, lost] = [stored(bytes, HEADER - 8), false, 0];
  for (let at = HEADER; at + FRAME_HEADER + pageSize <= bytes.length; at += FRAME_HEADER + pageSize) {
    // Behind the journal's end are frames of the time before it began again.
    const isOfNow = bytes.compare(bytes, 16, 24, at + 8, at + 16) === 0;
    const page = at + FRAME_HEADER;
    const wanted = stored(bytes, at + 16);
    // It is of the frame before as that one has it: what follows on damage is sound by itself.
    const isSound = isOfNow && isEqual(sum(page, page + pageSize, sum(at, at + 8, seed)), wanted);
    if (!isSound) isDamaged = true;
    else if (isDamaged && bytes.readUInt32BE(at + 4) !== 0) lost++;
    seed = wanted;
  }
  return lost;
}

function stored(bytes: Buffer, at: number): Sum {
  return [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
}

function isEqual(a: Sum, b: Sum): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function checksum(bytes: Buffer, from: number, to: number, seed: Sum, isBigEndian: boolean): Sum {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [a, b] = seed;
  for (let at = from; at < to; at += 8) {
    a = (a + view.getUint32(at, !isBigEndian) + b) >>> 0;
    b = (b + view.getUint32(at + 4, !isBigEndian) + a) >>> 0;
  }
  return [a, b];
}
