// The HTTP server. Comes in: HTTP requests; goes out: what the routes say, with Express behind a short cut for the path that
// is asked most.

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { noteRequest } from '../concurrency/optimizing.js';
import { alertmanagerSurface } from './alertmanager/surface.js';
import { connectionLimit, openFilesLimit } from './connection-limit.js';
import { Connections } from './connections.js';
import type { ApiContext } from './context.js';
import { allowOrigin } from './cors.js';
import { directRoutes } from './direct-routes.js';
import { type HttpLog, logFailure } from './failure.js';
import { checkHead, MAX_HEAD } from './head-limits.js';
import { healthAnswers } from './health-answer.js';
import { inTurn } from './in-turn.js';
import { lazily } from './lazily.js';
import { answerMalformed } from './malformed.js';
import { withPlainCharacters } from './meant-path.js';
import { isOwnTokenPath } from './own-token.js';
import { prometheusSurface } from './prometheus/surface.js';
import { markAuthenticated } from './requester.js';
import { StartGate } from './start-gate.js';
import { surfaceOf } from './surfaces.js';
import { ReloadingWebConfig } from './web/reloading-web-config.js';
import type { TlsServerConfig } from './web/tls.js';
import type { WebConfig } from './web-config.js';
import { writeReply } from './write.js';

/** A request must be complete within this time, headers included. */
const REQUEST_TIMEOUT = 30_000;
/**
 * How long a connection without a request stays open, in milliseconds: longer than usual pauses between scrapes and
 * polls. With Node's 5 s a client that asks every 5 s often writes on a connection that is just being closed.
 */
const KEEP_ALIVE = 75_000;
/** How long answers under way may take when the server closes. */
const CLOSE_TIMEOUT = 2000;

export interface HttpServer {
  /** Where it listens, `HOST:PORT`. */
  readonly address: string;
  /** Takes a changed web configuration up: for the next request, and TLS for the next connection. */
  setWebConfig(config: WebConfig): void;
  /** All else runs now: whatever is asked is answered. */
  setStarted(): void;
  /** Lets answers under way end, then closes. */
  close(): Promise<void>;
}

export interface Listen {
  readonly host: string | undefined;
  readonly port: number;
}

export interface ServerOptions {
  readonly listen: Listen;
  readonly web: WebConfig;
  readonly context: ApiContext;
  readonly log: HttpLog;
  /** How long a client may take to send its request, in milliseconds. */
  readonly requestTimeout?: number;
  /** Until {@link HttpServer.setStarted} requests wait, but for queries where our own samples answer them. */
  readonly starting?: { readonly answersQueries: boolean };
}

/** Starts listening. @throws the system's error when the address is taken or not ours. */
export async function startServer(options: ServerOptions): Promise<HttpServer> {
  const { listen, context, log } = options;
  const live = new ReloadingWebConfig(options.web, tls => renewTls(server, tls), log);
  const gate = new StartGate(options.starting);
  const answer = inTurn(makeAnswer(context, live, log, gate), request => connections.track(request));
  const server = makeServer(options, answer);
  const connections = new Connections(server, boundedConnections(log));
  server.on('clientError', (error, socket) => {
    const status = answerMalformed(error, socket, live.current.headers);
    if (status) context.onAnswer('other', status);
    log('debug', 'Connection ended by an error', { err: error.message });
  });
  // Before Node's own listener, which begins the handshake: a renewed certificate is shown from the next one on.
  if (options.web.tls) server.prependListener('connection', () => live.reloadIfChanged());
  // Before Node's own listener, which starts to read requests.
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const problem = live.current.tls?.problem(socket);
    if (problem === undefined) return;
    log('debug', 'Client rejected', { address: socket.remoteAddress, err: problem });
    socket.destroy();
  });
  try {
    await listening(server, listen);
  } catch (error) {
    live.close();
    throw error;
  }
  return {
    address: addressOf(server),
    setWebConfig: config => live.apply(config),
    setStarted: () => gate.open(),
    close() {
      gate.refuse();
      live.close();
      context.events.close();
      context.publicEvents.close();
      return closed(server);
    },
  };
}

