// GET /api/v1/metadata: what metrics are about.

import { z } from 'zod';
import type { TargetMetadata } from '../../scrape/status.js';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';
import { type FamilyDescription, ownMetadata } from './own-metadata.js';
import { describe, optionalNumber } from './parameters.js';

export const metadata = endpoint({
  path: 'metadata',
  summary: 'Type, help and unit of metrics',
  query: () =>
    z.object({
      metric: describe.text('Only this metric', 'monitor_service_up'),
      limit: describe.limit('How many metrics there may be'),
      limit_per_metric: describe.limit('How many entries a metric may have'),
    }),
  data: () =>
    z.record(z.string(), z.array(z.object({ type: z.string(), help: z.string(), unit: z.string() }))),
  async handle({ form, signal }, { query, prometheus }: Pick<ApiContext, 'query' | 'prometheus'>) {
    const limit = optionalNumber(form, 'limit') ?? -1;
    const limitPerMetric = optionalNumber(form, 'limit_per_metric') ?? 0;
    const metric = form.first('metric');
    const question = { type: 'metadata', ...(metric !== '' && { metric }) } as const;
    if (prometheus.scraped.targets().length > 0) {
      const own = await ownMetadata(query, metric, signal);
      const all = merged(own, await prometheus.scraped.metadata(), metric);
      const cut = Object.entries(all).map(
        ([name, each]) => [name, limitPerMetric > 0 ? each.slice(0, limitPerMetric) : each] as const,
      );
      return plain(Object.fromEntries(limit >= 0 ? cut.slice(0, limit) : cut));
    }
    const limits = { ...(limit >= 0 && { limit }), ...(limitPerMetric > 0 && { limitPerMetric }) };
    return query.answer({ ...question, ...limits }, { signal });
  },
});

/** The monitor's own families and those of targets, each description once. */
function merged(
  own: Readonly<Record<string, readonly FamilyDescription[]>>,
  scraped: readonly TargetMetadata[],
  metric: string,
): Record<string, FamilyDescription[]> {
  const all: Record<string, FamilyDescription[]> = Object.create(null);
  const add = (name: string, { type, help, unit }: FamilyDescription) => {
    const known = all[name] ?? [];
    all[name] = known;
    if (!known.some(each => each.type === type && each.help === help && each.unit === unit))
      known.push({ type, help, unit });
  };
  for (const [name, each] of Object.entries(own)) for (const one of each) add(name, one);
  for (const each of scraped) if (metric === '' || each.metric === metric) add(each.metric, each);
  return all;
}
