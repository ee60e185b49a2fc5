// A service that receives notifications: records requests, answers as the test configures.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Certificate } from './certificate.js';
import { listen, portOf, stop } from './http.js';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers a request, or does not. */
export type Behaviour = (response: ServerResponse, request: Request) => void;

export interface Endpoint {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly host: string;
  /** All requests, in order; emptied by the test. */
  readonly requests: Request[];
  /** How it answers the next ones. */
  behaviour: Behaviour;
  close(): Promise<void>;
}

/** Answers with a status, a body, headers. */
export function answers(status: number, body = '', headers: Record<string, string> = {}): Behaviour {
  return response => {
    response.writeHead(status, headers).end(body);
  };
}

/** Never answers. */
export const hangs: Behaviour = () => {};

/** Ends the connection without an answer. */
export const drops: Behaviour = response => {
  response.socket?.destroy();
};

/** Answers something that is no HTTP. */
export const babbles: Behaviour = response => {
  response.socket?.end('what?\r\n\r\n');
};

/** Starts one on a free port; by default it answers 200 `ok`. */
export async function startEndpoint(tls?: Certificate): Promise<Endpoint> {
  const requests: Request[] = [];
  const endpoint = { behaviour: answers(200, 'ok') };
  const server = await listen((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const { method = '', url = '', headers } = message;
      const request = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      endpoint.behaviour(response, request);
    });
  }, tls);
  const host = `127.0.0.1:${portOf(server)}`;
  return Object.assign(endpoint, {
    url: `${tls ? 'https' : 'http'}://${host}`,
    host,
    requests,
    close: () => stop(server),
  });
}
