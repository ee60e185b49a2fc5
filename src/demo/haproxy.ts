// A simulated HAProxy: a health page and statistics, as HTML and as CSV, on one port. In: the backends it balances
// and how their servers are. Out: a server that misbehaves like any other. Started by cluster.ts.

import type { Millis } from '../model/time.js';
import { CHAT_PATH, chatAnswer } from './chat.js';
import { type FaultyResponse, plain } from './fault.js';
import { row, statisticsPage } from './haproxy-csv.js';
import { type BackendOptions, Traffic } from './haproxy-traffic.js';
import { type SimulatedRequest, type SimulatedServer, startServer } from './server.js';

export interface HaproxyOptions {
  readonly port?: number | undefined;
  readonly latency?: (() => Millis) | undefined;
  readonly backends: readonly BackendOptions[];
  /** Asked for on the statistics, not on the health page. */
  readonly statsAuth?: { readonly username: string; readonly password: string } | undefined;
  /** Monotonic milliseconds; the process' own by default. */
  readonly elapsed?: (() => Millis) | undefined;
}

export interface HaproxyServer extends SimulatedServer {
  /** Cuts HAProxy off from these backends, and from these only: they are DOWN there. @throws RangeError for an unknown one. */
  setUnreachable(backends: readonly string[]): void;
}

/** The path of the statistics; `;csv` behind it gives the CSV. */
export const STATS_PATH = '/haproxy_stats';

/** Starts it on loopback; the caller must close it. @throws Error when the port is taken. */
export async function startHaproxy(options: HaproxyOptions): Promise<HaproxyServer> {
  const elapsed = options.elapsed ?? (() => performance.now());
  const started = elapsed();
  const traffic = new Traffic(options.backends);
  const csv = (): string => {
    traffic.advance(elapsed() - started);
    const [api = '', ...backends] = traffic.rows(1);
    return statisticsPage([api, statsFrontend(server.requests), ...backends]);
  };
  const server: SimulatedServer = await startServer({
    port: options.port,
    latency: options.latency,
    answer: request => {
      if (request.path === '/health') return plain('OK');
      if (request.path === CHAT_PATH && request.method === 'POST') return forward(options.backends);
      const [path, ...flags] = request.path.split(';');
      if (path !== STATS_PATH) return UNAVAILABLE;
      if (!mayRead(request, options.statsAuth)) return UNAUTHORIZED;
      return flags.includes('csv') ? page('text/plain', csv()) : page('text/html', html(csv()));
    },
  });
  return Object.assign(server, {
    setUnreachable(backends: readonly string[]) {
      // What came in until now went by the old state.
      traffic.advance(elapsed() - started);
      traffic.setUnreachable(backends);
    },
  });
}

/** As the first model server that is well would answer. */
function forward(backends: readonly BackendOptions[]): FaultyResponse {
  const servers = backends.find(({ name }) => name === 'llm')?.servers ?? [];
  const up = servers.find(server => server.fault().kind === 'ok');
  return up ? chatAnswer(up.name, `Through HAProxy, ${up.name} says hello.`) : UNAVAILABLE;
}

const UNAVAILABLE: FaultyResponse = {
  status: 503,
  type: 'text/html',
  body: '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n',
};

const UNAUTHORIZED: FaultyResponse = {
  status: 401,
  type: 'text/html',
  body: '<html><body><h1>401 Unauthorized</h1>\nYou need a valid user and password to access this content.\n</body></html>\n',
  headers: { 'www-authenticate': 'Basic realm="HAProxy Statistics"' },
};

function page(type: string, body: string): FaultyResponse {
  return { status: 200, type, body, headers: { 'cache-control': 'no-cache' } };
}

function mayRead({ headers }: SimulatedRequest, auth: HaproxyOptions['statsAuth']): boolean {
  if (!auth) return true;
  const want = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
  return headers.authorization === `Basic ${want}`;
}

function statsFrontend(requests: number): string {
  return row('frontend', {
    pxname: 'stats',
    svname: 'FRONTEND',
    iid: 2,
    status: 'OPEN',
    slim: 1000,
    scur: 1,
    smax: 1,
    stot: requests,
    rate_max: 1,
    hrsp_2xx: requests,
    req_tot: requests,
    req_rate_max: 1,
    conn_tot: requests,
    intercepted: requests,
  });
}

const SHOWN = ['# pxname', 'svname', 'status', 'scur', 'stot', 'check_status', 'last_chk'];

/** Enough of the statistics page to look at, and to distinguish it from the CSV. */
function html(csv: string): string {
  const [head = [], ...rows] = csv
    .trim()
    .split('\n')
    .map(line => line.split(','));
  const cells = (tag: string, values: readonly string[]): string =>
    `<tr>${values.map(value => `<${tag}>${value}</${tag}>`).join('')}</tr>\n`;
  const pick = (line: readonly string[]): string[] => SHOWN.map(column => line[head.indexOf(column)] ?? '');
  return (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">\n' +
    '<html><head><title>Statistics Report for HAProxy</title></head><body><h1>HAProxy (simulated)</h1>\n' +
    `<p><a href="${STATS_PATH};csv">CSV export</a></p>\n<table border="1">\n${cells('th', SHOWN)}` +
    `${rows.map(line => cells('td', pick(line))).join('')}</table></body></html>\n`
  );
}
