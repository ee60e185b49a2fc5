// GET /graph and /query: Prometheus' addresses of its expression browser, to which rules' `generatorURL` leads. Here they
// lead to the status page's explorer, which reads the same query string.

import { z } from 'zod';
import { type RouteDefinition, route } from '../route.js';

function toExplorer(path: '/graph' | '/query'): RouteDefinition {
  return route({
    method: 'GET',
    path,
    summary: "Prometheus' expression browser: leads to the status page's explorer",
    query: () => z.looseObject({}),
    answer: ['text/html'],
    others: { 302: { when: 'Always', answer: ['text/html'] } },
    hidden: true,
    handle: (_, __: unknown, { search }) => ({
      status: 302,
      type: 'text/plain; charset=utf-8',
      headers: { location: `ui/explore${search === '' ? '' : `?${search.replace(/^\?/, '')}`}` },
      body: 'see the explorer of the status page\n',
    }),
  });
}

export const graph = toExplorer('/graph');
/** Since Prometheus 3. */
export const queryPage = toExplorer('/query');
