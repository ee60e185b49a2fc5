// GET /report: everything of a week or a month in one, to be read, printed or sent. `reports` of monitor.yml sends the same.

import { z } from 'zod';
import { lastDays, monthOf, type Scope } from '../../analysis/asking.js';
import { periodReport } from '../../analysis/reports/period-report.js';
import { INFERENCE_TESTS } from '../../model/inference.js';
import { withAudit } from '../../report/audited.js';
import { FORMATS, forms } from '../../report/formats.js';
import { nameOf } from '../../report/period.js';
import type { ApiContext } from '../context.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';
import { days, makeReport, reply } from './reports.js';

/** The document has styles in its elements, as mail wants them, and nothing else that a browser would have to load. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox allow-top-navigation-by-user-activation";

export const report = route({
  method: 'GET',
  path: '/report',
  summary:
    'Uptime, outages, speed, recommendations and projections of a period, to be read, printed or processed',
  query: () =>
    z.object({
      days,
      month: z
        .string()
        .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected a month such as 2026-10')
        .optional()
        .describe('Of the local calendar, instead of `days`')
        .meta({ examples: ['2026-10'] }),
      format: z
        .enum(FORMATS, { error: `expected ${FORMATS.join(', ')}` })
        .default('json')
        .meta({ default: 'json' }),
    }),
  answer: () =>
    z.object({
      from: timestamp,
      to: timestamp,
      uptime: z.object({}).loose().describe('As /uptime_report'),
      performance_trends: z.object({}).loose().describe('As /performance_trends'),
      performance_analysis: z.object({}).loose().describe('As /performance_analysis'),
      capacity: z.object({}).loose().describe('As /capacity_report'),
      daily: z.object({
        dates: z.array(z.string()).describe('Of the local calendar'),
        services: z.record(
          z.string(),
          z.object({
            uptime: z.array(z.number().nullable()).describe('From 0 to 1'),
            response_time: z.array(z.number().nullable()).describe('Mean of answered checks, seconds'),
          }),
        ),
      }),
      models: z
        .array(
          z.object({
            service: z.string(),
            name: z.string().describe('Of the service'),
            test: z.enum(INFERENCE_TESTS),
            model: z.string(),
            questions: z.number(),
            answered: z.number().nullable().describe('Share of the questions, from 0 to 1'),
            response_time: z
              .number()
              .nullable()
              .describe('Mean until the first token, or the vector; seconds'),
            tokens_per_second: z.number().nullable(),
          }),
        )
        .describe('Models that were asked for text or vectors, those that answered worst first'),
      alerts: z.array(
        z.object({
          alertname: z.string(),
          severity: z.string(),
          count: z.number().describe('Different alerts of this name that fired'),
        }),
      ),
      recommendations: z.array(z.string()).describe('What helps most first'),
      audit_trail: z
        .array(
          z.object({
            timestamp,
            event: z.string(),
            by: z.string(),
            details: z.record(z.string(), z.string()),
          }),
        )
        .describe('Changes in the period, newest first, as /audit_trail has them'),
      audit_trail_from: timestamp
        .nullable()
        .describe('Where the trail begins later than the period: older entries are not kept'),
    }),
  others: reply,
  async handle(
    { days: count, month, format },
    context: Pick<ApiContext, 'analyst' | 'alerting' | 'externalUrl' | 'version'>,
  ) {
    const { scope, name, file } = request(count, month);
    const { report: figures, headers } = await makeReport(context, periodReport, scope);
    const found = withAudit(figures, context.alerting.audit);
    if (format === 'json') return { headers, body: found };
    const { type, write } = forms[format];
    const body = write(found, { name, url: context.externalUrl(), version: context.version });
    const more: Record<string, string> =
      format === 'html'
        ? { 'content-security-policy': POLICY }
        : { 'content-disposition': `attachment; filename="${file}.${format}"` };
    return { type, headers: { ...headers, ...more }, body };
  },
});

function request(count: number, month: string | undefined): { scope: Scope; name: string; file: string } {
  if (month === undefined)
    return { scope: lastDays(count), name: nameOf({ days: count }), file: `report-${count}-days` };
  const [year, number] = month.split('-').map(Number) as [number, number];
  return { scope: monthOf(year, number), name: nameOf('month'), file: `report-${month}` };
}
