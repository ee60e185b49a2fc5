// GET /api/v1/scrape_pools: the names of what targets are grouped in.

import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';

export const scrapePools = endpoint({
  path: 'scrape_pools',
  summary: 'Names of scrape pools',
  data: () => z.object({ scrapePools: z.array(z.string()) }),
  handle(_, { prometheus }: Pick<ApiContext, 'prometheus'>) {
    const own = prometheus.target()?.labels.get('job');
    const others = prometheus.scraped.pools().map(({ pool }) => pool.name);
    return plain({ scrapePools: [...(own === undefined ? [] : [own]), ...others].sort() });
  },
});
