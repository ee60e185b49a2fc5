// Where a running monitor's log goes: standard error, whatever has become of it. In: lines; out: how many could not be
// written. A log that cannot be written must neither end the monitor nor fill its memory.

import { fstatSync, type Stats, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';

/** Bytes that wait for a slow reader at most; lines beyond are lost. */
const MAX_WAITING = 1024 * 1024;

/** Standard error as a log. */
export class LogOutput {
  /** Called before the first line that is written again, with how many were lost. */
  onRecovered: (lost: number) => void = () => {};
  readonly #fd: number;
  readonly #stream: Writable | undefined;
  #lost = 0;

  /**
   * @param fd what is written to
   * @param stream the same as a stream, which is used where a reader may be slow
   */
  constructor(fd = 2, stream: Writable = process.stderr) {
    this.#fd = fd;
    this.#stream = hasReader(fd) ? stream : undefined;
    // A reader that went away is no reason to end.
    this.#stream?.on('error', () => {});
  }

  /** Lines that could not be written since the last one that could. */
  get lost(): number {
    return this.#lost;
  }

  /** Writes a line, or counts it as lost. */
  write(line: string): void {
    if (this.#lost > 0) this.#recover();
    if (!this.#tryWrite(line)) this.#lost++;
  }

  #recover(): void {
    // Half of the space, so that not every second line says that lines were lost.
    if (this.#stream !== undefined && this.#stream.writableLength > MAX_WAITING / 2) return;
    const lost = this.#lost;
    this.#lost = 0;
    this.onRecovered(lost);
    // The line that says so may be lost too.
    if (this.#lost > 0) this.#lost = lost;
  }

  #tryWrite(line: string): boolean {
    if (this.#stream === undefined) return tryWriteSync(this.#fd, line);
    if (!this.#stream.writable || this.#stream.writableLength + line.length > MAX_WAITING) return false;
    this.#stream.write(line);
    return true;
  }
}

/** True for a terminal, a pipe or a socket; false for a file, which a stream of Node's gives up after its first error. */
function hasReader(fd: number): boolean {
  if (isatty(fd)) return true;
  let stat: Stats;
  try {
    stat = fstatSync(fd);
  } catch {
    return false;
  }
  return stat.isFIFO() || stat.isSocket();
}

/** @returns false when the disk is full, or nothing is open. */
function tryWriteSync(fd: number, line: string): boolean {
  const bytes = Buffer.from(line);
  try {
    for (let from = 0; from < bytes.length; ) from += writeSync(fd, bytes, from);
    return true;
  } catch {
    return false;
  }
}
