// Blocks of hours as bytes, to be kept. Comes in: a block; goes out: deflated bytes, and the block again.

import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Millis } from '../../model/time.js';
import { HOURS, HourBlock, type HourOutage } from './block.js';
import { FIGURES_VERSION } from './figures.js';

interface Header {
  readonly version: number;
  readonly known: readonly number[];
  readonly ids: readonly string[];
  readonly columns: readonly string[];
  readonly outages: Readonly<Record<string, readonly (readonly [hour: number, from: Millis, to: Millis])[]>>;
}

const deflated = promisify(deflateRaw);
const inflated = promisify(inflateRaw);

/** In the byte order of the machine: the file does not leave it. */
export async function writeBlock({ known, ids, columns, outages }: HourBlock): Promise<Buffer> {
  const length = ids.length * HOURS;
  const header: Header = {
    version: FIGURES_VERSION,
    known: [...known],
    ids,
    columns: [...columns.keys()],
    outages: Object.fromEntries(
      [...outages].map(([id, all]) => [id, all.map(({ hour, from, to }) => [hour, from, to] as const)]),
    ),
  };
  const text = Buffer.from(JSON.stringify(header));
  const begin = 4 + Math.ceil(text.length / 4) * 4;
  const bytes = Buffer.alloc(begin + columns.size * length * 4);
  bytes.writeUInt32LE(text.length);
  bytes.set(text, 4);
  const values = new Float32Array(bytes.buffer, bytes.byteOffset + begin, columns.size * length).fill(
    Number.NaN,
  );
  let at = 0;
  for (const column of columns.values()) {
    values.set(column.subarray(0, length), at);
    at += length;
  }
  return deflated(bytes);
}

/** @returns undefined for bytes of another version, or that are none of a block */
export async function readBlock(start: Millis, kept: Uint8Array): Promise<HourBlock | undefined> {
  try {
    // A copy, since columns begin at a multiple of four.
    const bytes = new Uint8Array(await inflated(kept));
    const size = new DataView(bytes.buffer).getUint32(0, true);
    const header = JSON.parse(Buffer.from(bytes.subarray(4, 4 + size)).toString()) as Header;
    if (header.version !== FIGURES_VERSION) return undefined;
    const { ids, known, columns } = header;
    const length = ids.length * HOURS;
    const begin = 4 + Math.ceil(size / 4) * 4;
    const outages = Object.entries(header.outages).map(([id, all]): [string, HourOutage[]] => [
      id,
      all.map(([hour, from, to]) => ({ hour, from, to })),
    ]);
    return new HourBlock(start, {
      known: Uint8Array.from(known),
      ids,
      columns: new Map(
        columns.map((name, i) => [name, new Float32Array(bytes.buffer, begin + i * length * 4, length)]),
      ),
      outages: new Map(outages),
    });
  } catch {
    return undefined;
  }
}
