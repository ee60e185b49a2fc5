// A small HTTP server for a test.

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Certificate } from './certificate.js';

/** What answers a request, at once or later. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * A listener whose failure is ignored after its client has gone: what it asked for, or was still reading, ended with the
 * test. Any other failure fails the run.
 */
export function listener(answer: Answer): RequestListener {
  return (request, response) => {
    void (async () => answer(request, response))().catch(error => {
      if (!request.socket.destroyed) throw error;
    });
  };
}

/** Listens on a free port of 127.0.0.1, over TLS with a certificate. The caller must {@link stop} it. */
export async function listen(answer: Answer, tls?: Certificate): Promise<Server> {
  const respond = listener(answer);
  const server = tls ? createTlsServer({ cert: tls.cert, key: tls.key }, respond) : createServer(respond);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Its port. @throws when it does not listen */
export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('not listening');
  return address.port;
}

/** Ends it and every connection to it, also those that were never answered. */
export function stop(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
