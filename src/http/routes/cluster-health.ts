// GET /cluster_health: the whole cluster, from memory.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { secondsUpTo } from '../query.js';
import { route } from '../route.js';
import { clusterHealth as shape } from '../shapes.js';

export const clusterHealth = route({
  method: 'GET',
  path: '/cluster_health',
  summary: 'Status of the cluster and of every service; the latest known state, always from memory',
  query: z.object({
    max_age: secondsUpTo(86_400)
      .optional()
      .describe('Results no older than this many seconds: stale services are checked first, for 5 s at most'),
  }),
  answer: shape,
  async handle({ max_age }, context: Pick<ApiContext, 'refresher' | 'clock' | 'cluster' | 'health'>) {
    if (max_age !== undefined) await context.refresher.ensure(max_age, context.clock.now());
    return { body: healthBytes(context) };
  },
});

const cached = new WeakMap<ApiContext['health'], { version: number; second: number; bytes: Buffer }>();

/** The answer's bytes; rebuilt when something has changed, and every second for the sake of its clock. */
export function healthBytes(context: Pick<ApiContext, 'clock' | 'cluster' | 'health'>): Buffer {
  const elapsed = context.clock.elapsed();
  const second = Math.floor(elapsed / 1000);
  const { version } = context.cluster;
  const known = cached.get(context.health);
  if (known?.version === version && known.second === second) return known.bytes;
  const bytes = Buffer.from(context.health.write(context.clock.now(), elapsed));
  cached.set(context.health, { version, second, bytes });
  return bytes;
}
