// The Prometheus HTTP API: parameters as Go reads them, answers and errors in Prometheus' envelope.

import { QueryError } from '../../query/engine.js';
import { HttpError } from '../http-error.js';
import { problemOf } from '../problem.js';
import type { RoutedRequest, Surface } from '../surface.js';
import type { ApiEndpoint } from './endpoint.js';
import { failure, success, zipped } from './envelope.js';
import { readForm } from './form.js';
import { endpoints } from './index.js';

export const prometheusSurface: Surface<ApiEndpoint, RoutedRequest> = {
  prefix: '/api/v1',
  endpoints,
  // What Go's servers take, since Grafana and others put long lists of label values into a URL.
  maxTarget: 1024 * 1024,
  isStrict: true,
  // CORS headers as Prometheus sends them by default (web.cors.origin).
  cors: {
    always: {},
    headers: {
      'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'Date',
      vary: 'origin',
    },
    status: 204,
  },
  async answer(endpoint, request, context, signal) {
    const form = await readForm(request);
    const name = request.params.name?.toString() ?? '';
    const parsed = { form, name, now: Math.floor(context.clock.now()), signal };
    const reply = success(await endpoint.handle(parsed, context));
    return zipped(reply, request.headers['accept-encoding']?.toString());
  },
  failure(error) {
    const { status, message, headers } = problemOf(error);
    return { ...failure(status, message, error instanceof QueryError ? error.type : undefined), headers };
  },
  notFound: path => new HttpError(404, `no such path ${path}; see /docs`),
  wrongMethod(path, method, allowed) {
    const allow = [...allowed.flatMap(each => (each === 'GET' ? ['GET', 'HEAD'] : each)), 'OPTIONS'].join(
      ', ',
    );
    return new HttpError(405, `${path} takes ${allow}, not ${method}`, { allow });
  },
};
