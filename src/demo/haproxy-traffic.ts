// The load a simulated HAProxy carries: counters that move with time, servers that go down with the services behind
// them. In: backends and the time passed. Out: the rows of the statistics.

import type { Millis } from '../model/time.js';
import type { Fault } from './fault.js';
import { type Check, check, UNREACHABLE } from './haproxy-check.js';
import { row } from './haproxy-csv.js';

export interface BackendOptions {
  readonly name: string;
  /** Requests a second it gets. */
  readonly rate: number;
  readonly servers: readonly {
    readonly name: string;
    /** How the service behind it is; asked whenever the statistics are. */
    fault(): Fault;
  }[];
}

const BYTES_IN = 640;
const BYTES_OUT = 2310;
/** What HAProxy answers itself when no server is left. */
const BYTES_503 = 217;
/** Milliseconds a good answer takes on average. */
const RESPONSE: Millis = 42;
/** `fall 3`: this many checks fail before a server is taken out. */
const FALL = 3;

interface ServerState {
  readonly name: string;
  readonly fault: () => Fault;
  check: Check;
  /** Fractional while it accumulates. */
  requests: number;
  slowest: Millis;
  changed: Millis;
  downtime: Millis;
  timesDown: number;
  usedAt: Millis | undefined;
}

interface BackendState {
  readonly name: string;
  readonly rate: number;
  readonly servers: readonly ServerState[];
  /** Requests answered 503 because no server was left. */
  failed: number;
  changed: Millis;
  downtime: Millis;
  timesDown: number;
}

/** The backends of a HAProxy at work; it has no clock of its own. */
export class Traffic {
  readonly #backends: readonly BackendState[];
  #at: Millis = 0;
  #unreachable: ReadonlySet<string> = new Set();

