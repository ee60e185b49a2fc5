// GET and POST /api/v1/series: the label sets of series that selectors choose.

import { z } from 'zod';
import { QueryError } from '../../query/engine.js';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { boundsOf, describe, naming } from './parameters.js';
import { labelSet } from './shapes.js';

export const series = endpoint({
  path: 'series',
  form: true,
  needsSamplesAlone: true,
  summary: 'Series that selectors choose',
  query: () =>
    z.object({
      'match[]': describe.match().nonoptional(),
      start: describe.time('Series with samples since then'),
      end: describe.time('Series with samples until then'),
      limit: describe.limit('How many there may be; 0 is any number'),
    }),
  data: () => z.array(labelSet),
  handle({ form, signal }, { query }: Pick<ApiContext, 'query'>) {
    if (form.problem !== undefined)
      throw new QueryError('bad_data', `error parsing form values: ${form.problem}`);
    const match = form.all('match[]');
    if (match.length === 0) throw new QueryError('bad_data', 'no match[] parameter provided');
    return naming('match[]', query.answer({ type: 'series', match, ...boundsOf(form) }, { signal }));
  },
});
