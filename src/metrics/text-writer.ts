// A text of very many lines as bytes. Joined as one text it would be there three times over: its pieces, the text and
// the bytes. Parts of a text that was written before are copied.

/** How much text becomes bytes at once, in UTF-16 units. */
const PIECE = 16_384;

/** Of the bytes a text has, one in so many may be room that was not used. */
const SPARE = 16;

/** Takes lines, gives bytes. */
export class TextWriter {
  #bytes: Buffer;
  #length = 0;
  #header = '';
  /** What was added and is not among the bytes yet; empty while there is something to copy. */
  #text = '';
  /** What is to be copied: the same bytes from one place to another. */
  #copied: Buffer | undefined;
  #from = 0;
  #to = 0;

  /** @param expected how many bytes it may become; more only cost time */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafeSlow(expected);
  }

  /** Bytes so far, without a header that waits for a line. */
  get length(): number {
    if (this.#text !== '') this.#flush();
    return this.#length + this.#to - this.#from;
  }

  /** Sets what goes before the next line; without a line it is not written. */
  head(header: string): void {
    this.#header = header;
  }

  /** Writes whole lines, each with its line feed. */
  add(lines: string): void {
    if (this.#from !== this.#to) this.#flushCopied();
    if (this.#header !== '') {
      this.#text += this.#header;
      this.#header = '';
    }
    this.#text += lines;
    if (this.#text.length > PIECE) this.#flush();
  }

  /** Writes what has ASCII characters alone: the end of a line whose beginning was copied. */
  addAscii(text: string): void {
    if (this.#text !== '') this.#flush();
    if (this.#from !== this.#to) this.#flushCopied();
    const { length } = text;
    this.#makeRoom(length);
    for (let i = 0; i < length; i++) this.#bytes[this.#length + i] = text.charCodeAt(i);
    this.#length += length;
  }

  /** Copies bytes of another text; places that follow each other are copied at once. */
  copy(bytes: Buffer, from: number, to: number): void {
    if (from === to) return;
    if (this.#text !== '') this.#flush();
    if (this.#copied === bytes && this.#to === from && this.#from !== from) {
      this.#to = to;
      return;
    }
    if (this.#from !== this.#to) this.#flushCopied();
    this.#copied = bytes;
    this.#from = from;
    this.#to = to;
  }

  /** Everything that was written, in UTF-8. */
  end(): Buffer {
    if (this.#text !== '') this.#flush();
    if (this.#from !== this.#to) this.#flushCopied();
    this.#copied = undefined;
    const written = this.#bytes.subarray(0, this.#length);
    // They may be kept for long.
    return this.#bytes.length - this.#length > this.#length / SPARE ? Buffer.from(written) : written;
  }

  #flush(): void {
    const size = Buffer.byteLength(this.#text);
    this.#makeRoom(size);
    this.#length += this.#bytes.write(this.#text, this.#length);
    this.#text = '';
  }

  #flushCopied(): void {
    const size = this.#to - this.#from;
    this.#makeRoom(size);
    this.#copied?.copy(this.#bytes, this.#length, this.#from, this.#to);
    this.#length += size;
    this.#from = this.#to;
  }

  #makeRoom(size: number): void {
    const least = this.#length + size;
    if (least <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(least, this.#length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
