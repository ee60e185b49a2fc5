// The connections of a server, of which it keeps a bounded number. In: new connections and requests; out: when there are
// too many, one that waits for its client ends instead of the new one being refused, so that clients that connect and
// ask nothing, however many, keep no one else out.

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './network.js';

interface Open {
  readonly socket: Socket;
  readonly client: string;
  /** Requests that arrived in full and whose answers are not ready yet. */
  answering: number;
}

const NOTHING = () => {};

/** One for each server. */
export class Connections {
  readonly #limit: number;
  /** By client; those of one that have waited longest come first. */
  readonly #clients = new Map<string, Set<Open>>();
  /** By address and port: the same for a connection and for TLS on it. */
  readonly #open = new Map<string, Open>();
  /** The same by what requests come from, once one has: finding the address of each takes longer. */
  readonly #bySocket = new WeakMap<Socket, Open>();

  /** @param limit connections at once */
  constructor(server: Server, limit: number) {
    this.#limit = limit;
    server.maxConnections = limit;
    server.on('connection', (socket: Socket) => this.#take(socket));
  }

  /** A request has its headers. @returns to be called when its answer is ready or given up; calls after the first do nothing */
  track(request: IncomingMessage): () => void {
    const open = this.#openOf(request.socket);
    if (!open) return NOTHING;
    let state: 'arriving' | 'answering' | 'ready' = 'arriving';
    const begin = () => {
      if (state !== 'arriving') return;
      state = 'answering';
      open.answering++;
    };
    if (request.complete || hasNoBody(request)) begin();
    else request.once('end', begin);
    return () => {
      const wasAnswering = state === 'answering';
      state = 'ready';
      if (!wasAnswering) return;
      open.answering--;
      // It waits from now on.
      const all = this.#clients.get(open.client);
      if (all?.delete(open)) all.add(open);
    };
  }

  #openOf(socket: Socket): Open | undefined {
    let open = this.#bySocket.get(socket);
    if (!open) {
      open = this.#open.get(keyOf(socket));
      if (open) this.#bySocket.set(socket, open);
    }
    return open;
  }

  #take(socket: Socket): void {
    const key = keyOf(socket);
    const client = networkOf(socket.remoteAddress ?? '');
    const open = { socket, client, answering: 0 };
    const all = this.#clients.get(client) ?? new Set();
    this.#clients.set(client, all.add(open));
    this.#open.set(key, open);
    socket.once('close', () => this.#forget(key, open));
    if (this.#open.size < this.#limit) return;
    const other = this.#longestWaiting(open) ?? this.#newestOfLargest(all.size);
    if (!other) return;
    // Before it ends, which makes its address unknown.
    this.#forget(keyOf(other.socket), other);
    other.socket.destroy();
  }

  #forget(key: string, open: Open): void {
    if (this.#open.get(key) !== open) return;
    this.#open.delete(key);
    const all = this.#clients.get(open.client);
    all?.delete(open);
    if (all?.size === 0) this.#clients.delete(open.client);
  }

  /** Of the client that has the most connections waiting; not the new one. */
  #longestWaiting(fresh: Open): Open | undefined {
    let [found, most]: [Open | undefined, number] = [undefined, 0];
    for (const all of this.#clients.values()) {
      // No client with fewer connections can have more waiting.
      if (all.size <= most) continue;
      const waiting = [...all].filter(each => each.answering === 0 && each !== fresh);
      if (waiting.length > most) [found, most] = [waiting[0], waiting.length];
    }
    return found;
  }

  /** Of a client that has many more connections than another; its oldest ones are nearer to their answers. */
  #newestOfLargest(others: number): Open | undefined {
    const largest = [...this.#clients.values()].reduce((a, b) => (b.size > a.size ? b : a));
    return largest.size > 2 * others ? [...largest].at(-1) : undefined;
  }
}

function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
