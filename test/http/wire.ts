// HTTP by hand, for what no client library would send.

import { connect, type Socket } from 'node:net';

/** What came back over a connection until it was closed. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends bytes as they are and reads until the other side closes. */
export async function send(port: number, bytes: string): Promise<WireAnswer> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  return parse(await untilClosed(socket));
}

/** A whole request that closes its connection. */
export function request(method: string, target: string, ...headers: string[]): string {
  return `${[`${method} ${target} HTTP/1.1`, 'host: monitor', 'connection: close', ...headers].join('\r\n')}\r\n\r\n`;
}

/** Everything a socket brings; a reset ends it like a close. */
export async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  await new Promise<void>(resolve => socket.once('close', () => resolve()).once('error', () => {}));
  return text;
}

function parse(text: string): WireAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.map(line => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: text.slice(end + 4),
  };
}
