// GET and POST /api/v1/query: an expression at one moment.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { describe, limitOf, naming, optionalTime, queryOptions, runOptions } from './parameters.js';
import { queryResult } from './shapes.js';

export const query = endpoint({
  path: 'query',
  form: true,
  needsSamplesAlone: true,
  summary: 'A PromQL expression at one moment',
  query: () =>
    z.object({
      query: describe.query(),
      time: describe.time('When it is evaluated; now unless said'),
      timeout: describe.span('How long it may take', '30s'),
      limit: describe.limit('How many series the answer may have; 0 is any number'),
      lookback_delta: describe.span('How long a sample counts as present', '5m'),
      stats: describe.text('`all` also gives statistics of the query', 'all'),
    }),
  data: () => queryResult,
  others: { 422: { when: 'The expression has no answer' }, 503: { when: 'It took too long' } },
  handle(request, context: Pick<ApiContext, 'query'>) {
    const { form, now } = request;
    const limit = limitOf(form);
    const time = optionalTime(form, 'time', now);
    const options = runOptions(request);
    const apiQuery = {
      type: 'query',
      query: form.first('query'),
      time,
      limit,
      ...queryOptions(form),
    } as const;
    return naming('query', context.query.answer(apiQuery, options));
  },
});
