// Connections to one origin, kept for a while, so that a moved name and a renewed certificate are noticed.

import type { Millis } from '../model/time.js';
import { Connection, type ConnectionOrigin } from './connection.js';

/** No request begins on a connection that is older. */
const MAX_AGE: Millis = 60_000;

/** The connections to one origin. The caller must close it. */
export class Connections {
  readonly #maxAge: Millis;
  readonly #origin: ConnectionOrigin;
  /** Each with the timer of its age, once it was used. */
  readonly #open = new Map<Connection, NodeJS.Timeout | undefined>();
  readonly #idle: Connection[] = [];

  /** @param maxAge how long after it was made a connection may begin another request */
  constructor(origin: ConnectionOrigin, maxAge: Millis = MAX_AGE) {
    this.#origin = origin;
    this.#maxAge = maxAge;
  }

  /** A connection for one request, to be given back; the kept one that was used last, or a new one. */
  acquire({ fresh = false } = {}): Connection {
    while (!fresh) {
      const idle = this.#idle.pop();
      if (!idle) break;
      if (this.#isReusable(idle)) return idle;
      this.#drop(idle);
    }
    const connection = new Connection(this.#origin, () => this.#drop(connection));
    this.#open.set(connection, undefined);
    return connection;
  }

  /** Keeps it for another request, or closes it when it cannot carry one. */
  release(connection: Connection): void {
    if (!this.#open.has(connection)) return;
    if (!this.#isReusable(connection)) {
      this.#drop(connection);
      return;
    }
    this.#idle.push(connection);
    if (!this.#open.get(connection)) this.#open.set(connection, this.#expire(connection));
  }

  /** Closes all of them; a request on one fails. */
  close(): void {
    for (const connection of [...this.#open.keys()]) this.#drop(connection);
  }

  #isReusable(connection: Connection): boolean {
    return connection.isUsable && connection.age < this.#maxAge;
  }

  /** One that is in use then is dropped when it is given back. */
  #expire(connection: Connection): NodeJS.Timeout {
    const drop = () => {
      if (this.#idle.includes(connection)) this.#drop(connection);
    };
    // A timer may be early by a fraction of a millisecond.
    return setTimeout(drop, this.#maxAge - connection.age + 1).unref();
  }

  #drop(connection: Connection): void {
    connection.destroy();
    clearTimeout(this.#open.get(connection));
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  }
}
