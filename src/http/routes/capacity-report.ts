// GET /capacity_report: what was, what each service needs, and what is to come.

import { z } from 'zod';
import { lastDays } from '../../analysis/asking.js';
import { capacityReport as report } from '../../analysis/reports/capacity-report.js';
import type { ApiContext } from '../context.js';
import { lazily } from '../lazily.js';
import { route } from '../route.js';
import { days, evidence, makeReport, reply } from './reports.js';

const ratio = z.number().nullable().describe('The same, from 0 to 1');
const text = z.string().nullable();
const reasons = z.record(z.string(), z.string()).describe('Why a figure is null, by its key');

/** What is to come of a load. */
export const projection = lazily(() =>
  z.object({
    now: z.number().nullable().describe('Mean of the last week'),
    unit: z.enum(['requests/h', 'sessions', 'ratio']),
    next_month: z
      .object({ value: z.number(), low: z.number(), high: z.number() })
      .nullable()
      .describe('In 30 days; between the bounds in 80 of 100 cases'),
    change: z.number().nullable().describe('Of now; 0.2: a fifth more'),
    limit_reached: text.describe('A date, or `not within 90 days`; null where it has no limit'),
    limit_reached_earliest: text.describe('The same by the upper bound'),
    back_test_error: z
      .number()
      .nullable()
      .describe('Mean error, as a share, of what the data before would have told of the last days'),
    back_test_days: z.number().nullable(),
    reason: text.describe('Why there is none'),
    query: z.string(),
  }),
);

export const capacityReport = route({
  method: 'GET',
  path: '/capacity_report',
  summary: 'Uptime, load and response time of the last days, what each service needs, and what is to come',
  query: () => z.object({ days }),
  answer: () =>
    z.object({
      period: z.string().meta({ examples: ['2024-01-08 to 2024-01-15'] }),
      summary: z.object({
        total_uptime: text.describe('Of all services, weighted by time'),
        avg_response_time: text,
        total_requests: z.number().nullable().describe('Through the frontends of HAProxy'),
        peak_concurrent_users: z
          .number()
          .nullable()
          .describe('Most sessions at once in the frontends of HAProxy'),
        uptime_ratio: ratio,
        avg_response_time_seconds: z.number().nullable(),
        coverage: z.number().describe('Share of the period that the monitor looked, from 0 to 1'),
        reasons,
        evidence,
      }),
      service_analysis: z
        .record(
          z.string(),
          z.object({
            name: z.string(),
            uptime: text,
            uptime_ratio: ratio,
            timeout_rate: text,
            timeout_ratio: ratio,
            avg_cpu: text,
            peak_cpu: text,
            avg_memory: text,
            peak_memory: text,
            recommendation: z.string(),
            reasons,
            evidence,
          }),
        )
        .describe('By id of a service'),
      growth_projections: z.object({
        next_month: z.string(),
        scaling_needed: z.string(),
        cost_impact: z.string(),
        projections: z.record(z.string(), projection()),
      }),
      recommendations: z
        .array(
          z.object({
            service: z.string().nullable().describe('Id; null where it is about none'),
            name: z.string(),
            text: z.string(),
            evidence,
          }),
        )
        .describe('What to do, what helps most first; empty where there is nothing to do'),
    }),
  others: reply,
  async handle(query, context: Pick<ApiContext, 'analyst'>) {
    const { report: body, headers } = await makeReport(context, report, lastDays(query.days));
    return { headers, body };
  },
});
