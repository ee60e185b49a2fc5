// An API's answer taken apart while it comes: where `data` begins and ends, without reading what is in it. A large
// answer would delay all other requests while it is parsed, only to be printed again.

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

interface Member {
  readonly start: number;
  readonly colon: number;
  readonly end: number;
}

/** A JSON object's members, as bytes. Used once: fed with {@link push}, read with {@link members}. */
export class Envelope {
  readonly #chunks: Uint8Array[] = [];
  readonly #members: Member[] = [];
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #start = 0;
  #colon = 0;
  #isOver = false;
  #isBroken = false;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** The next bytes. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    for (let i = 0; i < chunk.length; i++) this.#scan(chunk[i] as number, this.#length + i);
    this.#length += chunk.length;
  }

  /** The object's members as the text of their values; undefined when this was not one whole JSON object. */
  members(): ReadonlyMap<string, Buffer> | undefined {
    if (!this.#isOver || this.#isBroken) return undefined;
    const all = Buffer.concat(this.#chunks);
    const found = new Map<string, Buffer>();
    try {
      for (const { start, colon, end } of this.#members) {
        const name: unknown = JSON.parse(all.toString('utf8', start, colon));
        if (typeof name !== 'string') return undefined;
        found.set(name, all.subarray(colon + 1, end));
      }
    } catch {
      return undefined;
    }
    return found;
  }

  #scan(byte: number, at: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
      return;
    }
    if (this.#depth === 0) this.#seeOutside(byte, at);
    else this.#seeInside(byte, at);
  }

  #seeInside(byte: number, at: number): void {
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.#depth++;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (--this.#depth === 0) this.#endMember(at, true);
        break;
      case COMMA:
        if (this.#depth === 1) this.#endMember(at, false);
        break;
      case COLON:
        if (this.#depth === 1) this.#colon = at;
    }
  }

  #seeOutside(byte: number, at: number): void {
    if (byte === OPEN_BRACE && !this.#isOver) {
      this.#depth = 1;
      this.#start = at + 1;
    } else if (byte > 32) this.#isBroken = true;
  }

  #endMember(at: number, isLast: boolean): void {
    if (this.#colon > this.#start) this.#members.push({ start: this.#start, colon: this.#colon, end: at });
    else if (!isLast) this.#isBroken = true;
    this.#start = at + 1;
    this.#isOver = isLast;
  }
}
