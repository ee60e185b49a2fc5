// GET /api/v2/alerts: alerts that are not over, with their receivers and what mutes them.

import { z } from 'zod';
import { matchingRoutes } from '../../alertmanager/dispatch/routes.js';
import type { ApiContext } from '../context.js';
import { alertFilterOf, alertView, mutedIfWanted } from './alert-view.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { describe, receiverOf } from './parameters.js';
import { json } from './problem.js';
import { gettableAlert } from './shapes.js';

export const getAlerts = endpoint({
  method: 'GET',
  path: 'alerts',
  summary: 'Active alerts with their receivers and what mutes them',
  query: () =>
    z.object({
      active: describe.show('active alerts'),
      silenced: describe.show('silenced alerts'),
      inhibited: describe.show('inhibited alerts'),
      unprocessed: describe.show('unprocessed alerts; there are none'),
      filter: describe.filter(),
      receiver: describe.receiver(),
    }),
  answer: () => z.array(gettableAlert()),
  handle({ query, now }, context: Pick<ApiContext, 'alerting'>) {
    const notifier = notifierOf(context);
    const filter = alertFilterOf(query);
    const wanted = receiverOf(query);
    const matching = [...context.alerting.alerts.all()].flatMap(alert => {
      const muted = mutedIfWanted(alert, filter, notifier, now);
      if (!muted) return [];
      const receivers = matchingRoutes(notifier.config.route, alert.labels).map(route => route.receiver);
      if (wanted && !receivers.some(name => wanted.matches(name))) return [];
      return [alertView(alert, muted, receivers)];
    });
    return json(matching.sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)));
  },
});
