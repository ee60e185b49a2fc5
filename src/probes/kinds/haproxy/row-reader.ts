// The rows of one page of HAProxy's statistics as samples, as many as there is room for.

import type { MetricFamily } from '../../../model/family.js';
import type { Attempt } from '../../probe.js';
import { type ColumnMap, families, SCOPES } from './column-map.js';
import type { Row } from './row.js';
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
export interface Tally {
  proxy: string;
  readonly servers: number[];
  readonly checks: number[];
}

/** Most samples that a row of a page can have. */
export function mostSamples({ cells, responses }: ColumnMap): number {
  const largest = Math.max(...SCOPES.map(scope => cells[scope].length));
  return largest + responses.length + SERVER_STATES.length * 2 + CHECK_STATES.length * 2;
}

/** Records the rows of one page. */
export class RowReader {
  readonly #attempt: Attempt;
  readonly #columnMap: ColumnMap;
  readonly #at: Readonly<Record<'status' | 'mode' | 'check' | 'agent', number>>;
  #room: number;
  /** Samples of the page that there was no room for. */
  leftOut = 0;

  /** @param room most samples that are recorded */
  constructor(attempt: Attempt, columnMap: ColumnMap, room: number) {
    this.#attempt = attempt;
    this.#columnMap = columnMap;
    this.#room = room;
    this.#at = {
      status: columnMap.index('status'),
      mode: columnMap.index('mode'),
      check: columnMap.index('check_status'),
      agent: columnMap.index('agent_status'),
    };
  }

  /** Counts a server among those of its backend. */
  count(cells: readonly string[], { servers, checks }: Tally): void {
    const state = serverState(cells[this.#at.status] ?? '');
    servers[state] = (servers[state] ?? 0) + 1;
    const ofCheck = cells[this.#at.check];
    if (!ofCheck) return;
    const check = checkState(ofCheck);
    checks[check] = (checks[check] ?? 0) + 1;
  }

  /** Records a row; a backend's with what was counted of its servers. */
  read(row: Row, cells: readonly string[], tally: Tally): void {
    const { scope, labels } = row;
    for (const { at, family, divisor } of this.#cellsOf(row, cells))
      this.#record(family, labels, numberOf(cells[at]) / divisor);
    this.#readResponses(row, cells);
    this.#readStatus(row, cells);
    if (scope === 'server') {
      this.#readCheck(row, families.server.checkStatus, cells[this.#at.check]);
      this.#readCheck(row, families.server.agentStatus, cells[this.#at.agent]);
    } else if (scope === 'backend') this.#readTally(row, tally);
  }

  /** Whether there is room for a server's row, and for the status of as many others as `waiting` behind it. */
  hasRoom(row: Row, cells: readonly string[], waiting: number): boolean {
    return this.#sizeOf(row, cells) + waiting * SERVER_STATES.length <= this.#room;
  }

  /** Records of a server nothing but its status, and not even that when there is no room for it. */
  readStatusAlone(row: Row, cells: readonly string[]): void {
    this.leftOut += this.#sizeOf(row, cells);
    if (SERVER_STATES.length > this.#room) return;
    this.leftOut -= SERVER_STATES.length;
    this.#readStatus(row, cells);
  }

  /** The document's summary of a backend's record. */
  summary(cells: readonly string[]): Backend {
    const cell = (column: string) => numberOf(cells[this.#columnMap.index(column)]) || 0;
    return {
      status: cells[this.#at.status] ?? '',
      total_sessions: cell('stot'),
      current_sessions: cell('scur'),
      response_time: cell('rtime') / 1000,
      queue_length: cell('qcur'),
    };
  }

  #cellsOf({ scope }: Row, cells: readonly string[]): ColumnMap['cells']['server'] {
    const { cells: all, tcpCells } = this.#columnMap;
    return (cells[this.#at.mode] === 'tcp' ? tcpCells : all)[scope];
  }

  /** How many samples a server's row has. */
  #sizeOf(row: Row, cells: readonly string[]): number {
    const { check, agent } = this.#at;
    const checks = Number(Boolean(cells[check])) + Number(Boolean(cells[agent]));
    const figures = this.#cellsOf(row, cells).length + this.#columnMap.responses.length;
    return figures + SERVER_STATES.length + checks * CHECK_STATES.length;
  }

  #record(family: MetricFamily, labels: readonly string[], value: number): void {
    if (this.#room > 0) {
      this.#room--;
      this.#attempt.record(family, labels, value);
    } else this.leftOut++;
  }

  #readResponses(row: Row, cells: readonly string[]): void {
    const family = families[row.scope].responses;
    const { codes } = row;
    const { responses } = this.#columnMap;
    for (let i = 0; i < responses.length; i++) {
      this.#record(family, codes[i] as readonly string[], numberOf(cells[responses[i] as number]));
    }
  }

  #readStatus(row: Row, cells: readonly string[]): void {
    const status = cells[this.#at.status] ?? '';
    const state = row.scope === 'server' ? serverState(status) : proxyState(status);
    this.#spread(families[row.scope].status, row.states, state);
  }

  /** A server that is not checked has no status of a check, rather than sixteen zeros. */
  #readCheck(row: Row, family: MetricFamily, status: string | undefined): void {
    if (status) this.#spread(family, row.checkStates, checkState(status));
  }

  /** The page's own cells of these are always 0: HAProxy counts only for its exporter, so the servers are counted. */
  #readTally(row: Row, tally: Tally): void {
    const { serverStatus, serverCheckStatus, checkStatus } = families.backend.aggregates;
    for (let i = 0; i < SERVER_STATES.length; i++) {
      const labels = row.serverStates[i] as readonly string[];
      this.#record(serverStatus, labels, tally.servers[i] ?? 0);
      this.#record(serverCheckStatus, labels, tally.servers[i] ?? 0);
    }
    for (let i = 0; i < CHECK_STATES.length; i++) {
      this.#record(checkStatus, row.checkStates[i] as readonly string[], tally.checks[i] ?? 0);
    }
  }

  /** One series per state: 1 for the one it is in, 0 for the others. */
  #spread(family: MetricFamily, labels: readonly (readonly string[])[], state: number): void {
    for (let i = 0; i < labels.length; i++) {
      this.#record(family, labels[i] as readonly string[], i === state ? 1 : 0);
    }
  }
}

/** A cell's number; a blank one was not measured. */
function numberOf(cell: string | undefined): number {
  return cell ? Number(cell) : Number.NaN;
}
