// GET /best_endpoint: which of several services that can do the same a workflow should call.

import { z } from 'zod';
import { PREFERENCES } from '../../cluster/endpoints/selector.js';
import { isoLocal } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { HttpError } from '../http-error.js';
import { route } from '../route.js';
import { bestEndpoint as shape } from '../shapes.js';

export const bestEndpoint = route({
  method: 'GET',
  path: '/best_endpoint',
  summary: 'Where to call a service of this kind: healthy first, then preference, the fallback last',
  query: () =>
    z.object({
      capability: z
        .string({ error: 'expected one capability' })
        .default('llm')
        .meta({ description: 'A key of `endpoints` in the configuration', default: 'llm' }),
      prefer: z
        .enum(PREFERENCES, { error: `expected one of ${PREFERENCES.join(', ')}` })
        .default('order')
        .meta({
          description:
            "Among the healthy ones: the configuration's `order`, the lowest `latency` (95th percentile of the last ten minutes), or, of services whose models are asked (`generate`), the earliest `first_token` or the most `tokens_per_second` (mean of the last half hour)",
          default: 'order',
        }),
    }),
  answer: () => shape,
  others: { 404: { when: 'The configuration names no endpoints for this capability' } },
  async handle({ capability, prefer }, { endpoints, clock }: Pick<ApiContext, 'endpoints' | 'clock'>) {
    const choice = await endpoints.select(capability, prefer);
    if (!choice) throw new HttpError(404, noEndpoint(capability, endpoints.capabilities));
    return {
      body: {
        capability,
        endpoint: choice.url,
        service: choice.service ?? null,
        reason: choice.reason,
        prefer,
        candidates: choice.candidates,
        fallback: choice.fallback ?? null,
        latency_problem: choice.problem,
        timestamp: isoLocal(clock.now()),
      },
    };
  },
});

function noEndpoint(capability: string, known: readonly string[]): string {
  const name = capability.length > 100 ? `${capability.slice(0, 100)}...` : capability;
  const there = known.length > 0 ? `there are ${known.join(', ')}` : 'there are none';
  return `no endpoints for "${name}"; ${there}; name them below endpoints: in the configuration`;
}
