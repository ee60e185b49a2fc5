// GET /api/v2/silences/preview: what a silence with given matchers would cover. Alertmanager has no such endpoint; its page
// asks for the alerts alone.

import { z } from 'zod';
import { isResolved, type StoredAlert } from '../../alertmanager/alert-store.js';
import { type Matcher, matchesAll } from '../../alertmanager/matchers/matcher.js';
import type { ApiContext } from '../context.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { describe, filterOf } from './parameters.js';
import { Complaint, json } from './problem.js';

const strings = z.record(z.string(), z.string());
const previewed = z.object({ fingerprint: z.string(), labels: strings, annotations: strings });

export const silencePreview = endpoint({
  method: 'GET',
  path: 'silences/preview',
  summary: 'Which alerts and services a silence with these matchers would cover',
  query: () => z.object({ filter: describe.filter() }),
  answer: () =>
    z.object({
      alerts: z.array(previewed).describe('Alerts that fire and would be silenced'),
      services: z
        .array(z.string())
        .describe('Ids of the services that would be in maintenance with a comment that says so'),
      about: z.array(z.string()).describe('Ids of the services of which alerts would be silenced'),
      only: z
        .array(z.string())
        .describe('Matchers that name no service: other alerts of these services are sent as before'),
      left_out: z
        .array(previewed)
        .describe('Alerts that fire, of services the matchers name, and would not be silenced'),
    }),
  others: { 400: { when: 'A matcher is wrong, or there is none' }, 500: { when: 'Silences are elsewhere' } },
  handle({ query, now }, context: Pick<ApiContext, 'alerting' | 'cluster' | 'alertLabels'>) {
    notifierOf(context);
    const matchers = filterOf(query);
    if (matchers.length === 0) throw new Complaint(400, 'name at least one matcher: filter=target="tools"');
    const { alerting, cluster } = context;
    const firing = [...alerting.alerts.all()].filter(alert => !isResolved(alert, now));
    const [own, rest] = [matchers.filter(isOfService), matchers.filter(each => !isOfService(each))];
    const fitting = (those: readonly Matcher[]) =>
      cluster.services.filter(service => matchesAll(those, context.alertLabels(service))).map(({ id }) => id);
    const about = fitting(own);
    const named = new Set(own.length > 0 ? about : []);
    const isLeftOut = ({ labels }: StoredAlert) =>
      named.has(labels.get('target') ?? '') && !matchesAll(matchers, labels);
    return json({
      alerts: firing.filter(({ labels }) => matchesAll(matchers, labels)).map(alertView),
      services: fitting(matchers),
      about,
      only: rest.map(String),
      left_out: firing.filter(isLeftOut).map(alertView),
    });
  },
});

/** Labels of alerts that are the service's own, whatever the alert says of it. */
const OF_SERVICE = new Set(['target', 'name', 'job', 'instance']);

function isOfService({ name }: Matcher): boolean {
  return OF_SERVICE.has(name);
}

function alertView({ fingerprint, labels, annotations }: StoredAlert) {
  return { fingerprint, labels: labels.toJSON(), annotations };
}
