// GET /maintenance: what is planned or under way, as the silences have it.

import { z } from 'zod';
import { isoLocal } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { plannedMaintenance } from '../page/maintenance.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';

export const maintenance = route({
  method: 'GET',
  path: '/maintenance',
  summary: 'Maintenance that is planned or under way: silences whose comment begins with `maintenance`',
  answer: () =>
    z.object({
      maintenance: z.array(
        z.object({
          id: z.string().describe('Of the silence'),
          state: z.enum(['active', 'planned']),
          starts_at: timestamp,
          ends_at: timestamp,
          services: z
            .array(z.string())
            .optional()
            .describe('Services whose alerts the silence may match; absent where it names none'),
          comment: z.string().describe("The silence's"),
        }),
      ),
      count: z.number(),
    }),
  handle(_, context: Pick<ApiContext, 'alerting' | 'cluster' | 'clock'>) {
    const all = maintenanceView(context);
    return { body: { maintenance: all, count: all.length } };
  },
});

/** Maintenance as the endpoint shows it. */
export function maintenanceView(context: Pick<ApiContext, 'alerting' | 'clock' | 'cluster'>) {
  return plannedMaintenance(context).map(({ id, startsAt, endsAt, isActive, services, comment }) => ({
    id,
    state: isActive ? 'active' : 'planned',
    starts_at: isoLocal(startsAt),
    ends_at: isoLocal(endsAt),
    services,
    comment,
  }));
}
