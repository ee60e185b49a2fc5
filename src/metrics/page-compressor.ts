// A page as gzip, of which a section that is as before need not be compressed again.
// Sources: RFC 1952, GZIP file format; RFC 1951, DEFLATE: blocks of a stream may come from several compressors, as long as
// each ends at a whole byte and only the last block says that it is the last.

import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import type { Section } from './page-printer.js';

const compress = promisify(deflateRaw);
const OPTIONS = { level: 4, finishFlush: constants.Z_SYNC_FLUSH };

/** Deflate, no name, no time, an unknown system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** A last block without bytes. */
const LAST_BLOCK = [3, 0];

/** Compresses pages; keeps what it made of a section as long as the section is there. */
export class PageCompressor {
  readonly #blocks = new WeakMap<Section, Promise<Uint8Array>>();

  /** @returns one gzip member, in pieces */
  async compress(sections: readonly Section[]): Promise<readonly Uint8Array[]> {
    const pieces: Uint8Array[] = [HEADER];
    let [sum, length] = [0, 0];
    for (const section of sections) {
      const { bytes } = section;
      if (bytes.length === 0) continue;
      // One after the other: a compressor takes 256 KiB.
      pieces.push(await this.#blocksOf(section));
      sum = crc32(bytes, sum);
      length += bytes.length;
    }
    pieces.push(trailer(sum, length));
    return pieces;
  }

  #blocksOf(section: Section): Promise<Uint8Array> {
    const known = this.#blocks.get(section);
    if (known) return known;
    const made = compress(section.bytes, OPTIONS);
    this.#blocks.set(section, made);
    made.catch(() => this.#blocks.delete(section));
    return made;
  }
}

function trailer(sum: number, length: number): Buffer {
  const bytes = Buffer.alloc(LAST_BLOCK.length + 8);
  bytes.set(LAST_BLOCK);
  bytes.writeUInt32LE(sum, LAST_BLOCK.length);
  bytes.writeUInt32LE(length % 2 ** 32, LAST_BLOCK.length + 4);
  return bytes;
}
