// GET /api/v1/metadata: what metrics are about.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { describe, optionalNumber } from './parameters.js';

export const metadata = endpoint({
  path: 'metadata',
  summary: 'Type, help and unit of metrics',
  query: z.object({
    metric: describe.text('Only this metric', 'monitor_service_up'),
    limit: describe.limit('How many metrics there may be'),
    limit_per_metric: describe.limit('How many entries a metric may have'),
  }),
  data: z.record(z.string(), z.array(z.object({ type: z.string(), help: z.string(), unit: z.string() }))),
  handle({ form, signal }, { query }: Pick<ApiContext, 'query'>) {
    const limit = optionalNumber(form, 'limit') ?? -1;
    const limitPerMetric = optionalNumber(form, 'limit_per_metric') ?? 0;
    const metric = form.first('metric');
    return query.answer(
      {
        ask: 'metadata',
        ...(metric !== '' && { metric }),
        ...(limit >= 0 && { limit }),
        ...(limitPerMetric > 0 && { limitPerMetric }),
      },
      { signal },
    );
  },
});
