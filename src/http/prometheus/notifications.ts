// GET /api/v1/notifications: what Prometheus' own page shows its operator; ours are in /health and the log.

import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';

export const notifications = endpoint({
  path: 'notifications',
  summary: "Notices to the operator; always none, `/health` has the monitor's own troubles",
  data: () => z.array(z.unknown()),
  handle: () => plain([]),
});
