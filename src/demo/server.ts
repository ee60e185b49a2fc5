// A small real HTTP server on loopback that can be made to misbehave. In: how it answers, and a fault at any time. Out:
// a listening port with counters.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Millis } from '../model/time.js';
import { checkFault, type Fault, type FaultyResponse, OK, plain, respond } from './fault.js';

/** The only host the simulation listens on. */
export const LOOPBACK = '127.0.0.1';

/** What a request asks: method and the path with its query. */
export interface SimulatedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

interface ServerOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number | undefined;
  /** Milliseconds a good answer takes; none by default. */
  readonly latency?: (() => Millis) | undefined;
  /** The answer to a request when nothing is wrong; undefined is a 404. */
  answer(request: SimulatedRequest): FaultyResponse | undefined;
}

/** A listening server; the caller must close it. */
export interface SimulatedServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly fault: Fault;
  /** Requests read so far, those that got no answer included. */
  readonly requests: number;
  /** Connections accepted so far: fewer than requests when a client keeps them. */
  readonly connections: number;
  /**
   * Changes how it misbehaves, from the next request on; resolves when it holds (the port is closed, or open again
   * on the same number). Calls take their turns. @throws RangeError for an impossible fault, Error when the port was
   * taken by another process meanwhile.
   */
  setFault(fault: Fault): Promise<void>;
  /** Frees the port and drops every connection; a second call does nothing. */
  close(): Promise<void>;
}

/** Longer than clients keep idle connections (60 s), so that it is never the server that closes one under a request. */
const KEEP_ALIVE: Millis = 75_000;

/** Starts a server on loopback. @throws Error naming the address when the port is taken. */
export async function startServer(options: ServerOptions): Promise<SimulatedServer> {
  let fault: Fault = OK;
  let requests = 0;
  let connections = 0;
  let closed = false;
  let turn: Promise<void> = Promise.resolve();

  const server = createServer((request, response) => {
    requests++;
    request.resume();
    const simulatedRequest = {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: request.headers,
    };
    const answer = (): FaultyResponse =>
      options.answer(simulatedRequest) ?? plain('404 page not found\n', 404);
    respond(fault, response, answer, options.latency?.());
  });
  server.keepAliveTimeout = KEEP_ALIVE;
  server.on('connection', () => connections++);

  const port = await listen(server, options.port ?? 0);

  async function change(next: Fault): Promise<void> {
    if (closed) return;
    fault = next;
    if (next.kind === 'refused') await stop(server);
    else if (!server.listening) await listenAgain(server, port);
  }

  return {
    port,
    url: `http://${LOOPBACK}:${port}`,
    get fault() {
      return fault;
    },
    get requests() {
      return requests;
    },
    get connections() {
      return connections;
    },
    async setFault(next) {
      checkFault(next);
      const mine = turn.then(() => change(next));
      turn = mine.catch(() => {});
      return mine;
    },
    async close() {
      const mine = turn.then(() => {
        closed = true;
        return stop(server);
      });
      turn = mine;
      return mine;
    },
  };
}

/** Listens on loopback; the port it got. @throws Error naming the address when the port is taken. */
export async function listen(server: NetServer, port: number): Promise<number> {
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`${LOOPBACK}:${port} is in use`, { cause: error });
  }
  return (server.address() as AddressInfo).port;
}

/** A free port may be the local port of another connection for a moment while it is not listened on. */
async function listenAgain(server: Server, port: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await listen(server, port);
      return;
    } catch (error) {
      if (tries === 40) throw error;
      await sleep(50);
    }
  }
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const done = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await done;
}
