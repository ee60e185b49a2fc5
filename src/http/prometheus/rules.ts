// GET /api/v1/rules: rule groups, with their rules' state.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { describe } from './parameters.js';

export const rules = endpoint({
  path: 'rules',
  summary: 'Alert and recording rules by group',
  query: () =>
    z.object({
      type: describe.text('Only rules of this sort, `alert` or `record`', 'alert'),
      'rule_name[]': describe.text('Only rules of this name', 'ServiceDown'),
      'rule_group[]': describe.text('Only groups of this name', 'langgraph-services'),
      'file[]': describe.text('Only groups of this file', 'rules/services.rules.yml'),
      exclude_alerts: describe.text('Leave the alerts out', 'true'),
      group_limit: describe.text('Groups on a page', '10'),
      group_next_token: describe.text('Where the page begins', ''),
    }),
  data: () => z.object({ groups: z.array(z.unknown()), groupNextToken: z.string().optional() }),
  handle: ({ form }, { query }: Pick<ApiContext, 'query'>) => query.rules(form.parameters()),
});
