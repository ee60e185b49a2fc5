// GET and POST /api/v1/labels: the names of labels.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { boundsOf, describe, naming } from './parameters.js';

export const labels = endpoint({
  path: 'labels',
  form: true,
  needsSamplesAlone: true,
  summary: 'Names of labels',
  query: () =>
    z.object({
      'match[]': describe.match(),
      start: describe.time('Of series with samples since then'),
      end: describe.time('Of series with samples until then'),
      limit: describe.limit('How many there may be; 0 is any number'),
    }),
  data: () => z.array(z.string()),
  handle: ({ form, signal }, { query }: Pick<ApiContext, 'query'>) =>
    naming(
      'match[]',
      query.answer({ type: 'labels', match: form.all('match[]'), ...boundsOf(form) }, { signal }),
    ),
});
