// GET /api/v2/alert/FINGERPRINT/notifications: what was sent about one alert, and what comes next. Alertmanager has no such
// endpoint; it is here because the fingerprint is that of /api/v2/alerts.

import { z } from 'zod';
import { alertIdentity } from '../../model/alert.js';
import type { ApiContext } from '../context.js';
import { notificationShapes, notificationsAbout } from '../notifications.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { Complaint, json } from './problem.js';
import { printed } from './shapes.js';

export const alertNotifications = endpoint({
  method: 'GET',
  path: 'alert/:fingerprint/notifications',
  summary: 'Which notifications were sent about an alert, and which come next',
  inPath: { fingerprint: { description: 'As in /api/v2/alerts', example: '6d9a2e2f1b3c4d5e' } },
  answer: () =>
    z.object({
      fingerprint: z.string(),
      ...notificationShapes(z.string().meta({ examples: ['2024-01-15T10:30:45.123Z'] })),
    }),
  others: { 404: { when: 'There is no such alert' }, 500: { when: 'Alerts are elsewhere' } },
  handle({ params }, context: Pick<ApiContext, 'alerting'>) {
    notifierOf(context);
    const { fingerprint = '' } = params;
    const { alerting } = context;
    const alert = alerting.alerts.get(fingerprint);
    if (!alert) throw new Complaint(404, `there is no alert with the fingerprint ${fingerprint}`);
    const sent = alerting.history.latest(alertIdentity(alert.labels.toJSON()))?.notifications ?? [];
    const view = { forecast: alerting.forecast(), context, print: printed };
    return json({ fingerprint, ...notificationsAbout(fingerprint, sent, view) });
  },
});
