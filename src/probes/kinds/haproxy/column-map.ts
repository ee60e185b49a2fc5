// Which cells of a record are measured in which scope: worked out once per header, by the names in it, since neither
// the set nor the order of the columns is promised.

import { type FamilyType, family, type MetricFamily } from '../../../model/family.js';
import { COUNTERS, GAUGES, HTTP_ONLY, MILLISECONDS, RESPONSES } from './columns.js';

/** The values of the column `type` that are measured; a listener (3) has no families in promex 2.6. */
export const SCOPES = ['frontend', 'backend', 'server'] as const;
export type Scope = (typeof SCOPES)[number];

const LETTER: Record<Scope, string> = { frontend: 'F', backend: 'B', server: 'S' };
const LABELS: Record<Scope, readonly string[]> = {
  frontend: ['proxy'],
  backend: ['proxy'],
  server: ['proxy', 'server'],
};

interface ColumnFamily {
  readonly column: string;
  readonly family: MetricFamily;
  /** What a cell's number is divided by. */
  readonly divisor: number;
}

/** The families of a scope: those of one column each, and those that have a label beside the row's own. */
interface ScopeFamilies {
  readonly columns: readonly ColumnFamily[];
  readonly responses: MetricFamily;
  readonly status: MetricFamily;
  readonly checkStatus: MetricFamily;
  readonly agentStatus: MetricFamily;
  readonly aggregates: {
    serverStatus: MetricFamily;
    serverCheckStatus: MetricFamily;
    checkStatus: MetricFamily;
  };
}

function scopeFamilies(scope: Scope): ScopeFamilies {
  const make = (suffix: string, help: string, type: FamilyType, ...labels: string[]) =>
    family(`haproxy_${scope}_${suffix}`, help, type, [...LABELS[scope], ...labels]);
  const columns = ([table, type, divisor]: readonly [typeof GAUGES, FamilyType, number]) =>
    table
      .filter(([, , scopes]) => scopes.includes(LETTER[scope]))
      .map(([column, suffix, , help]) => ({ column, family: make(suffix, help, type), divisor }));
  return {
    columns: [
      ...columns([GAUGES, 'gauge', 1]),
      ...columns([COUNTERS, 'counter', 1]),
      ...columns([MILLISECONDS, 'gauge', 1000]),
    ],
    responses: make(
      'http_responses_total',
      'Total number of HTTP responses by class of status code',
      'counter',
      'code',
    ),
    status: make('status', 'Current status, per state label value', 'gauge', 'state'),
    checkStatus: make(
      'check_status',
      'Status of the last health check, per state label value',
      'gauge',
      'state',
    ),
    agentStatus: make(
      'agent_status',
      'Status of the last agent check, per state label value',
      'gauge',
      'state',
    ),
    aggregates: {
      serverStatus: make('agg_server_status', 'Number of servers by status', 'gauge', 'state'),
      serverCheckStatus: make(
        'agg_server_check_status',
        'Number of servers by status (deprecated by HAProxy in favour of agg_server_status)',
        'gauge',
        'state',
      ),
      checkStatus: make(
        'agg_check_status',
        'Number of servers by status of the last health check',
        'gauge',
        'state',
      ),
    },
  };
}

export const families: Record<Scope, ScopeFamilies> = {
  frontend: scopeFamilies('frontend'),
  backend: scopeFamilies('backend'),
  server: scopeFamilies('server'),
};

/** Every family the statistics can feed. */
export const statisticsFamilies: readonly MetricFamily[] = SCOPES.flatMap(scope => {
  const { columns, responses, status, checkStatus, agentStatus, aggregates } = families[scope];
  return [
    ...columns.map(({ family }) => family),
    responses,
    status,
    ...(scope === 'server' ? [checkStatus, agentStatus] : []),
    ...(scope === 'backend' ? Object.values(aggregates) : []),
  ];
});

interface Cell {
  readonly at: number;
  readonly family: MetricFamily;
  readonly divisor: number;
}

/** Where a page keeps what is read of each record; -1 is a column the page does not have. */
export interface ColumnMap {
  readonly index: (column: string) => number;
  readonly cells: Record<Scope, readonly Cell[]>;
  /** The same for a proxy that is no HTTP proxy. */
  readonly tcpCells: Record<Scope, readonly Cell[]>;
  readonly responses: readonly number[];
}

/** A page's plan; a family whose column is missing is not in it. */
export function columnMapOf(columns: readonly string[]): ColumnMap {
  const index = (column: string) => columns.indexOf(column);
  const cells = (scope: Scope, skipped: ReadonlySet<string>) =>
    families[scope].columns
      .filter(({ column }) => !skipped.has(column))
      .map(({ column, family, divisor }) => ({ at: index(column), family, divisor }))
      .filter(({ at }) => at >= 0);
  const ofEach = (skipped: ReadonlySet<string>) => ({
    frontend: cells('frontend', skipped),
    backend: cells('backend', skipped),
    server: cells('server', skipped),
  });
  return {
    index,
    cells: ofEach(new Set()),
    tcpCells: ofEach(HTTP_ONLY),
    responses: RESPONSES.map(([column]) => index(column)),
  };
}
