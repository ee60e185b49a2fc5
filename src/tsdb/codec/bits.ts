// Bits one after the other, low ones first; and how many there are in a word.

import { ByteWriter } from './bytes.js';

/** Bits of one piece: with what waits of the piece before they fit into a small integer. */
const PIECE = 16;

/** Writes numbers in as many bits as the caller says. */
export class BitWriter {
  readonly #out: ByteWriter;
  #waiting = 0;
  #count = 0;

  /** @param expected bytes that will probably be written */
  constructor(expected?: number) {
    this.#out = new ByteWriter(expected);
  }

  /** The low bits of a whole number below 2^53. */
  write(value: number, bits: number): void {
    if (bits <= PIECE) {
      this.#piece(value, bits);
      return;
    }
    let rest = value;
    for (let left = bits; left > 0; left -= PIECE) {
      this.#piece(rest, Math.min(left, PIECE));
      rest = Math.floor(rest / 2 ** PIECE);
    }
  }

  #piece(value: number, bits: number): void {
    // Of a number beyond 32 bits the low ones are as of any other.
    this.#waiting |= (value & ((1 << bits) - 1)) << this.#count;
    this.#count += bits;
    for (; this.#count >= 8; this.#count -= 8) {
      this.#out.byte(this.#waiting & 255);
      this.#waiting >>>= 8;
    }
  }

  /** All that was written, in whole bytes. Nothing may be written after it. */
  end(): Uint8Array {
    if (this.#count > 0) this.#out.byte(this.#waiting);
    return this.#out.bytes;
  }
}

/** Reads what {@link BitWriter} wrote; zeros behind its end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #waiting = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** At most 24 bits. */
  read(bits: number): number {
    while (this.#count < bits) {
      this.#waiting |= (this.#bytes[this.#at++] as number) << this.#count;
      this.#count += 8;
    }
    const value = this.#waiting & ((1 << bits) - 1);
    this.#waiting >>>= bits;
    this.#count -= bits;
    return value;
  }

  readMany(bits: number): number {
    let value = 0;
    for (let done = 0; done < bits; done += PIECE)
      value += this.read(Math.min(PIECE, bits - done)) * 2 ** done;
    return value;
  }
}

/** How many bits of a word of 32 are set. */
export function ones(bits: number): number {
  let pairs = bits - ((bits >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
