// GET /api/v1/alerts: alerts of rules that are pending or firing.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';

export const alerts = endpoint({
  path: 'alerts',
  summary: 'Alerts of rules, pending and firing',
  data: () => z.object({ alerts: z.array(z.unknown()) }),
  handle: (_, { query }: Pick<ApiContext, 'query'>) => query.alerts(),
});
