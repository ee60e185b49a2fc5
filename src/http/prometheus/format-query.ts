// GET and POST /api/v1/format_query: an expression laid out for reading.

import { z } from 'zod';
import { pretty } from '../../promql/print.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';
import { describe } from './parameters.js';
import { parsed } from './parsed.js';

export const formatQuery = endpoint({
  path: 'format_query',
  form: true,
  summary: 'A PromQL expression laid out for reading',
  query: () => z.object({ query: describe.query() }),
  data: () => z.string(),
  handle: ({ form }) => plain(pretty(parsed(form))),
});
