// From the figures of a period to what is said of them.

import type { PeriodReport } from '../analysis/reports/period-report.js';
import type { ServiceUptime } from '../analysis/reports/uptime-report.js';
import { percent, seconds, span } from '../analysis/words.js';
import type { AuditedReport } from './audited.js';
import { barsOfTimes, barsOfUptime } from './bars.js';
import type { Block, Cell, Outline, Section, Table } from './outline.js';

/** Rows of a table; a report is read, and CSV has them all. */
const MAX_ROWS = 30;
const MAX_ITEMS = 12;
const MAX_OUTAGES = 15;

export interface OutlineOptions {
  /** `Weekly report`. */
  readonly name: string;
  /** Where people reach the monitor, without a slash at the end; undefined where that is not known. */
  readonly url: string | undefined;
  readonly version: string;
}

/** @param report of all services there are */
export function outlineOf(report: AuditedReport, { name, url, version }: OutlineOptions): Outline {
  const { dates: days } = report.daily;
  const dates = `${days[0]} to ${days.at(-1)}`;
  const { uptime } = report.uptime.cluster;
  return {
    title: `${name}, ${dates}: ${uptime === null ? 'no samples' : `${uptime} up`}`,
    summary: summaryOf(report),
    sections: [
      ...[services(report), models(report), todo(report), outages(report), alerts(report)],
      ...[changes(report), outlook(report)],
    ].filter(section => section !== undefined),
    url,
    footer: `langgraph-monitor ${version}; times are local. Availability is weighted by time; maintenance counts neither way.`,
  };
}

function summaryOf({ uptime: { cluster, services: all }, capacity: { summary } }: PeriodReport): string[] {
  if (cluster.uptime === null) return ['There are no samples of the period: nothing is known of it.'];
  const count = cluster.outage_count;
  const longest = Object.values(all)
    .flatMap(({ name, outages: each }) => each.map(outage => ({ name, ...outage })))
    .sort((a, b) => b.seconds - a.seconds)[0];
  const missed = Object.values(all).filter(({ budget_left: left }) => left !== null && left < 0);
  return [
    count === 0
      ? `${cluster.uptime} up, without an outage.`
      : `${cluster.uptime} up, ${counted(count, 'outage')}, ${span(cluster.downtime * 1000)} in all${
          longest
            ? `; the longest was ${longest.name}, ${span(longest.seconds * 1000)} from ${clock(longest.from)}`
            : ''
        }.`,
    ...(missed.length > 0
      ? [
          `${missed.length === 1 ? 'One service has' : `${missed.length} services have`} missed the objective: ${some(missed.map(each => each.name))}.`,
        ]
      : []),
    ...(summary.avg_response_time === null
      ? []
      : [
          `Services answered in ${summary.avg_response_time} on average${summary.total_requests === null ? '' : `; HAProxy passed on ${grouped(summary.total_requests)} requests, ${grouped(summary.peak_concurrent_users ?? 0)} sessions at once at most`}.`,
        ]),
    ...(cluster.coverage < 0.995
      ? [`The monitor looked ${percent(cluster.coverage)} of the time; nothing is known of the rest.`]
      : []),
  ];
}

const COLUMNS: Table['columns'] = [
  { name: 'Service' },
  { name: 'Uptime', isNumber: true },
  { name: 'Uptime by day' },
  { name: 'Objective', isNumber: true },
  { name: 'Outages', isNumber: true },
  { name: 'Down', isNumber: true },
  { name: 'Mean', isNumber: true },
  { name: 'p95', isNumber: true },
  { name: 'Mean by day' },
  { name: 'Trend' },
];

function services(report: PeriodReport): Section {
  const { uptime, performance_trends: trends, performance_analysis: analysis, daily } = report;
  const worstFirst = Object.entries(uptime.services).sort(
    ([, a], [, b]) => (a.uptime_ratio ?? 2) - (b.uptime_ratio ?? 2),
  );
  const rows = worstFirst.slice(0, MAX_ROWS).map(([id, service]): Cell[] => {
    const of = analysis[id];
    const metrics = of && 'performance_metrics' in of ? of.performance_metrics : undefined;
    const trend = trends.services[id];
    const days = daily.services[id];
    const time = (value: number | null | undefined) => (value == null ? '-' : seconds(value));
    return [
      service.name,
      service.uptime ?? '-',
      days ? barsOfUptime(service.name, daily.dates, days.uptime) : '',
      objectiveOf(service),
      String(service.outage_count),
      service.downtime === 0 ? '-' : span(service.downtime * 1000),
      time(metrics?.avg_response_time),
      time(metrics?.p95_response_time),
      days ? barsOfTimes(service.name, daily.dates, days.response_time) : '',
      trend?.trend ?? '-',
    ];
  });
  return { heading: 'Services', blocks: [cut({ kind: 'table', columns: COLUMNS, rows }, worstFirst.length)] };
}

function objectiveOf({ objective, budget_left: left }: ServiceUptime): string {
  if (objective === null) return '-';
  return `${percent(objective)}${left === null ? '' : left < 0 ? ', missed' : `, ${percent(left)} of the budget left`}`;
}

const MODEL_COLUMNS: Table['columns'] = [
  { name: 'Model' },
  { name: 'Service' },
  { name: 'Asked for' },
  { name: 'Questions', isNumber: true },
  { name: 'Answered', isNumber: true },
  { name: 'First token, or vector', isNumber: true },
  { name: 'Tokens per second', isNumber: true },
];
const ASKED_FOR = { generate: 'text', embed: 'vectors' } as const;

