// GET /performance_history: a service's response time hour by hour, what was usual, and where it is heading.

import { z } from 'zod';
import { lastDays } from '../../analysis/asking.js';
import { performanceHistoryOf } from '../../analysis/reports/performance-history.js';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';
import { manyDays, ofFindings, reply, trendWord } from './reports.js';

const values = z.array(z.number().nullable());

export const performanceHistory = route({
  method: 'GET',
  path: '/performance_history',
  summary: "A service's response time by the hour, with the band of what is usual and the trend",
  query: () =>
    z.object({
      days: manyDays,
      service: z.string({ error: 'expected the id of a service' }).describe('Id of a service'),
    }),
  answer: () =>
    z.object({
      name: z.string(),
      from: timestamp,
      to: timestamp,
      start: z.number().describe('Seconds since the epoch: where the first hour begins'),
      step: z.number().describe('Seconds between two values'),
      values: values.describe('Mean seconds of the answered checks of each hour; null where none was'),
      usual: z
        .object({ lower: values, upper: values })
        .nullable()
        .describe('The band by which ServiceSlowerThanUsual judges'),
      usual_reason: z.string().nullable().describe('Why there is no band'),
      trend: trendWord.nullable().describe('Null: too little data'),
      trend_reason: z.string(),
      line: z
        .object({
          from: z.number(),
          to: z.number(),
          step_at: z.number().nullable().describe('When it changed at once, in seconds since the epoch'),
        })
        .nullable()
        .describe('What the trend rests on, in seconds; null where nothing changed beyond the noise'),
      query: z.string().describe('PromQL of the hour up to the moment it is asked for'),
    }),
  others: { ...reply, 404: { when: 'There is no such service' } },
  async handle({ days, service }, context: Pick<ApiContext, 'analyst'>) {
    const { report: body, headers } = await ofFindings(context, lastDays(days), findings =>
      performanceHistoryOf(service, findings),
    );
    if (!body) throw new HttpError(404, `no service "${service}"`);
    return { headers, body };
  },
});
