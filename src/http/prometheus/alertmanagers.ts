// GET /api/v1/alertmanagers: where alerts are sent.

import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';

const managers = z.array(z.object({ url: z.string() }));

export const alertmanagers = endpoint({
  path: 'alertmanagers',
  summary: 'Alertmanagers that alerts are sent to',
  data: z.object({ activeAlertmanagers: managers, droppedAlertmanagers: managers }),
  handle: () => plain({ activeAlertmanagers: [], droppedAlertmanagers: [] }),
});
