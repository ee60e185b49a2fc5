// Messages as they are sent. Source: Prometheus, "Remote-Write 1.0 specification": Snappy's block format, not its frames.

import snappy from 'snappyjs';

/** Compresses a message. */
export function compressed(message: Uint8Array): Buffer {
  const bytes = snappy.compress(message);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
