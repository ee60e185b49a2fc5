// GET /haproxy_metrics: HAProxy's backends as the document's get_haproxy_metrics gives them.

import { z } from 'zod';
import { isoLocal } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { lazily } from '../lazily.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';

const backend = lazily(() =>
  z.object({
    status: z.string(),
    total_sessions: z.number(),
    current_sessions: z.number(),
    response_time: z.number().describe('Seconds, average of the last 1024 requests'),
    queue_length: z.number(),
  }),
);

export const haproxyMetrics = route({
  method: 'GET',
  path: '/haproxy_metrics',
  summary: "HAProxy's backends, from its statistics",
  query: () =>
    z.object({
      service: z
        .string()
        .optional()
        .describe('Which HAProxy, by its key in the configuration; default the first one'),
    }),
  answer: () =>
    z.object({ timestamp, backends: z.record(z.string(), backend()), total_backends: z.number() }),
  others: {
    404: { when: 'No such HAProxy is configured' },
    503: { when: 'Its statistics could not be had' },
  },
  handle({ service: wanted }, { cluster }: Pick<ApiContext, 'cluster'>) {
    const service = cluster.services.find(each => each.kind === 'haproxy' && (wanted ?? each.id) === each.id);
    if (!service) {
      throw new HttpError(
        404,
        wanted !== undefined
          ? `no HAProxy service "${wanted}" is configured`
          : 'no service of kind haproxy is configured',
      );
    }
    const result = cluster.result(service.id);
    const backends = result?.facts?.haproxy?.backends;
    if (!result || !backends) {
      const why = result ? (result.error ?? 'no stats_url is configured') : 'not checked yet';
      throw new HttpError(503, `HAProxy stats unavailable: ${why}`);
    }
    return {
      body: { timestamp: isoLocal(result.at), backends, total_backends: Object.keys(backends).length },
    };
  },
});
