// GET /cluster_health: the whole cluster, from memory.

import { z } from 'zod';
import type { Doors } from '../context.js';
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
  async handle({ max_age }, doors) {
    if (max_age !== undefined) await doors.refresher.ensure(max_age, doors.clock.now());
    return { body: healthBytes(doors) };
  },
});

const cached = new WeakMap<Doors, { version: number; second: number; bytes: Buffer }>();

/** The answer's bytes; made anew when something has changed, and every second for the sake of its clock. */
export function healthBytes(doors: Doors): Buffer {
  const elapsed = doors.clock.elapsed();
  const second = Math.floor(elapsed / 1000);
  const { version } = doors.board;
  const known = cached.get(doors);
  if (known?.version === version && known.second === second) return known.bytes;
  const bytes = Buffer.from(doors.snapshots.write(doors.clock.now(), elapsed));
  cached.set(doors, { version, second, bytes });
  return bytes;
}
