// HAProxy's statistics as CSV in; promex's families and the backends' summary out. Called by the haproxy probe. It is
// the hottest path of all kinds: a load balancer of a thousand servers makes 80,000 series of one page.

import type { MetricFamily } from '../../../model/family.js';
import { type Attempt, ProbeFailure } from '../../probe.js';
import { type CsvParse, columnsOf, eachRecord, headerLine, isCutOff } from './page.js';
import { families, type Plan, planOf, SCOPES, type Scope } from './plan.js';
import { Row } from './row.js';
import { CHECK_STATES, checkState, proxyState, SERVER_STATES, serverState } from './states.js';

/** A backend as the document's `get_haproxy_metrics` shows it; seconds. */
export interface Backend {
  status: string;
  total_sessions: number;
  current_sessions: number;
  response_time: number;
  queue_length: number;
}

/** Servers of the backend being read, counted by state. */
interface Tally {
  proxy: string;
  readonly servers: number[];
  readonly checks: number[];
}

/** Kept per service: what was learnt of the page's columns and rows serves the next page. */
export class Statistics {
  readonly #parseCsv: CsvParse;
  readonly #rows = new Map<string, Row>();
  #header: string | undefined;
  #plan: Plan = planOf([]);
  #columns = 0;
  #page = 0;

  constructor(parseCsv: CsvParse) {
    this.#parseCsv = parseCsv;
  }

  /**
   * Records a page and returns its backends by name; undefined when the text is no HAProxy statistics.
   * @throws ProbeFailure when it breaks off or is malformed; what came before is recorded.
   */
  record(text: string, attempt: Attempt): Record<string, Backend> | undefined {
    const header = headerLine(text);
    if (header === undefined) return undefined;
    this.#page++;
    try {
      if (header !== this.#header) {
        const columns = columnsOf(header, this.#parseCsv);
        this.#columns = columns.length;
        this.#plan = planOf(columns);
        this.#header = header;
      }
      if (!isCutOff(text, this.#columns)) return this.#readPage(text, attempt);
      this.#readPage(text.slice(0, text.lastIndexOf('\n') + 1), attempt);
      throw new Error('the last line is cut off');
    } catch (error) {
      throw new ProbeFailure('body', `HAProxy statistics are not valid CSV: ${(error as Error).message}`);
    } finally {
      for (const [key, row] of this.#rows) if (row.page !== this.#page) this.#rows.delete(key);
    }
  }

  #readPage(text: string, attempt: Attempt): Record<string, Backend> {
    const plan = this.#plan;
    const type = plan.index('type');
    const backends: [string, Backend][] = [];
    const tally: Tally = { proxy: '', servers: [], checks: [] };
    const reader = new RowReader(attempt, plan);
    eachRecord(text, this.#parseCsv, cells => {
      const scope = SCOPES[Number(cells[type])];
      const [proxy = '', server = ''] = cells;
      if (!scope || cells[type] === '') return;
      const row = this.#row(scope, proxy, server);
      if (!row) return;
      // A backend's servers come before it.
      if (tally.proxy !== proxy || scope === 'frontend') startTally(tally, proxy);
      reader.read(row, cells, tally);
      if (scope === 'backend') backends.push([proxy, reader.summary(cells)]);
    });
    return Object.fromEntries(backends);
  }

  /** The row of a record; undefined when the page has it already, which no HAProxy's does. */
  #row(scope: Scope, proxy: string, server: string): Row | undefined {
    const key = `${scope} ${proxy} ${server}`;
    let row = this.#rows.get(key);
    if (!row) {
      row = new Row(scope, proxy, server);
      this.#rows.set(key, row);
    }
    if (row.page === this.#page) return undefined;
    row.page = this.#page;
    return row;
  }
}

function startTally(tally: Tally, proxy: string): void {
  tally.proxy = proxy;
  tally.servers.length = 0;
  tally.checks.length = 0;
}

/** Records the rows of one page. */
class RowReader {
  readonly #attempt: Attempt;
  readonly #plan: Plan;
  readonly #at: Readonly<Record<'status' | 'mode' | 'check' | 'agent', number>>;

