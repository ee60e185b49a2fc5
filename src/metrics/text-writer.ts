// A text of very many lines as bytes. Joined as one text it would be there three times over: its pieces, the text and
// the bytes. Called by render.ts.

/** How much text becomes bytes at once, in UTF-16 units. */
const PIECE = 16_384;

/** Takes lines, gives bytes. */
export class TextWriter {
  readonly #pieces: Buffer[] = [];
  #header = '';
  #text = '';

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
    return Buffer.concat(this.#pieces);
  }

  #flush(): void {
    this.#pieces.push(Buffer.from(this.#text));
    this.#text = '';
  }
}