  constructor(backends: readonly BackendOptions[]) {
    this.#backends = backends.map(({ name, rate, servers }) => ({
      name,
      rate,
      servers: servers.map(server => ({
        name: server.name,
        fault: () => server.fault(),
        check: check(server.fault()),
        requests: 0,
        slowest: 0,
        changed: 0,
        downtime: 0,
        timesDown: 0,
        usedAt: undefined,
      })),
      failed: 0,
      changed: 0,
      downtime: 0,
      timesDown: 0,
    }));
  }

  /** The backends whose servers HAProxy cannot reach from now on, whatever state they are in. @throws RangeError */
  setUnreachable(names: readonly string[]): void {
    const unknown = names.find(name => !this.#backends.some(backend => backend.name === name));
    if (unknown !== undefined) throw new RangeError(`no backend ${unknown}`);
    this.#unreachable = new Set(names);
  }

  /** Checks the servers and lets the requests up to `at` (milliseconds since the start) come in. */
  advance(at: Millis): void {
    const span = Math.max(0, at - this.#at);
    this.#at = Math.max(at, this.#at);
    for (const backend of this.#backends) this.#advance(backend, span);
  }

  #advance(backend: BackendState, span: Millis): void {
    const wasUp = isUp(backend);
    for (const server of backend.servers) this.#check(server, this.#unreachable.has(backend.name), span);
    const up = backend.servers.filter(server => server.check.up);
    if (wasUp !== up.length > 0) backend.changed = this.#at;
    if (wasUp && up.length === 0) backend.timesDown++;
    if (up.length === 0) backend.downtime += span;
    const requests = (backend.rate * span) / 1000;
    if (up.length === 0) backend.failed += requests;
    for (const server of up) {
      server.requests += requests / up.length;
      if (requests > 0) server.usedAt = this.#at;
      server.slowest = Math.max(server.slowest, responseTime(server));
    }
  }

  #check(server: ServerState, cut: boolean, span: Millis): void {
    const before = server.check.up;
    server.check = cut ? UNREACHABLE : check(server.fault());
    if (!server.check.up) server.downtime += span;
    if (before === server.check.up) return;
    server.changed = this.#at;
    if (before) server.timesDown++;
  }

  /** The frontend that sends to all backends, then each backend after its servers; `iid` counts from `first`. */
  rows(first: number): string[] {
    const total = this.#backends.reduce((sum, backend) => sum + served(backend) + whole(backend.failed), 0);
    const failed = this.#backends.reduce((sum, backend) => sum + whole(backend.failed), 0);
    const rate = Math.round(this.#backends.reduce((sum, backend) => sum + backend.rate, 0));
    return [
      row('frontend', {
        pxname: 'api',
        svname: 'FRONTEND',
        iid: first,
        ...frontendCells(total, failed, rate),
      }),
      ...this.#backends.flatMap((backend, i) => this.#backendRows(backend, first + 2 + i)),
    ];
  }

  #backendRows(backend: BackendState, iid: number): string[] {
    const servers = backend.servers.map((server, i) =>
      row('server', {
        pxname: backend.name,
        svname: server.name,
        iid,
        sid: i + 1,
        ...this.#serverCells(server, backend),
      }),
    );
    return [
      ...servers,
      row('backend', { pxname: backend.name, svname: 'BACKEND', iid, ...this.#backendCells(backend) }),
    ];
  }

  #serverCells(server: ServerState, { rate, servers }: BackendState) {
    const { up, status, code, duration, message, description } = server.check;
    const requests = whole(server.requests);
    const share = up ? Math.round(rate / servers.filter(other => other.check.up).length) : 0;
    return {
      ...loadCells(requests, share, responseTime(server), server.slowest),
      hrsp_2xx: requests,
      bin: requests * BYTES_IN,
      bout: requests * BYTES_OUT,
      lbtot: requests,
      rtime: requests > 0 ? responseTime(server) : 0,
      ttime: requests > 0 ? responseTime(server) + 1 : 0,
      lastsess: this.#ago(server.usedAt),
      status: up ? 'UP' : 'DOWN',
      act: 1,
      chkfail: server.timesDown * FALL,
      chkdown: server.timesDown,
      lastchg: seconds(this.#at - server.changed),
      downtime: seconds(server.downtime),
      check_status: status,
      check_code: code ?? '',
      check_duration: duration,
      check_health: up ? 4 : 0,
      last_chk: message ?? '',
      check_desc: description,
    };
  }

  #backendCells(backend: BackendState) {
    const up = backend.servers.filter(server => server.check.up);
    const good = served(backend);
    const failed = whole(backend.failed);
    const slowest = Math.max(0, ...backend.servers.map(server => server.slowest));
    const mean =
      up.length > 0 ? Math.round(up.reduce((sum, server) => sum + responseTime(server), 0) / up.length) : 0;
    const used = Math.max(-1, ...backend.servers.map(server => server.usedAt ?? -1));
    return {
      ...loadCells(good, up.length > 0 ? Math.round(backend.rate) : 0, mean, slowest),
      stot: good + failed,
      slim: 100,
      req_tot: good + failed,
      hrsp_2xx: good,
      hrsp_5xx: failed,
      econ: failed,
      bin: (good + failed) * BYTES_IN,
      bout: good * BYTES_OUT + failed * BYTES_503,
      lbtot: good,
      rtime: good > 0 ? mean : 0,
      ttime: good > 0 ? mean + 1 : 0,
      lastsess: this.#ago(used < 0 ? undefined : used),
      status: up.length > 0 ? 'UP' : 'DOWN',
      weight: up.length,
      uweight: up.length,
      act: up.length,
      chkdown: backend.timesDown,
      lastchg: seconds(this.#at - backend.changed),
      downtime: seconds(backend.downtime),
    };
  }

  /** Whole seconds since a moment; -1, as HAProxy has it, for never. */
  #ago(moment: Millis | undefined): number {
    return moment === undefined ? -1 : seconds(this.#at - moment);
  }
}

const whole = Math.floor;
const seconds = (span: Millis): number => Math.floor(span / 1000);
const isUp = (backend: BackendState): boolean => backend.servers.some(server => server.check.up);
const served = (backend: BackendState): number =>
  backend.servers.reduce((sum, server) => sum + whole(server.requests), 0);

function responseTime(server: ServerState): Millis {
  return RESPONSE + (server.check.up && server.check.duration > 1 ? Math.round(server.check.duration) : 0);
}

/** The cells of a server or backend that carries `rate` requests a second; Little's law gives the sessions. */
function loadCells(requests: number, rate: number, response: Millis, slowest: Millis) {
  return {
    stot: requests,
    scur: Math.ceil((rate * response) / 1000),
    smax: requests > 0 ? Math.max(1, Math.ceil((rate * slowest) / 1000)) : 0,
    rate,
    rate_max: requests > 0 ? Math.max(1, rate) : 0,
    connect: Math.ceil(requests / 20),
    reuse: requests - Math.ceil(requests / 20),
    ctime: 0,
    rtime_max: slowest,
    ttime_max: slowest > 0 ? slowest + 1 : 0,
  };
}

function frontendCells(requests: number, failed: number, rate: number) {
  return {
    status: 'OPEN',
    slim: 1000,
    scur: 1,
    smax: Math.max(1, rate),
    stot: requests,
    bin: requests * BYTES_IN,
    bout: (requests - failed) * BYTES_OUT + failed * BYTES_503,
    rate,
    rate_max: rate,
    hrsp_2xx: requests - failed,
    hrsp_5xx: failed,
    req_rate: rate,
    req_rate_max: rate,
    req_tot: requests,
    conn_rate: rate,
    conn_rate_max: rate,
    conn_tot: requests,
  };
}
