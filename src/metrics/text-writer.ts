// A text of very many lines as bytes. Joined as one text it would be there three times over: its pieces, the text and
// the bytes.

/** How much text becomes bytes at once, in UTF-16 units. */
const PIECE = 16_384;

/** Takes lines, gives bytes. */
export class TextWriter {
  #bytes: Buffer;
  #length = 0;
  #header = '';
  #text = '';

  /** @param expected how many bytes it may become; more only cost time */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafeSlow(expected);
  }

  /** Sets what goes before the next line; without a line it is not written. */
  head(header: string): void {
    this.#header = header;
  }

  /** Writes whole lines, each with its line feed. */
  add(lines: string): void {
    if (this.#header !== '') {
      this.#text += this.#header;
      this.#header = '';
    }
    this.#text += lines;
    if (this.#text.length > PIECE) this.#flush();
  }

  /** Everything that was written, in UTF-8. */
  end(): Buffer {
    this.#flush();
    return this.#bytes.subarray(0, this.#length);
  }

  #flush(): void {
    const size = Buffer.byteLength(this.#text);
    if (this.#length + size > this.#bytes.length) this.#grow(this.#length + size);
    this.#length += this.#bytes.write(this.#text, this.#length);
    this.#text = '';
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(least, this.#length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
