// The data of server-sent events that hold JSON, as model servers stream it. In: lines; out: values, `[DONE]`, and what is
// no JSON. Event by event only where a value is spread over several lines: servers do not agree on blank lines.
// Source: WHATWG HTML, 9.2.6, "Interpreting an event stream".

export interface EventHandler {
  onValue(value: unknown): void;
  /** `data: [DONE]`: nothing follows. */
  onDone(): void;
  /** A text that should be JSON, and is not. */
  onGarbage(text: string): void;
}

const FIELD = /^(data|error)(?:: ?|$)/;

export class EventReader {
  readonly #handler: EventHandler;
  /** The beginning of a value that is spread over lines. */
  #pending = '';

  constructor(handler: EventHandler) {
    this.#handler = handler;
  }

  line(line: string): void {
    if (line === '') this.end();
    const field = FIELD.exec(line);
    // A comment, or an event's name, id or retry.
    if (!field) return;
    const text = line.slice(field[0].length);
    if (field[1] === 'error') this.#handler.onValue({ error: parsed(text) ?? text });
    else if (text.trim() === '[DONE]') this.#handler.onDone();
    else this.#data(text);
  }

  /** An event or the body has ended. */
  end(): void {
    const text = this.#pending;
    this.#pending = '';
    if (text.trim() !== '') this.#handler.onGarbage(text);
  }

  #data(text: string): void {
    const all = this.#pending === '' ? text : `${this.#pending}\n${text}`;
    const value = parsed(all);
    this.#pending = value === undefined ? all : '';
    if (value !== undefined) this.#handler.onValue(value);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
