// GET /weekly_profile: when a service is slow or a load is high, by hour and day of the week.

import { z } from 'zod';
import { lastDays } from '../../analysis/asking.js';
import { LOADS, weeklyProfileOf } from '../../analysis/reports/weekly-profile.js';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';
import { manyDays, ofFindings, reply } from './reports.js';

const hour = z
  .object({ day: z.string(), hours: z.string().meta({ examples: ['14:00-15:00'] }), value: z.number() })
  .nullable();

export const weeklyProfile = route({
  method: 'GET',
  path: '/weekly_profile',
  summary: 'Response time of a service, or a load, by hour of the day and day of the week',
  query: () =>
    z.object({
      days: manyDays,
      service: z.string().optional().describe('Id of a service; without one the profile is of `load`'),
      load: z.enum(LOADS).default('requests').meta({ default: 'requests' }).describe('What is loaded'),
    }),
  answer: () =>
    z.object({
      name: z.string(),
      unit: z.enum(['seconds', 'requests/h', 'sessions', 'ratio']),
      from: timestamp,
      to: timestamp,
      days: z.array(z.string()).describe('Monday first; local time'),
      values: z
        .array(z.array(z.number().nullable()))
        .describe(
          'By day, then by hour from 0 to 23: the median of the means of that hour; null: nothing is known',
        ),
      median: z.number().nullable().describe('Of all hours'),
      busiest: hour.describe('The hour of the week with the highest value'),
      quietest: hour.describe('The one with the lowest'),
      known_hours: z.number().describe('Hours of the period that something is known of'),
      reason: z.string().nullable().describe('What is missing for a whole week'),
      query: z.string().describe('PromQL of the hour up to the moment it is asked for'),
    }),
  others: { ...reply, 404: { when: 'There is no such service' } },
  async handle({ days, service, load }, context: Pick<ApiContext, 'analyst'>) {
    const subject = service === undefined ? { load } : { service };
    const { report: body, headers } = await ofFindings(context, lastDays(days), findings =>
      weeklyProfileOf(subject, findings),
    );
    if (!body) throw new HttpError(404, `no service "${service}"`);
    return { headers, body };
  },
});
