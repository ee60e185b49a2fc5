// Lines of a connection, one at a time; no more is read than is asked for.

import type { Socket } from 'node:net';
import { ProbeFailure } from '../../probe.js';

/** Longest line, in bytes. Source: Go's bufio.Scanner, by which blackbox_exporter reads. */
const MAX_LINE_LENGTH = 64 * 1024;
/** Of all lines of one check. Each is matched with an expression, during which no other check is timed. */
const MAX_LINES = 10_000;
const MAX_LENGTH = 1024 * 1024;

/** Reads the lines of a socket; the caller must close the socket. */
export class LineReader {
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #lines = 0;
  #length = 0;
  #failure: Error | undefined;
  #wake: () => void = () => {};
  readonly #onReadable = () => this.#wake();
  readonly #onError = (error: Error) => {
    this.#failure ??= error;
    this.#wake();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('readable', this.#onReadable);
    socket.on('end', this.#onReadable);
    socket.on('close', this.#onReadable);
    socket.on('error', this.#onError);
  }

  /**
   * The next line without its end; undefined when the server has closed the connection.
   * @throws ProbeFailure for more than is read, or the connection's error
   */
  async next(): Promise<string | undefined> {
    for (;;) {
      const at = this.#rest.indexOf(0x0a);
      if (at >= 0) return this.#take(at, at + 1);
      if (this.#rest.length >= MAX_LINE_LENGTH)
        throw new ProbeFailure('body', `A line is longer than ${MAX_LINE_LENGTH / 1024} KiB`);
      const chunk: Buffer | null = this.#socket.read();
      if (chunk) this.#add(chunk);
      else if (this.#failure) throw this.#failure;
      else if (this.#socket.readableEnded || this.#socket.destroyed)
        return this.#rest.length > 0 ? this.#take(this.#rest.length, this.#rest.length) : undefined;
      else
        await new Promise<void>(resolve => {
          this.#wake = resolve;
        });
    }
  }

  /** Leaves the socket to another reader; what has come and was not read is lost. */
  release(): void {
    this.#socket.off('readable', this.#onReadable);
    this.#socket.off('end', this.#onReadable);
    this.#socket.off('close', this.#onReadable);
    this.#socket.off('error', this.#onError);
    while (this.#socket.read() !== null);
  }

  #add(chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length > MAX_LENGTH) throw tooMuch(`${MAX_LENGTH / 1024 / 1024} MiB`);
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  #take(end: number, next: number): string {
    if (++this.#lines > MAX_LINES) throw tooMuch(`${MAX_LINES} lines`);
    const line = this.#rest.toString('utf8', 0, end);
    this.#rest = this.#rest.subarray(next);
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }
}

function tooMuch(what: string): ProbeFailure {
  return new ProbeFailure('body', `More than ${what} came, and none was the one that is expected`);
}
