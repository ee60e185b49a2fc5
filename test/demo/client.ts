// One request of a client to a simulated server over one connection, and its outcome in a word or two.

import { Agent, type IncomingMessage, request } from 'node:http';

/** The outcome of a request. */
export interface Seen {
  /** `answered`, an error code (`ECONNREFUSED`, `ECONNRESET`, `HPE_...`), or `timeout`. */
  readonly outcome: string;
  readonly status?: number | undefined;
  readonly headers?: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends one request; gives up after `timeout` milliseconds without a byte. Uses a connection of its own unless given an agent. */
export function ask(
  url: string,
  {
    timeout = 5000,
    agent = new Agent(),
    headers = {},
  }: { timeout?: number; agent?: Agent; headers?: Record<string, string> } = {},
): Promise<Seen> {
  return new Promise(resolve => {
    const call = request(url, { agent, headers, timeout });
    let response: IncomingMessage | undefined;
    let body = '';
    const seen = (outcome: string) =>
      resolve({ outcome, status: response?.statusCode, headers: response?.headers ?? {}, body });
    const failed = (error: NodeJS.ErrnoException) => seen(error.code ?? error.message);
    call.on('timeout', () => {
      seen('timeout');
      call.destroy();
    });
    call.on('error', failed);
    call.on('response', incoming => {
      response = incoming;
      incoming.setEncoding('utf8');
      incoming.on('data', chunk => {
        body += chunk;
      });
      incoming.on('error', failed);
      incoming.on('end', () => seen('answered'));
    });
    call.end();
  });
}
