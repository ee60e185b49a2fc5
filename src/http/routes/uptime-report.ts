// GET /uptime_report: how long and how often services were down in a month, against their objectives.

import { z } from 'zod';
import { monthOf } from '../../analysis/asking.js';
import { uptimeReport as report, type ServiceUptime } from '../../analysis/reports/uptime-report.js';
import { csvRow } from '../../model/csv.js';
import { isoLocal, type Millis } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { lazily } from '../lazily.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';
import { evidence, makeReport, reply } from './reports.js';

const MONTH = 'expected a month such as 2026-10';

const uptime = lazily(() =>
  z.object({
    uptime: z.string().nullable().describe('Weighted by time, outside of maintenance'),
    uptime_ratio: z.number().nullable().describe('The same, from 0 to 1'),
    downtime: z.number().describe('Seconds seen down outside of maintenance'),
    maintenance: z.number().describe('Seconds of planned maintenance, which counts neither way'),
    coverage: z.number().describe('Share of the period that the monitor looked, from 0 to 1'),
    outage_count: z.number(),
    mttr: z.number().nullable().describe('Mean seconds to repair; null without outages'),
    mtbf: z.number().nullable().describe('Mean seconds of being up for each outage; null without outages'),
  }),
);

const service = lazily(() =>
  uptime().extend({
    name: z.string(),
    critical: z.boolean(),
    objective: z
      .number()
      .nullable()
      .describe('By the rule `langgraph:availability_objective:ratio`, from 0 to 1'),
    budget_left: z
      .number()
      .nullable()
      .describe('Share of the error budget of the period; negative: overspent'),
    rolled_up_days: z.number().describe('Days whose samples are gone, so that only their roll-up is left'),
    reasons: z.record(z.string(), z.string()).describe('Why a figure is null, by its key'),
    outages: z
      .array(z.object({ from: timestamp, to: timestamp, seconds: z.number() }))
      .describe('Oldest first'),
    evidence,
  }),
);

export const uptimeReport = route({
  method: 'GET',
  path: '/uptime_report',
  summary:
    'Uptime, outages, mean times to repair and between failures, objectives and maintenance of a month',
  query: () =>
    z.object({
      month: z
        .string()
        .regex(/^\d{4}-(0[1-9]|1[0-2])$/, MONTH)
        .optional()
        .describe('Of the local calendar; the present one unless said')
        .meta({ examples: ['2026-10'] }),
      format: z
        .enum(['json', 'csv'], { error: 'expected json or csv' })
        .default('json')
        .meta({ description: 'csv: a table for spreadsheets, a row a service', default: 'json' }),
    }),
  answer: () =>
    z.object({
      month: z.string(),
      from: timestamp,
      to: timestamp.describe('The end of the month, or now'),
      cluster: uptime().describe('The times of all services together'),
      services: z.record(z.string(), service()).describe('By id of a service'),
    }),
  others: reply,
  async handle({ month: request, format }, context: Pick<ApiContext, 'clock' | 'analyst'>) {
    const month = request ?? monthAt(context.clock.now());
    const [year, number] = month.split('-').map(Number) as [number, number];
    const { report: found, headers } = await makeReport(context, report, monthOf(year, number));
    if (format === 'json') return { headers, body: { month, ...found } };
    const rows = Object.entries(found.services).map(([id, each]) =>
      csvRow(COLUMNS.map(([, cell]) => cell(each, id))),
    );
    return {
      type: 'text/csv; charset=utf-8',
      headers: { ...headers, 'content-disposition': `attachment; filename="uptime-${month}.csv"` },
      body: csvRow(COLUMNS.map(([name]) => name)) + rows.join(''),
    };
  },
});

const monthAt = (now: Millis) => isoLocal(now).slice(0, 'YYYY-MM'.length);

const figure = (value: number | null) => (value === null ? '' : String(value));

/** Columns of the table, each with what stands in it. */
const COLUMNS: readonly (readonly [name: string, cell: (service: ServiceUptime, id: string) => string])[] = [
  ['service', (_, id) => id],
  ['name', ({ name }) => name],
  ['uptime_ratio', ({ uptime_ratio }) => figure(uptime_ratio)],
  ['downtime_seconds', ({ downtime }) => figure(downtime)],
  ['maintenance_seconds', ({ maintenance }) => figure(maintenance)],
  ['coverage', ({ coverage }) => figure(coverage)],
  ['outages', ({ outage_count }) => figure(outage_count)],
  ['mttr_seconds', ({ mttr }) => figure(mttr)],
  ['mtbf_seconds', ({ mtbf }) => figure(mtbf)],
  ['objective', ({ objective }) => figure(objective)],
  ['budget_left', ({ budget_left }) => figure(budget_left)],
];
