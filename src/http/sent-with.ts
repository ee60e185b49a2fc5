// Alerts that were sent in one message with another one: what belongs together, also when it is over.

import type { AlertHistoryEntry, NotificationRecord } from '../alerts/history.js';
import type { Millis } from '../model/time.js';
import type { AlertHistoryQuery } from '../store/alert-history.js';
import { type EpisodePages, episodePages } from './alert-history-pages.js';
import type { ApiContext } from './context.js';

/** Alerts that are looked at: those that began last before the last message. */
const LOOKED_AT = 1000;

/**
 * Selects the episodes that shared a message with the one of an id, newest first.
 * @param query with `limit`: how many in all
 */
export async function sentWith(
  context: Pick<ApiContext, 'alerting'>,
  id: string,
  query: AlertHistoryQuery,
): Promise<EpisodePages> {
  const [episode] = context.alerting.history.select({ id, limit: 1 }).episodes;
  const messages = new Set(episode?.notifications.map(messageOf));
  const found: AlertHistoryEntry[] = [];
  if (episode && messages.size > 0) {
    const before = Math.min(query.before ?? Number.POSITIVE_INFINITY, lastOf(episode.notifications) + 1);
    for await (const page of episodePages(context, { ...query, before, limit: LOOKED_AT }).pages)
      found.push(...page.filter(each => each.id !== id && shares(each, messages)));
  }
  async function* pages() {
    yield found.slice(0, query.limit);
  }
  return { count: found.length, pages: pages() };
}

function shares({ notifications }: AlertHistoryEntry, messages: ReadonlySet<string>): boolean {
  return notifications.some(note => messages.has(messageOf(note)));
}

/** Alerts of one message are noted at the same microsecond; some of them may have ended. */
function messageOf({ at, receiver, integration }: NotificationRecord): string {
  return JSON.stringify([at, receiver, integration]);
}

function lastOf(notes: readonly NotificationRecord[]): Millis {
  return Math.max(...notes.map(({ at }) => at));
}
