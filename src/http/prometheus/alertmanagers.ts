// GET /api/v1/alertmanagers: where alerts are sent; our own API where we are the Alertmanager, which clients ask for
// silences then. With `query.url` the Prometheus there knows.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';

const managers = z.array(z.object({ url: z.string() }));

export const alertmanagers = endpoint({
  path: 'alertmanagers',
  summary: 'Alertmanagers that alerts are sent to',
  data: () => z.object({ activeAlertmanagers: managers, droppedAlertmanagers: managers }),
  handle(_, { alerting, externalUrl }: Pick<ApiContext, 'alerting' | 'externalUrl'>) {
    const own = alerting.notifier ? [`${externalUrl()}/api/v2/alerts`] : [];
    const urls = alerting.sender?.addresses ?? own;
    return plain({ activeAlertmanagers: urls.map(url => ({ url })), droppedAlertmanagers: [] });
  },
});
