// GET /api/v1/targets: what is scraped, the monitor itself first of all.

import { z } from 'zod';
import { formatDuration, printModelDuration } from '../../model/duration.js';
import type { TargetStatus } from '../../scrape/status.js';
import type { ApiContext } from '../context.js';
import { endpoint } from './endpoint.js';
import { plain } from './envelope.js';
import type { OwnTarget } from './facts.js';
import { globalUrl } from './global-url.js';
import { describe } from './parameters.js';
import { labelSet } from './shapes.js';

/** Go's zero time, for what has not been yet. */
const NEVER = '0001-01-01T00:00:00Z';

export const targets = endpoint({
  path: 'targets',
  summary: 'What is scraped: the monitor itself, and the targets of scrape_configs',
  query: () =>
    z.object({
      state: describe.text('Only those that are `active` or `dropped`', 'active'),
      scrapePool: describe.text('Only those of one scrape pool', 'langgraph-monitor'),
    }),
  data: () =>
    z.object({
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
  handle({ form }, { prometheus, externalUrl }: Pick<ApiContext, 'prometheus' | 'externalUrl'>) {
    const own = prometheus.target();
    const { scraped } = prometheus;
    const pool = form.first('scrapePool');
    const state = form.first('state').toLowerCase();
    const isOfPool = (name: string) => pool === '' || name === pool;
    const isShown = (wanted: string) => ['', 'any', wanted].includes(state);
    const pools = scraped.pools().filter(each => isOfPool(each.pool.name));
    const all = [...(own ? [ownTarget(own)] : []), ...scraped.targets()].filter(each => isOfPool(each.pool));
    const globalUrlOf = ({ pool: name, url }: TargetStatus) =>
      name === own?.labels.get('job') ? `${externalUrl()}/metrics` : globalUrl(url, externalUrl());
    const byPool = all.sort((a, b) => (a.pool < b.pool ? -1 : Number(a.pool > b.pool)));
    const counts = [
      ...(own && isOfPool(own.labels.get('job')) ? [[own.labels.get('job'), 0] as const] : []),
      ...pools.map(each => [each.pool.name, each.droppedCount] as const),
    ];
    return plain({
      activeTargets: isShown('active') ? byPool.map(each => describeTarget(each, globalUrlOf(each))) : [],
      droppedTargets: isShown('dropped')
        ? pools.flatMap(each => each.dropped.map(discoveredLabels => ({ discoveredLabels })))
        : [],
      droppedTargetCounts: Object.fromEntries(counts),
    });
  },
});

/** The monitor as a target like the others. */
function ownTarget({ labels, url, interval, timeout, last }: OwnTarget): TargetStatus {
  return {
    pool: labels.get('job'),
    labels: labels.toJSON(),
    discoveredLabels: {
      __address__: labels.get('instance'),
      __metrics_path__: '/metrics',
      __scheme__: new URL(url).protocol.slice(0, -1),
      __scrape_interval__: formatDuration(interval),
      __scrape_timeout__: formatDuration(timeout),
      job: labels.get('job'),
    },
    url,
    ...{ interval, timeout },
    health: !last ? 'unknown' : last.error === '' ? 'up' : 'down',
    lastScrape: last?.at,
    lastDuration: last?.duration ?? 0,
    lastError: last?.error ?? '',
  };
}

function describeTarget(target: TargetStatus, globalUrl: string) {
  return {
    discoveredLabels: target.discoveredLabels,
    labels: target.labels,
    scrapePool: target.pool,
    scrapeUrl: target.url,
    globalUrl,
    lastError: target.lastError,
    lastScrape: target.lastScrape === undefined ? NEVER : new Date(target.lastScrape).toISOString(),
    lastScrapeDuration: target.lastDuration / 1000,
    health: target.health,
    scrapeInterval: printModelDuration(target.interval),
    scrapeTimeout: printModelDuration(target.timeout),
  };
}
