// GET /performance_analysis: figures of each service's speed and availability, what repeats in them, and what to do.

import { z } from 'zod';
import { lastDays } from '../../analysis/asking.js';
import { performanceAnalysis as report } from '../../analysis/reports/performance-analysis.js';
import type { ApiContext } from '../context.js';
import { lazily } from '../lazily.js';
import { route } from '../route.js';
import { days, evidence, makeReport, peakHours, reply, trendWord } from './reports.js';

const seconds = z.number().nullable().describe('Seconds, answered checks only');

const service = lazily(() =>
  z.object({
    performance_metrics: z.object({
      avg_response_time: seconds,
      min_response_time: seconds,
      max_response_time: seconds,
      uptime_percentage: z.number().nullable().describe('Weighted by time, outside of maintenance'),
      p50_response_time: seconds,
      p95_response_time: seconds,
      p99_response_time: seconds,
      coverage: z.number().describe('Share of the period that the monitor looked, from 0 to 1'),
    }),
    patterns: z.object({
      variance: z.number().nullable().describe('Of the means of days, in seconds squared'),
      trend: trendWord.or(z.literal('variable')).nullable(),
      trend_reason: z.string(),
      daily: z
        .object({
          peak_hours: peakHours,
          profile: z
            .array(z.number().nullable())
            .describe('By hour of the day: multiples of the median of its day'),
        })
        .nullable()
        .describe('Null where days do not resemble each other'),
      weekly: z
        .object({ by_day: z.record(z.string(), z.number()).describe('Mean seconds by day of the week') })
        .nullable()
        .describe('Null with less than two weeks'),
    }),
    recommendations: z.array(z.string()).describe('What helps most first'),
    evidence,
  }),
);

export const performanceAnalysis = route({
  method: 'GET',
  path: '/performance_analysis',
  summary: "Each service's speed and availability over days, with what repeats and what to do",
  query: () => z.object({ days }),
  answer: () =>
    z.record(z.string(), service().or(z.object({ error: z.string() }))).describe('By id of a service'),
  others: reply,
  async handle(query, context: Pick<ApiContext, 'analyst'>) {
    const { report: body, headers } = await makeReport(context, report, lastDays(query.days));
    return { headers, body };
  },
});
