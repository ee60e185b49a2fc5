// GET /history: past scans, newest first, streamed so that ten thousand of them never stand in memory.

import { z } from 'zod';
import { yieldToEventLoop } from '../../concurrency/time-slicer.js';
import type { Store } from '../../store/store.js';
import type { ApiContext } from '../context.js';
import { moment, wholeNumber } from '../query.js';
import { route } from '../route.js';
import { clusterHealth } from '../shapes.js';

/** Scans read from the store at a time. */
const BATCH = 100;

export const history = route({
  method: 'GET',
  path: '/history',
  summary: 'Past scans, newest first',
  query: () =>
    z.object({
      limit: wholeNumber(1, 10_000).default(50).meta({ description: 'How many', default: 50 }),
      before: moment().optional().describe('Only scans before this timestamp'),
      after: moment().optional().describe('Only scans after this timestamp'),
    }),
  answer: () =>
    z.object({
      history: z.array(
        clusterHealth.extend({
          duration: z
            .number()
            .describe(
              'Seconds since the scan before it, or since the start of the monitor: its weight in averages over time. Scans are more frequent while the cluster is not healthy. After a pause of the monitor, in which scans are missing, it is one interval: the pause counts neither as up nor as down',
            )
            // Entries of earlier versions have none.
            .optional(),
        }),
      ),
      count: z.number().describe('Scans stored, not returned'),
    }),
  handle: (query, { store }: Pick<ApiContext, 'store'>) => ({ body: entries(store, query) }),
});

async function* entries(
  store: Store,
  { limit, before, after }: { limit: number; before?: number | undefined; after?: number | undefined },
): AsyncGenerator<string> {
  yield '{"history":[';
  let end = before;
  for (let left = limit; left > 0; ) {
    const bite = store.scans({ before: end, after, limit: Math.min(left, BATCH) });
    const text = bite.map(scan => scan.entry).join(',');
    if (text !== '') yield left === limit ? text : `,${text}`;
    left -= bite.length;
    end = bite.at(-1)?.at;
    if (bite.length < BATCH) break;
    // Others have their turn between two bites.
    await yieldToEventLoop();
  }
  yield `],"count":${store.count}}`;
}
