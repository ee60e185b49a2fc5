// GET /performance_trends: per service how fast it is and where that is heading; and what is worth knowing.

import { z } from 'zod';
import { lastDays } from '../../analysis/asking.js';
import { performanceTrends as report } from '../../analysis/reports/performance-trends.js';
import type { ApiContext } from '../context.js';
import { lazily } from '../lazily.js';
import { route } from '../route.js';
import { days, evidence, makeReport, peakHours, reply, trendWord } from './reports.js';

const service = lazily(() =>
  z.object({
    name: z.string(),
    avg_response_time: z.number().nullable().describe('Seconds, answered checks only'),
    trend: trendWord.nullable().describe('Null: too little data'),
    trend_reason: z.string(),
    change: z.number().nullable().describe('Of the response time over the period; 0.1: a tenth slower'),
    peak_hours: peakHours,
    failure_rate: z.string().nullable(),
    failure_ratio: z.number().nullable().describe('The same, from 0 to 1'),
    coverage: z.number().describe('Share of the period that the monitor looked, from 0 to 1'),
    recommendation: z.string(),
    evidence,
  }),
);

export const performanceTrends = route({
  method: 'GET',
  path: '/performance_trends',
  summary: 'How fast services are, where that is heading, when their peaks are and what to do',
  query: () => z.object({ days }),
  answer: () =>
    z
      .object({
        insights: z.array(z.string()).describe('What is worth knowing of the cluster, most important first'),
      })
      .catchall(service())
      .describe('By id of a service'),
  others: reply,
  async handle(query, context: Pick<ApiContext, 'analyst'>) {
    const { report: found, headers } = await makeReport(context, report, lastDays(query.days));
    return { headers, body: { ...found.services, insights: found.insights } };
  },
});
