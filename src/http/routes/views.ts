// GET /ui/...: the status page's views besides the overview, each with an address of its own.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { wantsGzip } from '../accept-encoding.js';
import type { ApiContext } from '../context.js';
import { healthAnswers } from '../health-answer.js';
import { HttpError } from '../http-error.js';
import { PAGE_HEADERS } from '../page/frame.js';
import { pageBuild, type StatusPage, statusPage } from '../page/status-page.js';
import { utcOffset, utcOffsets } from '../page/utc-offsets.js';
import { publicAlerts, publicHealth, publicMaintenance } from '../public/view.js';
import { type RequestContext, type RouteResult, route } from '../route.js';
import { alertsBody } from './alerts.js';
import { announcementView } from './announcements.js';
import { maintenanceView } from './maintenance.js';

/** What a view begins with. */
type ViewContext = Pick<
  ApiContext,
  'alerting' | 'announcements' | 'clock' | 'cluster' | 'health' | 'node' | 'page' | 'version'
>;

/** The page depends on these headers of a request. */
export const VARY = { vary: 'accept, accept-encoding' };

const zip = promisify(gzip);

const view = { description: 'Which view', example: 'incidents' };

/** What stands in a view's address is the view's own; nothing in there is wrong. */
const query = () => z.looseObject({});

export const views = route({
  method: 'GET',
  path: '/ui/:view',
  summary: 'A view of the status page',
  inPath: { view },
  query,
  answer: ['text/html'],
  handle: (
    _,
    context: Pick<
      ApiContext,
      'alerting' | 'clock' | 'cluster' | 'version' | 'announcements' | 'health' | 'node' | 'page'
    >,
    request,
  ) => viewReply(context, request, `ui/${request.params.view}`),
});

export const viewsOfOne = route({
  method: 'GET',
  path: '/ui/:view/:id',
  summary: 'A view of the status page about one thing',
  inPath: {
    view: { description: 'Which view', example: 'service' },
    id: { description: "A service's id", example: 'tools' },
  },
  query,
  answer: ['text/html'],
  handle: (
    _,
    context: Pick<
      ApiContext,
      'alerting' | 'clock' | 'cluster' | 'version' | 'announcements' | 'health' | 'node' | 'page'
    >,
    request,
  ) =>
    viewReply(context, request, `ui/${request.params.view}/${encodeURIComponent(request.params.id ?? '')}`),
});

async function viewReply(context: ViewContext, request: RequestContext, path: string): Promise<RouteResult> {
  const page = await statusPage();
  if (!page?.hasView(path, context.page().readOnly))
    throw new HttpError(404, 'no such view; / leads to all there are');
  return statusReply(page, context, request, path);
}

function publicState(context: Pick<ApiContext, 'alerting' | 'clock' | 'cluster' | 'health'>) {
  return {
    health: publicHealth(context),
    alerts: { details: publicAlerts(context), muted: [] },
    maintenance: publicMaintenance(context),
  };
}

async function fullState(context: Pick<ApiContext, 'alerting' | 'clock' | 'cluster' | 'health'>) {
  return {
    health: JSON.parse(healthAnswers(context).current().bytes.toString('utf8')) as { services: object },
    alerts: await alertsBody(context, true),
    maintenance: maintenanceView(context),
  };
}

/** A view of the page as HTML. @param path below our address, without a slash in front */
export async function statusReply(
  page: StatusPage,
  context: ViewContext,
  request: RequestContext,
  path: string,
): Promise<RouteResult> {
  const { title, description, readOnly } = context.page();
  const now = context.clock.now();
  const state = readOnly ? publicState(context) : await fullState(context);
  const text = await page.draw({
    ...(readOnly ? { version: '', node: '' } : { version: context.version, node: context.node() }),
    ...{ title, description, readOnly },
    build: pageBuild(context.page()),
    utcOffset: utcOffset(now),
    offsets: utcOffsets(now),
    path,
    query: request.search,
    ...state,
    announcements: context.announcements.list(now).map(each => announcementView(each, now)),
  });
  const headers = { ...PAGE_HEADERS, ...VARY };
  const reply = { type: 'text/html; charset=utf-8', status: statusOf(request.params, state.health.services) };
  if (!wantsGzip(request.acceptEncoding)) return { ...reply, headers, body: text };
  return { ...reply, headers: { ...headers, 'content-encoding': 'gzip' }, body: await zip(text) };
}

/** A page about a service that is not there, or is not shown, says so. */
function statusOf({ view, id = '' }: RequestContext['params'], services: object): number {
  if (view !== 'service') return 200;
  const entry = Object.hasOwn(services, id)
    ? (services as Record<string, { hidden?: boolean }>)[id]
    : undefined;
  return entry === undefined || entry.hidden ? 404 : 200;
}
