// GET and POST /api/v1/query_exemplars: traces behind samples. None are kept, so there are none for any expression.

import { z } from 'zod';
import { ParseError } from '../../promql/error.js';
import { parse } from '../../promql/parse.js';
import { QueryError } from '../../query/engine.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';
import { describe, MAX_TIME, MIN_TIME, optionalTime } from './parameters.js';

/** Longer expressions than people write are not looked at: others wait meanwhile. UTF-16 units. */
const MAX_CHECKED = 32 * 1024;

export const queryExemplars = endpoint({
  path: 'query_exemplars',
  form: true,
  summary: 'Exemplars of series; none are kept',
  query: () =>
    z.object({
      query: describe.query(),
      start: describe.time('Exemplars since then'),
      end: describe.time('Exemplars until then'),
    }),
  data: () => z.array(z.unknown()),
  handle({ form }) {
    const start = optionalTime(form, 'start', MIN_TIME);
    const end = optionalTime(form, 'end', MAX_TIME);
    if (end < start) throw new QueryError('bad_data', 'end timestamp must not be before start timestamp');
    checkExpression(form.first('query'));
    return plain([]);
  },
});

/** @throws QueryError without the parameter's name, as Prometheus has it here */
function checkExpression(text: string): void {
  if (text.length > MAX_CHECKED) return;
  try {
    parse(text);
  } catch (error) {
    throw error instanceof ParseError ? new QueryError('bad_data', error.message) : error;
  }
}
