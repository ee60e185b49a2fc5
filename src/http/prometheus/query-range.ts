// GET and POST /api/v1/query_range: an expression over a range of time.

import { z } from 'zod';
import type { Millis } from '../../model/time.js';
import { QueryError } from '../../query/engine.js';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import type { Form } from './form.js';
import {
  describe,
  invalid,
  limitOf,
  naming,
  queryOptions,
  requiredSpan,
  requiredTime,
  runOptions,
} from './parameters.js';
import { queryResult } from './shapes.js';

/** Enough for a week by the minute or a year by the hour. */
const MAX_POINTS = 11_000;

export const queryRange = endpoint({
  path: 'query_range',
  form: true,
  needsSamplesAlone: true,
  summary: 'A PromQL expression over a range of time',
  query: () =>
    z.object({
      query: describe.query(),
      start: describe.time('The first step').nonoptional(),
      end: describe.time('The last step').nonoptional(),
      step: describe.span('From one step to the next').nonoptional(),
      timeout: describe.span('How long it may take', '30s'),
      limit: describe.limit('How many series the answer may have; 0 is any number'),
      lookback_delta: describe.span('How long a sample counts as present', '5m'),
      stats: describe.text('`all` also gives statistics of the query', 'all'),
    }),
  data: () => queryResult,
  others: { 422: { when: 'The expression has no answer' }, 503: { when: 'It took too long' } },
  handle(request, context: Pick<ApiContext, 'query'>) {
    const { form } = request;
    const limit = limitOf(form);
    const range = rangeOf(form);
    const options = runOptions(request);
    const query = form.first('query');
    const apiQuery = { type: 'query_range', query, ...range, limit, ...queryOptions(form) } as const;
    return naming('query', context.query.answer(apiQuery, options));
  },
});

function rangeOf(form: Form): { start: Millis; end: Millis; step: Millis } {
  const start = requiredTime(form, 'start');
  const end = requiredTime(form, 'end');
  if (end < start) throw invalid('end', 'end timestamp must not be before start time');
  const exact = requiredSpan(form, 'step');
  // Prometheus answers a step below a millisecond with a division by zero.
  const step = Math.trunc(exact);
  if (exact <= 0)
    throw invalid(
      'step',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  if (Math.floor((end - start) / exact) > MAX_POINTS)
    throw new QueryError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  if (step === 0)
    throw invalid('step', 'query resolution step widths below 1ms are not accepted. Try a longer one');
  return { start, end, step };
}