function boundedConnections(log: HttpLog): number {
  const openFiles = openFilesLimit();
  const limit = connectionLimit(openFiles);
  if (limit < connectionLimit(Number.POSITIVE_INFINITY))
    log('warn', 'Few open files are allowed (ulimit -n, LimitNOFILE=); fewer clients are served at once', {
      open_files: openFiles,
      connections: limit,
    });
  return limit;
}

function makeServer(
  { web, requestTimeout = REQUEST_TIMEOUT }: ServerOptions,
  answer: RequestListener,
): Server {
  const limits = {
    requestTimeout,
    headersTimeout: requestTimeout,
    keepAliveTimeout: KEEP_ALIVE,
    maxHeaderSize: MAX_HEAD,
    connectionsCheckingInterval: Math.min(requestTimeout, 5000),
  };
  return web.tls ? createTlsServer({ ...limits, ...web.tls.options }, answer) : createServer(limits, answer);
}

/** New TLS settings for the connections to come; those that are open keep theirs. */
function renewTls(server: Server, { options }: TlsServerConfig): void {
  if (!(server instanceof TlsServer)) return;
  server.setSecureContext(options);
  // setSecureContext leaves these two as they were. Should Node not heed them one day, clients without a certificate
  // are still turned away after the handshake.
  const { requestCert, rejectUnauthorized } = options;
  Object.assign(server, { requestCert, rejectUnauthorized });
}

function listening(server: Server, { host, port }: Listen): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise(resolve => {
    // A connection whose answer was under way is idle once it has been given.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const impatient = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(impatient);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function addressOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What is answered while all else starts. */
const earlyQueries = {
  ...prometheusSurface,
  endpoints: prometheusSurface.endpoints.filter(({ needsSamplesAlone }) => needsSamplesAlone),
};

/** What every request meets first: the headers of every answer, the guard, the short cut, the router. */
function makeAnswer(
  context: ApiContext,
  live: ReloadingWebConfig,
  log: HttpLog,
  gate: StartGate,
): RequestListener {
  // Express is loaded once it is needed: queries are answered without it.
  const router = lazily(async () => (await import('./router.js')).makeRouter(context, log));
  const direct = [
    directRoutes(prometheusSurface, context, log),
    directRoutes(alertmanagerSurface, context, log),
  ];
  const early = directRoutes(earlyQueries, context, log);
  const pass = (request: IncomingMessage, response: ServerResponse) => {
    if (gate.answersQueriesAlone && early(request, response)) return;
    gate.pass(response, () => answerAny(request, response));
  };
  const answerAny = (request: IncomingMessage, response: ServerResponse) => {
    if (serveFast(context, request, response)) return;
    for (const answers of direct) if (answers(request, response)) return;
    void router().then(answers => answers(request as never, response as never));
  };
  const refuse = (request: IncomingMessage, response: ServerResponse, error: unknown) => {
    const path = request.url?.split('?')[0] ?? '';
    logFailure(log, path, error);
    const reply = surfaceOf(path).failure(error);
    context.onAnswer('other', reply.status ?? 500);
    void writeReply(response, reply);
  };
  return (request, response) => {
    noteRequest();
    const { guard, headers } = live.current;
    for (const [name, value] of headers) response.setHeader(name, value);
    request.url = withPlainCharacters(request.url ?? '/');
    if (allowOrigin(request, response)) return;
    try {
      checkHead(request);
    } catch (error) {
      return refuse(request, response, error);
    }
    if (!guard) pass(request, response);
    else {
      const hasOwnToken = isOwnTokenPath(request.url);
      guard(request, hasOwnToken)
        .then(() => {
          if (!hasOwnToken) markAuthenticated(request);
          pass(request, response);
        })
        .catch(error => refuse(request, response, error));
    }
  };
}

/** Answers a small `/cluster_health` without Express, which costs five times the answer itself. */
function serveFast(context: ApiContext, request: IncomingMessage, response: ServerResponse): boolean {
  if (request.url !== '/cluster_health' || request.method !== 'GET') return false;
  const text = healthAnswers(context).small();
  if (text === undefined) return false;
  response.writeHead(200, [
    'content-type',
    'application/json; charset=utf-8',
    'x-content-type-options',
    'nosniff',
    'content-length',
    String(text.length),
  ]);
  response.end(text, 'latin1');
  context.onAnswer('/cluster_health', 200);
  return true;
}