/** Models that services were asked to use; none where nothing is asked. */
function models({ models: all }: PeriodReport): Section | undefined {
  if (all.length === 0) return undefined;
  const rows = all
    .slice(0, MAX_ROWS)
    .map(({ model, name, test, questions, answered, response_time: time, tokens_per_second: rate }) => [
      ...[model, name, ASKED_FOR[test], grouped(questions)],
      answered === null ? '-' : percent(answered),
      time === null ? '-' : seconds(time),
      rate === null ? '-' : String(Number(rate.toPrecision(3))),
    ]);
  return {
    heading: 'Models, those that answered worst first',
    blocks: [cut({ kind: 'table', columns: MODEL_COLUMNS, rows }, all.length, 'format=json')],
  };
}

function outages({ uptime }: PeriodReport): Section | undefined {
  const all = Object.values(uptime.services)
    .flatMap(({ name, outages: each }) => each.map(outage => ({ name, ...outage })))
    .sort((a, b) => b.seconds - a.seconds);
  if (all.length === 0) return undefined;
  const rows = all
    .slice(0, MAX_OUTAGES)
    .map(({ name, from, to, seconds: length }) => [name, clock(from), clock(to), span(length * 1000)]);
  const columns: Table['columns'] = [
    { name: 'Service' },
    { name: 'From' },
    { name: 'To' },
    { name: 'Length', isNumber: true },
  ];
  return {
    heading: 'Outages, longest first',
    blocks: [cut({ kind: 'table', columns, rows }, all.length)],
  };
}

function todo({ recommendations, performance_trends: { insights } }: PeriodReport): Section | undefined {
  const blocks: Block[] = [
    ...(recommendations.length > 0 ? [list(recommendations)] : []),
    ...(insights.length > 0 ? [{ kind: 'text', text: 'Worth knowing:' } as const, list(insights)] : []),
  ];
  return blocks.length > 0 ? { heading: 'What to do, what helps most first', blocks } : undefined;
}

function outlook({ capacity: { growth_projections: growth } }: PeriodReport): Section {
  const { next_month, scaling_needed, cost_impact } = growth;
  const heading = 'What is to come';
  if ([next_month, scaling_needed].every(each => each.startsWith('Unknown')))
    return {
      heading,
      blocks: [{ kind: 'text', text: 'Nothing can be said yet: too little data for a projection.' }],
    };
  const items = [next_month, `Scaling needed: ${scaling_needed}`, `Cost: ${cost_impact}`];
  return { heading, blocks: [list(items)] };
}

function alerts({ alerts: fired }: PeriodReport): Section | undefined {
  if (fired.length === 0) return undefined;
  const rows = fired
    .slice(0, MAX_ROWS)
    .map(({ alertname, severity, count }) => [alertname, severity, String(count)]);
  const columns: Table['columns'] = [
    { name: 'Alert' },
    { name: 'Severity' },
    { name: 'Fired for', isNumber: true },
  ];
  return {
    heading: 'Alerts that fired',
    blocks: [cut({ kind: 'table', columns, rows }, fired.length)],
  };
}

/** What people changed; that a report was sent is no change. */
function changes({ audit_trail: trail, audit_trail_from: begin }: AuditedReport): Section {
  const heading = 'Changes, newest first';
  const all = trail.filter(({ event }) => event !== 'report sent');
  const rest: Block[] =
    begin === null
      ? []
      : [{ kind: 'text', text: `Changes before ${clock(begin)} are not known: only the latest are kept.` }];
  if (all.length === 0) return { heading, blocks: [{ kind: 'text', text: 'Nothing was changed.' }, ...rest] };
  const rows = all
    .slice(0, MAX_ROWS)
    .map(({ timestamp, event, by, details }) => [clock(timestamp), event, by, detailsOf(details)]);
  const columns: Table['columns'] = [{ name: 'When' }, { name: 'What' }, { name: 'By' }, { name: 'Details' }];
  return { heading, blocks: [cut({ kind: 'table', columns, rows }, all.length, 'format=json'), ...rest] };
}

/** Ids say nothing to a reader; JSON has them. */
const detailsOf = (details: Readonly<Record<string, string>>): string =>
  Object.entries(details)
    .filter(([name, value]) => name !== 'id' && value !== '')
    .map(([name, value]) => `${name.replaceAll('_', ' ')}: ${value}`)
    .join(', ');

/** @param where the rest is */
function cut(table: Table, count: number, where = 'format=csv and format=json'): Table {
  const more = count - table.rows.length;
  const have = where.includes(' and ') ? 'have' : 'has';
  return more > 0 ? { ...table, note: `and ${more} more; ${where} ${have} all` } : table;
}

function list(items: readonly string[]): Block {
  const more = items.length - MAX_ITEMS;
  return { kind: 'list', items: more > 0 ? [...items.slice(0, MAX_ITEMS), `and ${more} more`] : items };
}

/** `2026-11-24 14:05` of an ISO text. */
const clock = (iso: string): string => iso.slice(0, 'YYYY-MM-DDTHH:MM'.length).replace('T', ' ');
const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
const some = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
/** `1,240,000`. */
const grouped = (value: number): string => value.toLocaleString('en-US');
