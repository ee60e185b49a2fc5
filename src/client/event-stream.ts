// Server-sent events out of bytes. Our own, because a library would be the client's only import, and a page could no
// longer load it is. Source: WHATWG HTML, "Server-sent events", "Parsing an event stream".

/** One event. */
export interface ServerEvent {
  /** `message` unless it was named. */
  readonly type: string;
  readonly data: string;
}

/** Reads a stream piece by piece. */
export class EventStreamParser {
  readonly #onEvent: (event: ServerEvent) => void;
  readonly #decoder = new TextDecoder();
  /** A line whose end has not come. */
  #rest = '';
  #type = '';
  #data: string[] = [];
  /** Set by an event's id line; the last one holds. */
  #lastId: string;
  #nextId: string;

  /** @param lastId of the last event of a former stream */
  constructor(onEvent: (event: ServerEvent) => void, lastId = '') {
    this.#onEvent = onEvent;
    this.#lastId = this.#nextId = lastId;
  }

  /** Of the last event that was given out; empty before. */
  get lastId(): string {
    return this.#lastId;
  }

  /** Takes the next piece in and gives out what it completes. */
  push(bytes: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (line === '') this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#type = value;
    else if (field === 'id' && !value.includes('\0')) this.#nextId = value;
  }

  #dispatch(): void {
    this.#lastId = this.#nextId;
    if (this.#data.length > 0) this.#onEvent({ type: this.#type || 'message', data: this.#data.join('\n') });
    this.#type = '';
    this.#data = [];
  }
}
