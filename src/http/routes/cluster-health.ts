// GET /cluster_health: the whole cluster, from memory.

import { z } from 'zod';
import { wantsGzip } from '../accept-encoding.js';
import type { ApiContext } from '../context.js';
import { type HealthContext, healthAnswers, isCompressible } from '../health-answer.js';
import { secondsUpTo } from '../query.js';
import { type RouteResult, route } from '../route.js';
import { clusterHealth as shape } from '../shapes.js';

export const clusterHealth = route({
  method: 'GET',
  path: '/cluster_health',
  summary: 'Status of the cluster and of every service; the latest known state, always from memory',
  query: () =>
    z.object({
      max_age: secondsUpTo(86_400)
        .optional()
        .describe(
          'Results no older than this many seconds: stale services are checked first, for 5 s at most',
        ),
    }),
  answer: () => shape,
  async handle(
    { max_age },
    context: HealthContext & Pick<ApiContext, 'refresher'>,
    request,
  ): Promise<RouteResult> {
    const answers = healthAnswers(context);
    const takesGzip = wantsGzip(request.acceptEncoding);
    if (max_age !== undefined) await context.refresher.ensure(max_age, context.clock.now());
    const { bytes, isZipped } =
      max_age === undefined
        ? await answers.latest(takesGzip)
        : await answers.bytesOf(answers.current(true), takesGzip);
    if (!isZipped && !isCompressible(bytes)) return { body: bytes };
    const headers = { vary: 'accept-encoding', ...(isZipped && { 'content-encoding': 'gzip' }) };
    return { headers, body: bytes };
  },
});
