// Which badges a service has. Comes in: a service and what is known of it; goes out: label, value and colour.

import type { Status } from '../../model/result.js';
import type { Service } from '../../model/service.js';
import type { Millis } from '../../model/time.js';
import { wholeOf } from '../../query/chunked-answer.js';
import { QueryError } from '../../query/engine.js';
import type { ApiContext } from '../context.js';
import type { Badge, BadgeColor } from './svg.js';

type BadgeContext = Pick<ApiContext, 'cluster' | 'query' | 'clock'>;

/** One kind of badge. */
interface BadgeKind {
  /** The file's name without `.svg`. */
  readonly name: string;
  render(service: Service, known: BadgeContext): Badge | Promise<Badge>;
}

/** How long an answer of the query engine is shown again: each view of a README requests its badges. */
const KEEP: Millis = 60_000;
const TIMEOUT: Millis = 5000;

const STATUS_COLORS: Readonly<Record<Status, BadgeColor>> = {
  healthy: 'good',
  degraded: 'fair',
  unhealthy: 'bad',
  timeout: 'bad',
  error: 'bad',
  unknown: 'unknown',
};

const status: BadgeKind = {
  name: 'status',
  render({ id, name }, { cluster }) {
    const value = cluster.result(id)?.status ?? 'unknown';
    return { label: name, value, color: STATUS_COLORS[value], title: `${name}: ${value}` };
  },
};

const uptime = (span: string): BadgeKind => ({
  name: `uptime-${span}`,
  async render({ id, name }, known) {
    const share = await currentValue(uptimeQuery(id, span), known);
    const value = share === undefined ? 'unknown' : percent(share);
    const label = `uptime ${span}`;
    return { label, value, color: uptimeColor(share), title: `${name}: ${label} ${value}` };
  },
});

const responseTime: BadgeKind = {
  name: 'response-time',
  async render({ id, name }, known) {
    const median = await currentValue(medianQuery(id), known);
    const value = median === undefined ? 'unknown' : duration(median);
    const label = 'response time';
    const color = median === undefined ? 'unknown' : 'good';
    return { label, value, color, title: `${name}: ${label} ${value} (median of 24 hours)` };
  },
};

/** The catalogue. */
export const badges: readonly BadgeKind[] = [
  status,
  uptime('24h'),
  uptime('7d'),
  uptime('30d'),
  responseTime,
];

/** Share of a span a service was up, outside of maintenance. @param id of letters, digits, `_`, `-` and `.` alone, as the configuration has it */
function uptimeQuery(id: string, span: string): string {
  const of = `{target="${id}"}[${span}]`;
  const up = (take: string) => `${take}_over_time(langgraph_monitor_service_up${of})`;
  const planned = (take: string) => `${take}_over_time(langgraph_monitor_service_up_in_maintenance${of})`;
  // What was recorded in maintenance is taken off; without any the second part is what remains.
  return `avg((${up('sum')} - ${planned('sum')}) / (${up('count')} - ${planned('count')} > 0) or (${up('avg')} unless ${planned('count')}))`;
}

function medianQuery(id: string): string {
  return `max(quantile_over_time(0.5, probe_duration_seconds{target="${id}"}[1d]))`;
}

interface BadgeResponse {
  readonly at: Millis;
  readonly value: Promise<number | undefined>;
}

const answers = new WeakMap<BadgeContext['query'], Map<string, BadgeResponse>>();

/** The one value a query has; undefined where it has none, or cannot be asked. */
function currentValue(text: string, { query, clock }: BadgeContext): Promise<number | undefined> {
  const recent = answers.get(query) ?? new Map<string, BadgeResponse>();
  answers.set(query, recent);
  const now = clock.elapsed();
  for (const [key, { at }] of recent) if (at + KEEP <= now) recent.delete(key);
  const found = recent.get(text);
  if (found) return found.value;
  const value = firstValue(query, text, Math.floor(clock.now()));
  recent.set(text, { at: now, value });
  return value;
}

interface Vector {
  readonly result: readonly { readonly value: readonly [at: number, value: string] }[];
}

async function firstValue(
  engine: BadgeContext['query'],
  query: string,
  time: Millis,
): Promise<number | undefined> {
  try {
    const { data } = await engine.answer({ type: 'query', query, time }, { timeout: TIMEOUT });
    const { result } = JSON.parse((await wholeOf(data)).toString('utf8')) as Vector;
    const value = Number(result[0]?.value[1] ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}

/** 100 % is said only when it is all of it. */
function percent(share: number): string {
  if (share >= 1) return '100 %';
  const hundredths = Math.floor(share * 10_000) / 100;
  return `${hundredths.toFixed(hundredths >= 10 ? 2 : 1)} %`;
}

function uptimeColor(share: number | undefined): BadgeColor {
  if (share === undefined) return 'unknown';
  if (share >= 0.995) return 'good';
  return share >= 0.95 ? 'fair' : 'bad';
}

/** @param seconds a response time */
function duration(seconds: number): string {
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
}
