// GET /uptime_calendar: how much of each day services were up, for years.

import { z } from 'zod';
import { lastDays } from '../../analysis/asking.js';
import { uptimeCalendar as report } from '../../analysis/reports/uptime-calendar.js';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { wholeNumber } from '../query.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';
import { makeReport, reply } from './reports.js';

const YEARS = 10;

export const uptimeCalendar = route({
  method: 'GET',
  path: '/uptime_calendar',
  summary: 'Uptime of each day, also of days whose samples are gone',
  query: () =>
    z.object({
      days: wholeNumber(1, YEARS * 366)
        .default(365)
        .meta({ description: 'How many days back, today among them', default: 365 }),
      service: z.string().optional().describe('Id of a service; all of them unless said'),
    }),
  answer: () =>
    z.object({
      from: timestamp,
      to: timestamp,
      dates: z.array(z.string()).describe('Of the local calendar, oldest first; the last is today'),
      services: z
        .record(
          z.string(),
          z.object({
            name: z.string(),
            uptime: z
              .array(z.number().nullable())
              .describe('By day, from 0 to 1, outside of maintenance; null where the monitor did not look'),
            downtime: z.array(z.number()).describe('Seconds seen down'),
            maintenance: z.array(z.number()).describe('Seconds of planned maintenance'),
          }),
        )
        .describe('By id of a service'),
    }),
  others: { ...reply, 404: { when: 'There is no such service' } },
  async handle({ days, service }, context: Pick<ApiContext, 'analyst'>) {
    const { report: found, headers } = await makeReport(context, report(days), lastDays(1));
    if (service === undefined) return { headers, body: found };
    const one = found.services[service];
    if (!one) throw new HttpError(404, `no service "${service}"`);
    return { headers, body: { ...found, services: { [service]: one } } };
  },
});
