// A client of /events.

import { EventStreamParser } from '../../src/client/event-stream.js';

/** A health event: its id and the health in it. */
export interface HealthEvent {
  readonly id: string;
  readonly health: {
    readonly overall_status: string;
    readonly services: Record<string, { health: Record<string, unknown> }>;
  };
}

/** An open stream. The caller must close it. */
export class EventReader implements Disposable {
  readonly events: HealthEvent[] = [];
  /** All bytes, as text. */
  text = '';
  isOver = false;
  readonly response: Response;
  readonly #over: AbortController;

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const over = new AbortController();
    const response = await fetch(`${url}/events`, { headers, signal: over.signal });
    return new EventReader(response, over);
  }

  private constructor(response: Response, over: AbortController) {
    this.response = response;
    this.#over = over;
    void this.#read();
  }

  get last(): HealthEvent | undefined {
    return this.events.at(-1);
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }

  async #read(): Promise<void> {
    const parser: EventStreamParser = new EventStreamParser(({ type, data }) => {
      if (type === 'health') this.events.push({ id: parser.lastId, health: JSON.parse(data) });
    });
    try {
      for await (const bytes of this.response.body ?? []) {
        this.text += Buffer.from(bytes).toString();
        parser.push(bytes);
      }
    } catch {
      // Closed by the caller, or by the server.
    }
    this.isOver = true;
  }
}
