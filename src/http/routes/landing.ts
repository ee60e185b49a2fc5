// GET /: the status page for a browser, a short page for everything else; always 200, because consumers take it for a
// liveness check.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { landingPage } from '../page/landing.js';
import { statusPage } from '../page/status-page.js';
import { STYLE } from '../page/style.js';
import { type RouteDefinition, route } from '../route.js';
import { statusReply, VARY } from './views.js';

/** @param linked the endpoints the page leads to */
export const landing = (linked: () => readonly RouteDefinition[]): RouteDefinition =>
  route({
    method: 'GET',
    path: '/',
    summary: 'How the cluster is: the status page for a browser, a short page with links to everything else',
    // The status page keeps filter and order in its address; nothing in there is wrong.
    query: () => z.looseObject({}),
    answer: ['text/html'],
    async handle(
      _,
      context: Pick<
        ApiContext,
        'alerting' | 'cluster' | 'version' | 'clock' | 'health' | 'page' | 'node' | 'announcements'
      >,
      request,
    ) {
      const page = wantsHtml(request.accept) ? await statusPage() : undefined;
      if (page) return statusReply(page, context, request, '');
      const short = landingPage(context, linked());
      return { ...short, headers: { ...short.headers, ...VARY } };
    },
  });

/** A browser names HTML; curl and health checks take anything. */
function wantsHtml(accept: string | undefined): boolean {
  const html = /(?:^|,)\s*text\/html\s*(?:;[^,]*?\bq=([\d.]+))?/i.exec(accept ?? '');
  return html !== null && Number(html[1] ?? 1) > 0;
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
