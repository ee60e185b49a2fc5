// GET and POST /api/v1/parse_query: an expression as a tree.

import { z } from 'zod';
import { toJson } from '../../promql/print/json.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';
import { describe } from './parameters.js';
import { parsed } from './parsed.js';

export const parseQuery = endpoint({
  path: 'parse_query',
  form: true,
  summary: 'A PromQL expression as a tree',
  query: () => z.object({ query: describe.query() }),
  data: () => z.looseObject({ type: z.string() }),
  handle: ({ form }) => plain(toJson(parsed(form))),
});
