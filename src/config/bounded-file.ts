// Reads files that users name, of any kind and size: a wrong path may be a device that never ends, or a log of gigabytes.

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import type { Millis } from '../model/time.js';

/** Bytes of a configuration, rule, test, template, certificate or secret file. */
export const MAX_FILE = 4 * 1024 * 1024;

/** Path of standard input. */
export const STANDARD_INPUT = '/dev/stdin';

/** How long the other end of a pipe may take to write all of it; nothing else is done meanwhile. */
let pipeTimeout: Millis = 10_000;
const PIPE_TIMEOUT_SERVING: Millis = 500;
const PIPE_PAUSE: Millis = 10;

/** Pipes and devices that have been read, or why they could not be, by path. */
const kept = new Map<string, Buffer | Error>();

/**
 * Reads a pipe now and keeps its bytes for every {@link readBounded} of the same path: `<(command)` and standard input can
 * be read once, while a command first looks what kind of file it is. It is waited for as long as it takes, unless it is a
 * named one. Other files are left for it.
 */
export function cachePipe(file: string): void {
  const keep = (read: () => Buffer) => {
    try {
      kept.set(file, read());
    } catch (error) {
      // It is not waited for twice.
      kept.set(file, error as Error);
    }
  };
  const kind = statsOf(file);
  // Standard input may be a socket, which cannot be opened by its path.
  if (kind?.isSocket() && file === STANDARD_INPUT) keep(() => readAll(0, Number.POSITIVE_INFINITY));
  else if (kind?.isFIFO()) keep(() => readBounded(file, Number.POSITIVE_INFINITY));
  else if (kind?.isCharacterDevice() && file !== STANDARD_INPUT) keep(() => readBounded(file));
}

/** Undefined for what cannot be looked at: reading it says why. */
function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

/** To be called once requests are answered, which a pipe then delays by half a second at most. */
export function shortenPipeTimeout(): void {
  pipeTimeout = PIPE_TIMEOUT_SERVING;
}

/**
 * The bytes of a file. A pipe, as a shell's `<(command)`, is waited for a little.
 * @throws the file system's error, or one whose message says that the file is too large or a pipe was not written to
 * @param patience how long a pipe is waited for, a named one never longer than ten seconds
 */
export function readBounded(file: string, patience: Millis = pipeTimeout): Buffer {
  const known = kept.get(file);
  if (known instanceof Error) throw known;
  if (known) return known;
  // Opened and read otherwise, a named pipe waits for a writer for ever.
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return readAll(descriptor, patience);
  } finally {
    closeSync(descriptor);
  }
}

function readAll(descriptor: number, patience: Millis): Buffer {
  const stats = fstatSync(descriptor);
  if (stats.size > MAX_FILE) throw tooLarge();
  const isNamed = stats.isFIFO() && !isAnonymous(descriptor);
  const wait = isNamed ? Math.min(patience, pipeTimeout) : patience;
  const until = performance.now() + wait;
  // Pipes and devices have no size; one byte more shows that a file does not end where it should.
  let bytes = Buffer.allocUnsafe(stats.size > 0 ? stats.size + 1 : 64 * 1024);
  for (let length = 0; ; ) {
    const read = readSome(descriptor, bytes, length);
    // A named pipe without a writer is at its end; one may be about to open it.
    if (read === undefined || (read === 0 && length === 0 && isNamed)) {
      if (performance.now() > until) throw unwritten(wait);
      Atomics.wait(PAUSE, 0, 0, PIPE_PAUSE);
      continue;
    }
    length += read;
    if (read === 0) return bytes.subarray(0, length);
    if (length > MAX_FILE) throw tooLarge();
    if (length === bytes.length) bytes = Buffer.concat([bytes], 2 * length);
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** How many bytes were read; undefined when none are there yet. */
function readSome(descriptor: number, bytes: Buffer, offset: number): number | undefined {
  try {
    return readSync(descriptor, bytes, offset, bytes.length - offset, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** Whether an open pipe has no name, so that it had a writer from the beginning; Linux says so. */
function isAnonymous(descriptor: number): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('pipe:');
  } catch {
    return false;
  }
}

function unwritten(patience: Millis): Error {
  return new Error(`is a pipe or a device that was not written to its end within ${patience / 1000} s`);
}

function tooLarge(): Error {
  return new Error(`is larger than ${MAX_FILE / 1024 / 1024} MiB`);
}
