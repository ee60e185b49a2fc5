// GET /dashboard_data: all that a dashboard of one's own shows, in one answer.

import { z } from 'zod';
import { lastDays } from '../../analysis/asking.js';
import { dashboardData as report } from '../../analysis/reports/dashboard-data.js';
import type { ApiContext } from '../context.js';
import { healthAnswers } from '../health-answer.js';
import { route } from '../route.js';
import { clusterHealth, timestamp } from '../shapes.js';
import { days, makeReport, reply, trendWord } from './reports.js';

const points = <Value extends string>(name: Value) =>
  z
    .record(z.string(), z.array(z.object({ timestamp, [name]: z.number() })))
    .describe('By id of a service, by the hour');

export const dashboardData = route({
  method: 'GET',
  path: '/dashboard_data',
  summary: 'Current status, trends, series of the last 24 hours for charts, and recommendations',
  query: () => z.object({ days }),
  answer: () =>
    z.object({
      current_status: clusterHealth,
      trends: z
        .record(z.string(), trendWord)
        .describe('By id of a service; without those of which too little is known'),
      charts: z.object({
        response_times: points('response_time').describe('Seconds'),
        service_availability: points('availability').describe('From 0 to 1'),
        alert_frequency: z.array(
          z.object({ timestamp, critical: z.number(), warning: z.number(), info: z.number() }),
        ),
      }),
      recommendations: z.array(z.string()).describe('What helps most first'),
    }),
  others: reply,
  async handle(query, context: Pick<ApiContext, 'analyst' | 'cluster' | 'clock' | 'health'>) {
    const { report: found, headers } = await makeReport(context, report, lastDays(query.days));
    return {
      headers,
      body: { current_status: JSON.parse(healthAnswers(context).current().bytes.toString()), ...found },
    };
  },
});
