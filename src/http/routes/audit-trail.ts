// GET /audit_trail: who changed what, newest first: reloads, silences.

import { z } from 'zod';
import { isoLocal } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { wholeNumber } from '../query.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';

export const auditTrail = route({
  method: 'GET',
  path: '/audit_trail',
  summary:
    'Reloads of the configuration, silences made, changed and ended, announcements posted, changed, ended and removed, newest first, with the user',
  query: () =>
    z.object({
      limit: wholeNumber(1, 1000).default(50).meta({ description: 'How many', default: 50 }),
    }),
  answer: () =>
    z.object({
      audit_trail: z.array(
        z.object({
          timestamp,
          event: z.string().meta({ examples: ['silence created'] }),
          by: z.string().describe('A user and the address, the address alone, or a signal'),
          details: z.record(z.string(), z.string()),
        }),
      ),
      count: z.number().describe('Entries there are, whatever the limit'),
    }),
  handle({ limit }, { alerting }: Pick<ApiContext, 'alerting'>) {
    const { audit } = alerting;
    const entries = audit.latest(limit).map(({ at, ...rest }) => ({ timestamp: isoLocal(at), ...rest }));
    return { body: { audit_trail: entries, count: audit.size } };
  },
});
