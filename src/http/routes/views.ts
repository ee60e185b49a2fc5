// GET /ui/...: the status page's views besides the overview, each with an address of its own.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { wantsGzip } from '../accept-encoding.js';
import type { Doors } from '../doors.js';
import { PAGE_HEADERS } from '../page/frame.js';
import { type StatusPage, statusPage } from '../page/status-page.js';
import { type Asked, HttpError, type Reply, route } from '../route.js';
import { alertsBody } from './alerts.js';
import { healthBytes } from './cluster-health.js';

/** Of the page, unless the configuration names it. */
const TITLE = 'langgraph-monitor';
/** The page depends on these headers of a request. */
export const VARY = { vary: 'accept, accept-encoding' };

const zip = promisify(gzip);

const view = { description: 'Which view', example: 'incidents' };

/** What stands in a view's address is the view's own; nothing in there is wrong. */
const query = z.looseObject({});

export const views = route({
  method: 'GET',
  path: '/ui/:view',
  summary: 'A view of the status page',
  inPath: { view },
  query,
  answer: ['text/html'],
  handle: (_, doors, asked) => viewReply(doors, asked, `ui/${asked.params.view}`),
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
  handle: (_, doors, asked) =>
    viewReply(doors, asked, `ui/${asked.params.view}/${encodeURIComponent(asked.params.id ?? '')}`),
});

async function viewReply(doors: Doors, asked: Asked, path: string): Promise<Reply> {
  const page = await statusPage();
  if (!page?.hasView(path)) throw new HttpError(404, 'no such view; / leads to all there are');
  return statusReply(page, doors, asked, path);
}

/** A view of the page as HTML. @param path below our address, without a slash in front */
export async function statusReply(
  page: StatusPage,
  doors: Doors,
  asked: Asked,
  path: string,
): Promise<Reply> {
  const text = page.draw({
    title: TITLE,
    version: doors.version,
    node: doors.node(),
    utcOffset: -new Date(doors.clock.now()).getTimezoneOffset(),
    path,
    query: asked.search,
    health: JSON.parse(healthBytes(doors).toString('utf8')),
    alerts: alertsBody(doors, true),
  });
  const headers = { ...PAGE_HEADERS, ...VARY };
  const type = 'text/html; charset=utf-8';
  if (!wantsGzip(asked.acceptEncoding)) return { type, headers, body: text };
  return { type, headers: { ...headers, 'content-encoding': 'gzip' }, body: await zip(text) };
}
