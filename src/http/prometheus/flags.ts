// GET /api/v1/status/flags: the command line.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';

export const flags = endpoint({
  path: 'status/flags',
  summary: "The command line's flags and their values",
  data: () => z.record(z.string(), z.string()),
  handle: (_, { prometheus }: Pick<ApiContext, 'prometheus'>) => plain(prometheus.flags()),
});
