// GET and POST /api/v1/labels: the names of labels.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { boundsOf, describeLabelQuery, naming } from './parameters.js';

export const labels = endpoint({
  path: 'labels',
  form: true,
  needsSamplesAlone: true,
  summary: 'Names of labels',
  query: describeLabelQuery,
  data: () => z.array(z.string()),
  handle: ({ form, signal }, { query }: Pick<ApiContext, 'query'>) =>
    naming(
      'match[]',
      query.answer({ type: 'labels', match: form.all('match[]'), ...boundsOf(form) }, { signal }),
    ),
});
