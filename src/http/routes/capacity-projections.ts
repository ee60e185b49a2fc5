// GET /capacity_projections: load, sessions, disk and memory day by day, and what is to come of them.

import { z } from 'zod';
import { lastDays } from '../../analysis/asking.js';
import { capacityProjections as report } from '../../analysis/reports/capacity-projections.js';
import type { ApiContext } from '../context.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';
import { projection } from './capacity-report.js';
import { makeReport, manyDays, reply } from './reports.js';

const dates = z.array(z.string()).meta({ examples: [['2026-10-30', '2026-10-31']] });
const perDay = z.array(z.number());

export const capacityProjections = route({
  method: 'GET',
  path: '/capacity_projections',
  summary: 'The busiest hour of each day of what fills up, and of each day to come, with bounds and limits',
  query: () => z.object({ days: manyDays }),
  answer: () =>
    z.object({
      from: timestamp,
      to: timestamp,
      horizon_days: z.number(),
      interval: z.number().describe('Share of cases in which a value lies between its bounds'),
      loads: z.record(
        z.string(),
        projection().extend({
          name: z.string(),
          limit: z.number().nullable().describe('In the unit of the values; null where there is none'),
          known_seconds: z.number().describe('How much data there is'),
          needed_seconds: z.number().describe('How much a projection takes'),
          history: z
            .object({
              dates,
              busiest_hour: z
                .array(z.number().nullable())
                .describe('Highest mean of an hour; null for a day of which less than 18 hours are known'),
            })
            .describe('Days that are over'),
          expected: z
            .object({ dates, busiest_hour: perDay, low: perDay, high: perDay })
            .nullable()
            .describe('Today and the days to come; null with a `reason`'),
        }),
      ),
    }),
  others: reply,
  async handle(query, context: Pick<ApiContext, 'analyst'>) {
    const { report: body, headers } = await makeReport(context, report, lastDays(query.days));
    return { headers, body };
  },
});
