// The shapes of answers that several endpoints have, as /openapi.json describes them.

import { z } from 'zod';

/** A label set. */
export const labelSet = z.record(z.string(), z.string());

/** What a query answers. */
export const queryResult = z.object({
  resultType: z.enum(['vector', 'matrix', 'scalar', 'string']),
  result: z.array(z.unknown()).meta({
    description:
      'Series, each with `metric` and a `value` or `values`; for a scalar or a string the one value. ' +
      'A value is `[Unix seconds, "text"]`',
    examples: [[{ metric: { __name__: 'up', job: 'langgraph-monitor' }, value: [1_700_000_000.123, '1'] }]],
  }),
  stats: z.unknown().optional(),
});
