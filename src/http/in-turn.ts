// Requests of one connection one after the other. Node hands out pipelined requests as fast as it reads them, each to be
// worked on at once, though the answers leave in turn: one client that never reads would have thousands made in vain.
// Source: RFC 9112, 9.3.2 (pipelining).

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that wait; beyond it no more are read. */
const MAX_WAITING = 16;
/** What was read in one piece may hold more than that; more than this is no client's need. */
const MAX_READ = 1000;
/** How long the client may take nothing of an answer that is ready, in milliseconds. */
const STALLED = 60_000;

/** A request, its answer, and what is called when that is ready or given up. */
type Turn = readonly [IncomingMessage, ServerResponse, onReady: () => void];

interface Connection {
  /** A request is being answered. */
  isBusy: boolean;
  readonly waiting: Turn[];
}

const NOTHING = () => {};

/**
 * A listener that gets a connection's next request when the answer to the one before has been sent or given up.
 * @param onRequest called with each request when it comes; what it returns is called when its answer is ready or given up
 */
export function inTurn(
  listener: RequestListener,
  onRequest: (request: IncomingMessage) => () => void = () => NOTHING,
): RequestListener {
  const connections = new WeakMap<Socket, Connection>();
  const start = ([request, response, onReady]: Turn, connection: Connection) => {
    const { socket } = request;
    connection.isBusy = true;
    // Node's own timer of the connection, which counts from the last progress and ends it.
    // Both events come once; `once` makes two more objects for each.
    response.on('prefinish', () => {
      onReady();
      // What the system has taken whole needs no timer: Node sets that of a connection without a request right after.
      if (response.writableLength > 0) socket.setTimeout(STALLED);
    });
    response.on('close', () => {
      onReady();
      const { waiting } = connection;
      const next = waiting.shift();
      if (waiting.length < MAX_WAITING && socket.isPaused()) socket.resume();
      if (next && !socket.destroyed) start(next, connection);
      else connection.isBusy = false;
    });
    listener(request as never, response as never);
  };
  return (request, response) => {
    const { socket } = request;
    const turn: Turn = [request as IncomingMessage, response as ServerResponse, onRequest(request)];
    const connection = connections.get(socket);
    if (!connection) {
      const fresh = { isBusy: false, waiting: [] };
      connections.set(socket, fresh);
      return start(turn, fresh);
    }
    if (!connection.isBusy) return start(turn, connection);
    const { waiting } = connection;
    waiting.push(turn);
    if (waiting.length >= MAX_READ) socket.destroy();
    else if (waiting.length >= MAX_WAITING) socket.pause();
  };
}
