// Servers that refuse everything and repeat the request, decoded too, so that errors could contain secrets of it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:net';
import type { Certificate } from './certificate.js';
import { listen, portOf, stop } from './http.js';
import { startSmtp } from './smtp.js';

/** The markers in requests, `zebra` and a number, in credentials too. */
export class SeenMarkers {
  readonly markers = new Set<string>();

  add(...texts: readonly string[]): void {
    for (const text of texts) for (const [marker] of text.matchAll(/zebra\d+/g)) this.markers.add(marker);
  }
}

export interface Echo {
  /** `http://127.0.0.1:PORT`; a path that begins with /redirect, /number or /html has an answer of its own. */
  readonly url: string;
  readonly host: string;
  close(): Promise<void>;
}

export async function startHttpEcho(seen: SeenMarkers, tls?: Certificate): Promise<Echo> {
  const server = await listen((request, response) => answer(request, response, seen), tls);
  const host = `127.0.0.1:${portOf(server)}`;
  return { url: `${tls ? 'https' : 'http'}://${host}`, host, close: () => stop(server) };
}

async function answer(request: IncomingMessage, response: ServerResponse, seen: SeenMarkers): Promise<void> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { url = '', rawHeaders } = request;
  const said = [url, decodeURIComponent(url), ...rawHeaders, decodedBasic(request), body];
  seen.add(...said);
  const all = [url, ...rawHeaders, decodedBasic(request), body].join(' ');
  const json = (status: number, value: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (url.startsWith('/redirect'))
    response
      .writeHead(302, { location: `/html/${encodeURIComponent(all)}?${encodeURIComponent(all)}` })
      .end();
  else if (url.startsWith('/number')) json(200, { echo: all, [all]: { [all.slice(0, 200)]: 7 } });
  else if (url.startsWith('/html'))
    response
      .writeHead(401, { 'content-type': 'text/html' })
      .end(`<title>${all.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title>`);
  else
    json(400, {
      status: 'error',
      errorType: 'internal',
      ok: false,
      error: all,
      message: all,
      errors: [all],
      description: all,
    });
}

function decodedBasic({ headers }: IncomingMessage): string {
  const encoded = /^Basic (.*)/.exec(headers.authorization ?? '')?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString();
}

/** A server that answers Redis' commands with errors for unknown commands. */
export async function startRedisEcho(seen: SeenMarkers): Promise<Omit<Echo, 'url'>> {
  const server: Server = createServer(socket => {
    socket.on('error', () => {});
    socket.on('data', data => {
      const words = data
        .toString()
        .split('\r\n')
        .filter(line => !/^[*$]\d+$/.test(line));
      seen.add(...words);
      socket.write(
        `-ERR unknown command, with args beginning with: ${words.map(word => `'${word}'`).join(' ')}\r\n`,
      );
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    host: `127.0.0.1:${port}`,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}

/** A mail server that refuses every login and repeats its credentials. */
export async function startSmtpEcho(seen: SeenMarkers): Promise<Omit<Echo, 'url'>> {
  const { port, close } = await startSmtp({
    onAuth({ username, password }, _session, done) {
      seen.add(username ?? '', password ?? '');
      const encoded = Buffer.from(`\0${username}\0${password}`).toString('base64');
      done(new Error(`Invalid credentials ${username} ${password} (${encoded})`));
    },
  });
  return { host: `127.0.0.1:${port}`, close };
}
