// The alerts of /alert_history some at a time, so that ten thousand of them never stand in memory.

import type { AlertHistoryEntry } from '../alerts/history.js';
import { yieldToEventLoop } from '../concurrency/time-slicer.js';
import type { AlertHistoryQuery } from '../store/alert-history.js';
import type { ApiContext } from './context.js';

/** Read from the store at a time. */
const BATCH = 100;

/** Alerts that fit. @param query with `limit`: how many in all */
export interface EpisodePages {
  /** That fit, whatever the limit. */
  readonly count: number;
  /** Newest first. */
  readonly pages: AsyncIterable<readonly AlertHistoryEntry[]>;
}

/** Selects episodes, newest first. */
export function episodePages(
  { alerting }: Pick<ApiContext, 'alerting'>,
  query: AlertHistoryQuery,
): EpisodePages {
  const { history } = alerting;
  const { limit } = query;
  const first = history.select({ ...query, limit: Math.min(limit, BATCH) });
  async function* pages() {
    let page = first;
    for (let left = limit; page.episodes.length > 0; ) {
      yield page.episodes;
      left -= page.episodes.length;
      const last = page.episodes.at(-1);
      if (!last || left <= 0 || page.episodes.length < BATCH) return;
      // Others have their turn between two bites.
      await yieldToEventLoop();
      const bounds = { before: last.startsAt, beforeId: last.id };
      page = history.select({ ...query, ...bounds, limit: Math.min(left, BATCH) });
    }
  }
  return { count: first.count, pages: pages() };
}
