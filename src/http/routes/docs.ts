// GET /docs: the endpoints for people, with a form to try each.

import type { ApiContext } from '../context.js';
import { docsPage } from '../page/docs.js';
import { TRY_IT } from '../page/try-it.js';
import { type EndpointDescription, type RouteDefinition, route } from '../route.js';
import { description } from './openapi.js';

/** @param catalogue what is described */
export const docs = (catalogue: () => readonly EndpointDescription[]): RouteDefinition =>
  route({
    method: 'GET',
    path: '/docs',
    summary: 'These endpoints as a page, to read and to try',
    answer: ['text/html'],
    handle: (_, context: Pick<ApiContext, 'externalUrl' | 'version'>) =>
      docsPage(description(context, catalogue()).document),
  });

/** The page's script. */
export const tryIt = route({
  method: 'GET',
  path: '/try-it.js',
  summary: 'The script of /docs',
  answer: ['text/javascript'],
  hidden: true,
  handle: () => ({
    type: 'text/javascript; charset=utf-8',
    headers: { 'cache-control': 'no-cache' },
    body: TRY_IT,
  }),
});
