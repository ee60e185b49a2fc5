// The lines of a body that comes in pieces, as they are complete: with LF or CRLF, and UTF-8 that a piece may cut.

const LF = 0x0a;
const CR = 0x0d;

export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF)) {
      this.#emit(bytes.subarray(0, end));
      bytes = bytes.subarray(end + 1);
    }
    this.#rest = bytes;
  }

  /** The body has ended; what is left is a line too. */
  end(): void {
    if (this.#rest.length > 0) this.#emit(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  #emit(line: Buffer): void {
    this.#onLine(line.toString('utf8', 0, line.at(-1) === CR ? line.length - 1 : line.length));
  }
}
