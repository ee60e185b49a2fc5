// HAProxy's statistics as CSV in; promex's families and the backends' summary out. It is the hottest path of all kinds:
// a load balancer of a thousand servers makes 80,000 series of one page.

import { type Attempt, ProbeFailure } from '../../probe.js';
import { type ColumnMap, columnMapOf, SCOPES, type Scope } from './column-map.js';
import { type CsvParse, columnsOf, eachRecord, headerLine, isCutOff } from './page.js';
import { Row } from './row.js';
import { type Backend, mostSamples, RowReader, type Tally } from './row-reader.js';

/** Kept per service: what was learnt of the page's columns and rows serves the next page. */
export class Statistics {
  readonly #parseCsv: CsvParse;
  readonly #rows = new Map<string, Row>();
  #header: string | undefined;
  #columnMap: ColumnMap = columnMapOf([]);
  #columns = 0;
  #page = 0;

  constructor(parseCsv: CsvParse) {
    this.#parseCsv = parseCsv;
  }

  /**
   * Records a page and returns its backends by name; undefined when the text is no HAProxy statistics.
   * @param room most samples it may record; what is given up first for want of it says {@link #readLargePage}
   * @throws ProbeFailure when it breaks off or is malformed; what came before is recorded.
   */
  record(
    text: string,
    attempt: Attempt,
    room = Number.POSITIVE_INFINITY,
  ): Record<string, Backend> | undefined {
    const header = headerLine(text);
    if (header === undefined) return undefined;
    this.#page++;
    try {
      if (header !== this.#header) {
        const columns = columnsOf(header, this.#parseCsv);
        this.#columns = columns.length;
        this.#columnMap = columnMapOf(columns);
        this.#header = header;
      }
      if (!isCutOff(text, this.#columns)) return this.#readPage(text, attempt, room);
      this.#readPage(text.slice(0, text.lastIndexOf('\n') + 1), attempt, room);
      throw new Error('the last line is cut off');
    } catch (error) {
      throw new ProbeFailure('body', `HAProxy statistics are not valid CSV: ${(error as Error).message}`);
    } finally {
      for (const [key, row] of this.#rows) if (row.page !== this.#page) this.#rows.delete(key);
    }
  }

  #readPage(text: string, attempt: Attempt, room: number): Record<string, Backend> {
    const columnMap = this.#columnMap;
    const backends: [string, Backend][] = [];
    const tally: Tally = { proxy: '', servers: [], checks: [] };
    const reader = new RowReader(attempt, columnMap, room);
    const isLarge = mostSamples(columnMap) * linesOf(text) > room;
    let servers = 0;
    this.#eachRow(text, (row, cells) => {
      const [proxy = ''] = cells;
      if (row.page === this.#page) return;
      row.page = this.#page;
      // A backend's servers come before it.
      if (tally.proxy !== proxy || row.scope === 'frontend') startTally(tally, proxy);
      if (row.scope === 'server') reader.count(cells, tally);
      if (row.scope !== 'server' || !isLarge) reader.read(row, cells, tally);
      else servers++;
      if (row.scope === 'backend') backends.push([proxy, reader.summary(cells)]);
    });
    if (isLarge) this.#readServers(text, reader, servers, tally);
    attempt.dropSamples(reader.leftOut);
    return Object.fromEntries(backends);
  }

  /**
   * Reads the servers of a page that may have more samples than there is room for, after its proxies. What is given up
   * first are the figures of the servers that stand last: of these the status stays, from which alerts are made. Then
   * the servers themselves go; their backends still count them.
   */
  #readServers(text: string, reader: RowReader, servers: number, tally: Tally): void {
    let waiting = servers;
    let isFull = false;
    this.#eachRow(text, (row, cells) => {
      if (row.scope !== 'server' || row.serverPage === this.#page) return;
      row.serverPage = this.#page;
      waiting--;
      isFull ||= !reader.hasRoom(row, cells, waiting);
      if (isFull) reader.readStatusAlone(row, cells);
      else reader.read(row, cells, tally);
    });
  }

  /** Calls back with every row of the page, also one that the page has twice, which no HAProxy's does. */
  #eachRow(text: string, take: (row: Row, cells: readonly string[]) => void): void {
    const type = this.#columnMap.index('type');
    eachRecord(text, this.#parseCsv, cells => {
      const scope = SCOPES[Number(cells[type])];
      const [proxy = '', server = ''] = cells;
      if (scope && cells[type] !== '') take(this.#row(scope, proxy, server), cells);
    });
  }

  #row(scope: Scope, proxy: string, server: string): Row {
    const key = `${scope} ${proxy} ${server}`;
    let row = this.#rows.get(key);
    if (!row) {
      row = new Row(scope, proxy, server);
      this.#rows.set(key, row);
    }
    return row;
  }
}

function startTally(tally: Tally, proxy: string): void {
  tally.proxy = proxy;
  tally.servers.length = 0;
  tally.checks.length = 0;
}

/** Lines of the page, one more or less. */
function linesOf(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
