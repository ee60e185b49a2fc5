// The services of a report as a table for spreadsheets, a row each, with numbers in base units.

import type { PeriodReport } from '../analysis/reports/period-report.js';
import type { ServiceUptime } from '../analysis/reports/uptime-report.js';
import { csvRow } from '../model/csv.js';

interface Row {
  readonly id: string;
  readonly uptime: ServiceUptime;
  readonly report: PeriodReport;
}

const figure = (value: number | null | undefined): string => (value == null ? '' : String(value));

function metrics({ id, report }: Row) {
  const found = report.performance_analysis[id];
  return found && 'performance_metrics' in found ? found.performance_metrics : undefined;
}

const COLUMNS: readonly (readonly [name: string, cell: (row: Row) => string])[] = [
  ['service', ({ id }) => id],
  ['name', ({ uptime }) => uptime.name],
  ['from', ({ report }) => report.from],
  ['to', ({ report }) => report.to],
  ['uptime_ratio', ({ uptime }) => figure(uptime.uptime_ratio)],
  ['downtime_seconds', ({ uptime }) => figure(uptime.downtime)],
  ['maintenance_seconds', ({ uptime }) => figure(uptime.maintenance)],
  ['coverage', ({ uptime }) => figure(uptime.coverage)],
  ['outages', ({ uptime }) => figure(uptime.outage_count)],
  ['mttr_seconds', ({ uptime }) => figure(uptime.mttr)],
  ['mtbf_seconds', ({ uptime }) => figure(uptime.mtbf)],
  ['objective', ({ uptime }) => figure(uptime.objective)],
  ['budget_left', ({ uptime }) => figure(uptime.budget_left)],
  ['response_time_mean_seconds', row => figure(metrics(row)?.avg_response_time)],
  ['response_time_p50_seconds', row => figure(metrics(row)?.p50_response_time)],
  ['response_time_p95_seconds', row => figure(metrics(row)?.p95_response_time)],
  ['response_time_p99_seconds', row => figure(metrics(row)?.p99_response_time)],
  ['failure_ratio', ({ id, report }) => figure(report.performance_trends.services[id]?.failure_ratio)],
  ['trend', ({ id, report }) => report.performance_trends.services[id]?.trend ?? ''],
  ['recommendation', ({ id, report }) => report.performance_trends.services[id]?.recommendation ?? ''],
];

export function csvOf(report: PeriodReport): string {
  const rows = Object.entries(report.uptime.services).map(([id, uptime]) => ({ id, uptime, report }));
  return (
    csvRow(COLUMNS.map(([name]) => name)) +
    rows.map(row => csvRow(COLUMNS.map(([, cell]) => cell(row)))).join('')
  );
}
