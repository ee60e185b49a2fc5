// GET /ui/public/...: what the status page shows to the public, `page.read_only`: copies of the endpoints it asks else,
// without addresses, bodies, error texts, receivers and the node. A proxy that lets nothing but the page through needs
// nothing but the page's own addresses.

import { z } from 'zod';
import { episodePages } from '../alert-history-pages.js';
import type { ApiContext } from '../context.js';
import { EPISODE_FIELDS, episodeLimit } from '../episode-query.js';
import { HttpError } from '../http-error.js';
import { buildHeader } from '../page/status-page.js';
import { publicQuery } from '../public/query.js';
import { runPublicQuery } from '../public/run-query.js';
import {
  publicAlerts,
  publicDetails,
  publicHealth,
  publicIncident,
  publicMaintenance,
  visibleServices,
} from '../public/view.js';
import { yesOrNo } from '../query.js';
import { type RouteDefinition, route } from '../route.js';
import { announcementView } from './announcements.js';

const PREFIX = '/ui/public';
const JSON_ANSWER = ['application/json'];
/** Alerts that are looked at for an answer: some are of services that are not shown. */
const LOOKED_AT = 1000;
const MAX_POINTS = 1500;

const health = route({
  method: 'GET',
  path: `${PREFIX}/cluster_health`,
  summary: '`/cluster_health` for the public: states and times of the services that are shown',
  answer: JSON_ANSWER,
  handle: (_, context: Pick<ApiContext, 'alerting' | 'clock' | 'cluster' | 'health'>) => ({
    body: publicHealth(context),
  }),
});

