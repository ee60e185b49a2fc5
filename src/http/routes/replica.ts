// GET /replica: what this monitor is among its peers, and what it sees of each service. Peers ask for it.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { route } from '../route.js';

export const replica = route({
  method: 'GET',
  path: '/replica',
  summary: 'What this monitor sees, for the other monitors of `ha.peers`',
  answer: () =>
    z.object({
      replica: z.string(),
      id: z.string().describe('Another one after each start'),
      version: z.string(),
      lease: z.enum(['held', 'standby', 'unavailable', 'none']),
      services: z
        .record(z.string(), z.boolean())
        .describe('Whether each service is up; unknown ones are missing'),
    }),
  others: { 404: { when: 'There is no section `ha`' } },
  handle(_, { ha }: Pick<ApiContext, 'ha'>) {
    const answer = ha.answer;
    if (!answer) throw new HttpError(404, 'this monitor has no peers: there is no section ha in monitor.yml');
    return { body: answer };
  },
});
