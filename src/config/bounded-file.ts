// Reads files that users name, of any kind and size: a wrong path may be a device that never ends, or a log of gigabytes.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of a configuration, rule, test, template, certificate or secret file. */
export const MAX_FILE = 4 * 1024 * 1024;

/**
 * The bytes of a file.
 * @throws the file system's error, or one whose message says that the file is too large
 */
export function readBounded(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size > MAX_FILE) throw tooLarge();
    // Pipes and devices have no size; one byte more shows that a file does not end where it should.
    let bytes = Buffer.allocUnsafe(size > 0 ? size + 1 : 64 * 1024);
    for (let length = 0; ; ) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null);
      length += read;
      if (read === 0) return bytes.subarray(0, length);
      if (length > MAX_FILE) throw tooLarge();
      if (length === bytes.length) bytes = Buffer.concat([bytes], 2 * length);
    }
  } finally {
    closeSync(descriptor);
  }
}

function tooLarge(): Error {
  return new Error(`is larger than ${MAX_FILE / 1024 / 1024} MiB`);
}