const events = route({
  method: 'GET',
  path: `${PREFIX}/events`,
  summary: '`/events` for the public: `health` with what `/ui/public/cluster_health` says',
  answer: ['text/event-stream'],
  others: { 503: { when: 'Too many clients are subscribed' } },
  handle: (_, { publicEvents: feed }: Pick<ApiContext, 'publicEvents'>, { lastEventId, client, signal }) => ({
    type: 'text/event-stream',
    headers: { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' },
    body: feed.open({ lastId: lastEventId, client, signal }),
    stallTimeout: feed.stallTimeout,
  }),
});

const alerts = route({
  method: 'GET',
  path: `${PREFIX}/alerts`,
  summary: '`/alerts` for the public: those that are sent, about services that are shown',
  query: () =>
    z.object({ detail: yesOrNo().optional().describe('Is always so; understood as `/alerts` does') }),
  answer: JSON_ANSWER,
  handle(_, context: Pick<ApiContext, 'alerting' | 'cluster' | 'clock' | 'health'>) {
    const details = publicAlerts(context);
    return { body: { count: details.length, details, muted: [] } };
  },
});

const { id, severity, service, alertname, active, before, after } = EPISODE_FIELDS;

const history = route({
  method: 'GET',
  path: `${PREFIX}/alert_history`,
  summary: '`/alert_history` for the public: alerts of services that are shown, from begin to end',
  query: () =>
    z.object({
      ...{ id, severity, service, alertname, active },
      limit: episodeLimit(LOOKED_AT),
      ...{ before, after },
    }),
  answer: JSON_ANSWER,
  async handle({ limit, ...wanted }, context: Pick<ApiContext, 'clock' | 'alerting' | 'cluster' | 'health'>) {
    const now = context.clock.now();
    const found = [];
    for await (const page of episodePages(context, { ...wanted, limit: LOOKED_AT }).pages)
      found.push(...page.flatMap(each => publicIncident(each, context, now) ?? []));
    return { body: { alert_history: found.slice(0, limit), count: found.length } };
  },
});

const details = route({
  method: 'GET',
  path: `${PREFIX}/services/:id`,
  summary:
    '`/services/ID` for the public: dependencies among services that are shown, and when its certificate ends',
  inPath: { id: { description: 'Of a service, as in monitor.yml', example: 'tools' } },
  answer: JSON_ANSWER,
  others: { 404: { when: 'There is no such service, or it is not shown' } },
  handle(_, context: Pick<ApiContext, 'cluster' | 'recent'>, { params: { id = '' } }) {
    const body = publicDetails(id, context);
    if (body === undefined) throw new HttpError(404, 'there is no such service');
    return { body };
  },
});

const announcements = route({
  method: 'GET',
  path: `${PREFIX}/announcements`,
  summary: '`/announcements` for the public: the same',
  answer: JSON_ANSWER,
  handle(_, { announcements: all, clock }: Pick<ApiContext, 'announcements' | 'clock'>) {
    const now = clock.now();
    const shown = all.list(now).map(each => announcementView(each, now));
    return { body: { announcements: shown, count: shown.length } };
  },
});

const maintenance = route({
  method: 'GET',
  path: `${PREFIX}/maintenance`,
  summary: '`/maintenance` for the public: of services that are shown, without the comment',
  answer: JSON_ANSWER,
  handle(_, context: Pick<ApiContext, 'alerting' | 'cluster' | 'clock' | 'health'>) {
    const shown = publicMaintenance(context);
    return { body: { maintenance: shown, count: shown.length } };
  },
});

const healthy = route({
  method: 'GET',
  path: `${PREFIX}/-/healthy`,
  summary: '200 while the process answers; the header `page-build` names the status page that is served',
  answer: ['text/plain'],
  handle: (_, { page }: Pick<ApiContext, 'page'>) => ({
    type: 'text/plain; charset=utf-8',
    headers: buildHeader(page()),
    body: 'Healthy.\n',
  }),
});

const seconds = () =>
  z
    .string()
    .regex(/^\d{1,12}(\.\d{1,6})?$/, 'expected seconds')
    .transform(Number);
const expression = z.string({ error: 'expected an expression' }).describe('Aggregations of what is public');

const instantQuery = route({
  method: 'GET',
  path: `${PREFIX}/api/v1/query`,
  summary: '`/api/v1/query` for the public: aggregations by service over some metrics alone',
  query: () => z.object({ query: expression }),
  answer: JSON_ANSWER,
  others: { 503: { when: 'The figures are not available' } },
  async handle({ query }, context: Pick<ApiContext, 'clock' | 'cluster' | 'query'>) {
    const time = Math.floor(context.clock.now());
    const data = await runPublicQuery({ type: 'query', query: allowed(query, context), time }, context);
    return { body: { status: 'success', data } };
  },
});

const rangeQuery = route({
  method: 'GET',
  path: `${PREFIX}/api/v1/query_range`,
  summary: '`/api/v1/query_range` for the public: aggregations by service over some metrics alone',
  query: () =>
    z.object({
      query: expression,
      start: seconds().describe('The first step, in seconds since the epoch'),
      end: seconds().describe('The last step'),
      step: seconds().describe('From one step to the next, in seconds'),
    }),
  answer: JSON_ANSWER,
  others: { 503: { when: 'The figures are not available' } },
  async handle({ query, start, end, step }, context: Pick<ApiContext, 'cluster' | 'query' | 'clock'>) {
    if (end < start || step < 1 || (end - start) / step > MAX_POINTS)
      throw new HttpError(400, `expected a step of at least 1 s and at most ${MAX_POINTS} points`);
    const range = { start: start * 1000, end: end * 1000, step: Math.floor(step * 1000) };
    const data = await runPublicQuery(
      { type: 'query_range', query: allowed(query, context), ...range },
      context,
    );
    return { body: { status: 'success', data } };
  },
});

function allowed(query: string, context: Pick<ApiContext, 'cluster'>): string {
  return publicQuery(
    query,
    visibleServices(context).map(({ id }) => id),
  );
}

/** All of them, for the catalogue. */
export const publicRoutes: readonly RouteDefinition[] = [
  health,
  events,
  alerts,
  history,
  details,
  announcements,
  maintenance,
  healthy,
  instantQuery,
  rangeQuery,
];
