// Writing bytes to a client that may be slow, or go away.

import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';

/**
 * Writes bytes and waits until they are on their way: only then may the caller reuse them.
 * @param timeout milliseconds after which a client that read nothing is disconnected @throws the stream's error, or that it
 * was closed meanwhile
 */
export function writeChunk(
  stream: Writable | ServerResponse,
  bytes: string | Uint8Array,
  timeout?: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new Error('closed'));
    stream.once('close', leave);
    const impatient = timeout === undefined ? undefined : setTimeout(() => stream.destroy(), timeout);
    stream.write(bytes, error => {
      clearTimeout(impatient);
      stream.off('close', leave);
      if (error) reject(error);
      else resolve();
    });
  });
}
