// GET /api/v2/silences/preview: what a silence with given matchers would cover. Alertmanager has no such endpoint; its page
// asks for the alerts alone.

import { z } from 'zod';
import { isResolved } from '../../notify/alert-table.js';
import { matchesAll } from '../../notify/matcher.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { describe, filterOf } from './parameters.js';
import { Complaint, json } from './problem.js';

export const silencePreview = endpoint({
  method: 'GET',
  path: 'silences/preview',
  summary: 'Which alerts and services a silence with these matchers would cover',
  query: z.object({ filter: describe.filter() }),
  answer: z.object({
    alerts: z.array(z.object({ fingerprint: z.string(), labels: z.record(z.string(), z.string()) })),
    services: z
      .array(z.string())
      .describe('Ids of the services that would be in maintenance with a comment that says so'),
  }),
  others: { 400: { when: 'A matcher is wrong, or there is none' }, 500: { when: 'Silences are elsewhere' } },
  handle({ query, now }, doors) {
    notifierOf(doors);
    const matchers = filterOf(query);
    if (matchers.length === 0) throw new Complaint(400, 'name at least one matcher: filter=target="tools"');
    const { alerting, board } = doors;
    const alerts = [...alerting.alerts.all()]
      .filter(alert => !isResolved(alert, now) && matchesAll(matchers, alert.labels))
      .map(({ fingerprint, labels }) => ({ fingerprint, labels: labels.toJSON() }));
    const services = board.services
      .filter(service => matchesAll(matchers, doors.alertLabels(service)))
      .map(({ id }) => id);
    return json({ alerts, services });
  },
});
