// GET /stats: the monitoring node and what is monitored.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { route } from '../route.js';

export const stats = route({
  method: 'GET',
  path: '/stats',
  summary: "The monitoring node's resources and the services monitored",
  answer: () =>
    z.object({
      cpu_percent: z.number().optional(),
      memory: z
        .object({ total: z.number(), available: z.number(), percent: z.number() })
        .optional()
        .describe('Bytes'),
      disk: z
        .object({ total: z.number(), free: z.number(), percent: z.number() })
        .optional()
        .describe('Bytes'),
      monitoring_uptime: z.number().describe('Seconds since start'),
      services_monitored: z.array(z.string()),
    }),
  handle(_, { cluster, health, clock }: Pick<ApiContext, 'cluster' | 'health' | 'clock'>) {
    const { cpu_percent, memory, disk } = cluster.node ?? {};
    return {
      body: {
        cpu_percent,
        memory,
        disk,
        monitoring_uptime: health.uptime(clock.elapsed()),
        services_monitored: cluster.services.map(service => service.id),
      },
    };
  },
});
