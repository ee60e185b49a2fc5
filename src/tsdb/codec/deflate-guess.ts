// Whether zlib could write bytes shorter than something else does: trying takes it longer than all else of a chunk, and mostly in vain.

/** Of three bytes, as zlib's shortest match has. */
const HASH_BITS = 12;
const HASH_FACTOR = 0x9e3779b1;
/** Fewer bytes than one in so many that were there before are no pattern. */
const FEW = 4;

/**
 * False where zlib's code for single bytes is no shorter, and there is too little that repeats.
 * @param length bytes of the other way
 */
export function mayDeflate(bytes: Uint8Array, length: number): boolean {
  return entropyBytes(bytes) < length || repeated(bytes) * FEW > bytes.length;
}

/** Bytes that these take at least, each by itself. */
function entropyBytes(bytes: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    counts[byte] = (counts[byte] as number) + 1;
  }
  let bits = 0;
  for (let byte = 0; byte < counts.length; byte++) {
    const count = counts[byte] as number;
    if (count > 0) bits += count * Math.log2(bytes.length / count);
  }
  return bits / 8;
}

/** At how many places three bytes are those of an earlier place; of those with one hash the latest is known. */
function repeated(bytes: Uint8Array): number {
  const latest = new Int32Array(1 << HASH_BITS).fill(-1);
  let count = 0;
  let three = ((bytes[0] as number) << 8) | (bytes[1] as number);
  for (let i = 2; i < bytes.length; i++) {
    three = ((three << 8) | (bytes[i] as number)) & 0xffffff;
    const hash = Math.imul(three, HASH_FACTOR) >>> (32 - HASH_BITS);
    if (latest[hash] === three) count++;
    latest[hash] = three;
  }
  return count;
}
