// Alertmanager's API: JSON bodies, and errors in its words. Changes that a page of another origin asks for are refused.

import { readJsonText } from '../body.js';
import { HttpError } from '../http-error.js';
import { refuseForeign } from '../origin.js';
import { problemOf } from '../problem.js';
import { Form } from '../prometheus/form.js';
import { requesterOf } from '../requester.js';
import type { RoutedRequest, Surface } from '../surface.js';
import type { AlertmanagerEndpoint } from './endpoint.js';
import { endpoints } from './index.js';
import { problemReply } from './problem.js';
import { validated } from './validate.js';

export const alertmanagerSurface: Surface<AlertmanagerEndpoint, RoutedRequest> = {
  prefix: '/api/v2',
  endpoints,
  // What Go's servers take.
  maxTarget: 1024 * 1024,
  // A slash at the end means nothing in Alertmanager's API.
  isStrict: false,
  // Any page may read, as in Alertmanager. Writing is JSON, and since its media type is not among what a foreign page may
  // send, browsers do not send it.
  cors: {
    always: { vary: 'origin' },
    headers: {
      'access-control-allow-headers': 'Accept, Authorization, Origin',
      'access-control-allow-methods': 'GET, OPTIONS',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Date',
    },
    status: 200,
  },
  async answer(endpoint, request, context) {
    const { method, body } = endpoint;
    if (method !== 'GET') refuseForeign(request, context.access());
    const { url = '' } = request;
    const at = url.indexOf('?');
    const parsed = {
      query: new Form(at < 0 ? '' : url.slice(at + 1)),
      silenceId: request.params.silenceID?.toString() ?? '',
      params: request.params as Record<string, string>,
      body: body && validated(await readJsonText(request, body), body),
      by: requesterOf(request),
      now: context.clock.now(),
    };
    return endpoint.handle(parsed, context);
  },
  failure(error) {
    const { status, message, headers } = problemOf(error);
    return { ...problemReply(error, status, message), headers };
  },
  notFound: path => new HttpError(404, `path ${path} was not found`),
  wrongMethod(_, method, methods) {
    const allow = [...methods].sort().join(',');
    return new HttpError(405, `method ${method} is not allowed, but [${allow}] are`, { allow });
  },
};
