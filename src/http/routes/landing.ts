// GET /: the status page for a browser, a short page for everything else; always 200, because consumers take it for a
// sign of life.

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { wantsGzip } from '../accept-encoding.js';
import type { Doors } from '../doors.js';
import { PAGE_HEADERS } from '../page/frame.js';
import { landingPage } from '../page/landing.js';
import { type StatusPage, statusPage } from '../page/status-page.js';
import { STYLE } from '../page/style.js';
import { type Asked, type Reply, type Route, route } from '../route.js';
import { alertsBody } from './alerts.js';
import { healthBytes } from './cluster-health.js';

/** Of the page, unless the configuration names it. */
const TITLE = 'langgraph-monitor';
const VARY = { vary: 'accept, accept-encoding' };

const zip = promisify(gzip);

/** @param linked the endpoints the page leads to */
export const landing = (linked: () => readonly Route[]): Route =>
  route({
    method: 'GET',
    path: '/',
    summary: 'How the cluster is: the status page for a browser, a short page with links to everything else',
    // The status page keeps filter and order in its address; nothing in there is wrong.
    query: z.looseObject({}),
    answer: ['text/html'],
    async handle(_, doors, asked) {
      const page = wantsHtml(asked.accept) ? await statusPage() : undefined;
      if (page) return statusReply(page, doors, asked);
      const short = landingPage(doors, linked());
      return { ...short, headers: { ...short.headers, ...VARY } };
    },
  });

/** A browser names HTML; curl and health checks take anything. */
function wantsHtml(accept: string | undefined): boolean {
  const html = /(?:^|,)\s*text\/html\s*(?:;[^,]*?\bq=([\d.]+))?/i.exec(accept ?? '');
  return html !== null && Number(html[1] ?? 1) > 0;
}

async function statusReply(page: StatusPage, doors: Doors, asked: Asked): Promise<Reply> {
  const text = page.draw({
    title: TITLE,
    version: doors.version,
    node: doors.node(),
    utcOffset: -new Date(doors.clock.now()).getTimezoneOffset(),
    query: asked.search,
    health: JSON.parse(healthBytes(doors).toString('utf8')),
    alerts: alertsBody(doors, true),
  });
  const headers = { ...PAGE_HEADERS, ...VARY };
  const type = 'text/html; charset=utf-8';
  if (!wantsGzip(asked.acceptEncoding)) return { type, headers, body: text };
  return { type, headers: { ...headers, 'content-encoding': 'gzip' }, body: await zip(text) };
}

/** The other pages' style sheet. */
export const style = route({
  method: 'GET',
  path: '/page.css',
  summary: "The pages' style sheet",
  answer: ['text/css'],
  hidden: true,
  handle: () => ({ type: 'text/css; charset=utf-8', headers: { 'cache-control': 'no-cache' }, body: STYLE }),
});
