// GET /api/v1/rules: rule groups.

import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';

export const rules = endpoint({
  path: 'rules',
  summary: 'Alert and recording rules by group',
  data: z.object({ groups: z.array(z.unknown()) }),
  handle: () => plain({ groups: [] }),
});
