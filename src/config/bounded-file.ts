// Reads files that users name, of any kind and size: a wrong path may be a device that never ends, or a log of gigabytes.

import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** Bytes of a configuration, rule, test, template, certificate or secret file. */
export const MAX_FILE = 4 * 1024 * 1024;

/** Path of standard input. */
export const STANDARD_INPUT = '/dev/stdin';

/** Pipes that have been read, by path. */
const kept = new Map<string, Buffer>();

/**
 * Reads a pipe now and keeps its bytes for every {@link readBounded} of the same path: `<(command)` and standard input can
 * be read once, while a command first looks what kind of file it is. Other files, and those that cannot be read, are left
 * for it.
 */
export function keepPipe(file: string): void {
  try {
    const kind = statSync(file);
    // Standard input may be a socket, which cannot be opened by its path.
    if (kind.isSocket() && file === STANDARD_INPUT) kept.set(file, readAll(0));
    else if (kind.isFIFO()) kept.set(file, readBounded(file));
  } catch {
    // Reading it says why.
  }
}

/**
 * The bytes of a file.
 * @throws the file system's error, or one whose message says that the file is too large
 */
export function readBounded(file: string): Buffer {
  const known = kept.get(file);
  if (known) return known;
  const descriptor = openSync(file, 'r');
  try {
    return readAll(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readAll(descriptor: number): Buffer {
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
}

function tooLarge(): Error {
  return new Error(`is larger than ${MAX_FILE / 1024 / 1024} MiB`);
}
