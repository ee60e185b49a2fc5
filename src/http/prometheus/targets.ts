// GET /api/v1/targets: what is scraped, which is the monitor itself.

import { z } from 'zod';
import { formatDuration } from '../../model/duration.js';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';
import type { OwnTarget } from './facts.js';
import { describe } from './parameters.js';
import { labelSet } from './shapes.js';

/** Go's zero time, for what has not been yet. */
const NEVER = '0001-01-01T00:00:00Z';

export const targets = endpoint({
  path: 'targets',
  summary: 'What is scraped: the monitor itself',
  query: z.object({
    state: describe.text('Only those that are `active` or `dropped`', 'active'),
    scrapePool: describe.text('Only those of one scrape pool', 'langgraph-monitor'),
  }),
  data: z.object({
    activeTargets: z.array(
      z.object({
        discoveredLabels: labelSet,
        labels: labelSet,
        scrapePool: z.string(),
        scrapeUrl: z.string(),
        globalUrl: z.string(),
        lastError: z.string(),
        lastScrape: z.string(),
        lastScrapeDuration: z.number().describe('Seconds'),
        health: z.enum(['up', 'down', 'unknown']),
        scrapeInterval: z.string(),
        scrapeTimeout: z.string(),
      }),
    ),
    droppedTargets: z.array(z.object({ discoveredLabels: labelSet })),
    droppedTargetCounts: z.record(z.string(), z.number()),
  }),
  handle({ form }, context: Pick<ApiContext, 'prometheus' | 'externalUrl'>) {
    const target = context.prometheus.target();
    const pool = form.first('scrapePool');
    const isShown = ['', 'any', 'active'].includes(form.first('state').toLowerCase());
    const found = target && (pool === '' || pool === target.labels.get('job')) ? [target] : [];
    return plain({
      activeTargets: isShown ? found.map(each => describeTarget(each, context)) : [],
      droppedTargets: [],
      droppedTargetCounts: Object.fromEntries(found.map(({ labels }) => [labels.get('job'), 0])),
    });
  },
});

function describeTarget(
  { labels, url, interval, timeout, last }: OwnTarget,
  { externalUrl }: Pick<ApiContext, 'externalUrl'>,
) {
  const [scrapeInterval, scrapeTimeout] = [formatDuration(interval), formatDuration(timeout)];
  return {
    discoveredLabels: {
      __address__: labels.get('instance'),
      __metrics_path__: '/metrics',
      __scheme__: new URL(url).protocol.slice(0, -1),
      __scrape_interval__: scrapeInterval,
      __scrape_timeout__: scrapeTimeout,
      job: labels.get('job'),
    },
    labels,
    scrapePool: labels.get('job'),
    scrapeUrl: url,
    globalUrl: `${externalUrl()}/metrics`,
    lastError: last?.error ?? '',
    lastScrape: last ? new Date(last.at).toISOString() : NEVER,
    lastScrapeDuration: (last?.duration ?? 0) / 1000,
    health: !last ? 'unknown' : last.error === '' ? 'up' : 'down',
    scrapeInterval,
    scrapeTimeout,
  };
}