  constructor(attempt: Attempt, plan: Plan) {
    this.#attempt = attempt;
    this.#plan = plan;
    this.#at = {
      status: plan.index('status'),
      mode: plan.index('mode'),
      check: plan.index('check_status'),
      agent: plan.index('agent_status'),
    };
  }

  read(row: Row, cells: readonly string[], tally: Tally): void {
    const attempt = this.#attempt;
    const { scope, labels } = row;
    const { cells: all, tcpCells } = this.#plan;
    for (const { at, family, divisor } of (cells[this.#at.mode] === 'tcp' ? tcpCells : all)[scope]) {
      attempt.record(family, labels, numberOf(cells[at]) / divisor);
    }
    this.#readResponses(row, cells);
    const own = families[scope];
    const status = cells[this.#at.status] ?? '';
    if (scope === 'server') {
      const state = serverState(status);
      this.#spread(own.status, row.states, state);
      tally.servers[state] = (tally.servers[state] ?? 0) + 1;
      this.#readCheck(row, own.checkStatus, cells[this.#at.check], tally);
      this.#readCheck(row, own.agentStatus, cells[this.#at.agent]);
    } else {
      this.#spread(own.status, row.states, proxyState(status));
      if (scope === 'backend') this.#readTally(row, tally);
    }
  }

  /** The document's summary of a backend's record. */
  summary(cells: readonly string[]): Backend {
    const cell = (column: string) => numberOf(cells[this.#plan.index(column)]) || 0;
    return {
      status: cells[this.#at.status] ?? '',
      total_sessions: cell('stot'),
      current_sessions: cell('scur'),
      response_time: cell('rtime') / 1000,
      queue_length: cell('qcur'),
    };
  }

  #readResponses(row: Row, cells: readonly string[]): void {
    const family = families[row.scope].responses;
    const { codes } = row;
    const { responses } = this.#plan;
    for (let i = 0; i < responses.length; i++) {
      this.#attempt.record(family, codes[i] as readonly string[], numberOf(cells[responses[i] as number]));
    }
  }

  /** A server that is not checked has no status of a check, rather than sixteen zeros. */
  #readCheck(row: Row, family: MetricFamily, status: string | undefined, tally?: Tally): void {
    if (!status) return;
    const state = checkState(status);
    this.#spread(family, row.checkStates, state);
    if (tally) tally.checks[state] = (tally.checks[state] ?? 0) + 1;
  }

  /** The page's own cells of these are always 0: HAProxy counts only for its exporter, so the servers are counted. */
  #readTally(row: Row, tally: Tally): void {
    const { serverStatus, serverCheckStatus, checkStatus } = families.backend.aggregates;
    for (let i = 0; i < SERVER_STATES.length; i++) {
      const labels = row.serverStates[i] as readonly string[];
      this.#attempt.record(serverStatus, labels, tally.servers[i] ?? 0);
      this.#attempt.record(serverCheckStatus, labels, tally.servers[i] ?? 0);
    }
    for (let i = 0; i < CHECK_STATES.length; i++) {
      this.#attempt.record(checkStatus, row.checkStates[i] as readonly string[], tally.checks[i] ?? 0);
    }
  }

  /** One series per state: 1 for the one it is in, 0 for the others. */
  #spread(family: MetricFamily, labels: readonly (readonly string[])[], state: number): void {
    for (let i = 0; i < labels.length; i++) {
      this.#attempt.record(family, labels[i] as readonly string[], i === state ? 1 : 0);
    }
  }
}

/** A cell's number; a blank one was not measured. */
function numberOf(cell: string | undefined): number {
  return cell ? Number(cell) : Number.NaN;
}
