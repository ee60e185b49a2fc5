// GET /events: what is new of the cluster, as it happens.
// Source: WHATWG HTML, "Server-sent events".

import type { ApiContext } from '../context.js';
import { route } from '../route.js';

export const events = route({
  method: 'GET',
  path: '/events',
  summary:
    'Server-sent events: `health` with what `/cluster_health` says, at once and after every change; the header `Last-Event-ID` spares what is known',
  answer: ['text/event-stream'],
  others: { 503: { when: 'Too many clients are subscribed' } },
  handle: (_, { events: feed }: Pick<ApiContext, 'events'>, { lastEventId, client, signal }) => ({
    type: 'text/event-stream',
    headers: { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' },
    body: feed.open({ lastId: lastEventId, client, signal }),
    stallTimeout: feed.stallTimeout,
  }),
});
