// Prometheus' management paths: is it alive, is it ready, read the configuration again.
// Source: Prometheus, "Management API".

import { z } from 'zod';
import { ConfigError } from '../../config/load.js';
import type { ApiContext } from '../context.js';
import { HttpError, LoggedError } from '../http-error.js';
import { buildHeader } from '../page/status-page.js';
import { route } from '../route.js';

const PLAIN = 'text/plain; charset=utf-8';

export const healthy = route({
  method: 'GET',
  path: '/-/healthy',
  summary: '200 while the process answers; the header `page-build` names the status page that is served',
  answer: ['text/plain'],
  handle: (_, { page }: Pick<ApiContext, 'page'>) => ({
    type: PLAIN,
    headers: buildHeader(page()),
    body: 'langgraph-monitor is Healthy.\n',
  }),
});

export const ready = route({
  method: 'GET',
  path: '/-/ready',
  summary: '200 once the first scan has ended, 503 before',
  answer: ['text/plain'],
  others: { 503: { when: 'The first scan has not ended yet', answer: ['text/plain'] } },
  handle: (_, { watchdog }: Pick<ApiContext, 'watchdog'>) =>
    watchdog.scans > 0
      ? { type: PLAIN, body: 'langgraph-monitor is Ready.\n' }
      : { status: 503, type: PLAIN, body: 'Service Unavailable: the first scan has not ended yet\n' },
});

export const reload = route({
  method: 'POST',
  path: '/-/reload',
  summary: 'Reads the configuration again; needs --web.enable-lifecycle',
  answer: () => z.object({ status: z.literal('reloaded') }),
  others: {
    403: { when: 'Not allowed over HTTP, or to a page of another origin or host name' },
    500: { when: 'A configuration file is wrong; the running configuration stays' },
  },
  async handle(_, context: Pick<ApiContext, 'reload'>, { by }) {
    if (!context.reload)
      throw new HttpError(403, 'Lifecycle API is not enabled; start with --web.enable-lifecycle');
    try {
      await context.reload(by);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new LoggedError(500, `failed to reload config: ${error.mistakes.join('; ')}`);
    }
    return { body: { status: 'reloaded' } };
  },
});
