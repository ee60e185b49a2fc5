// GET /incidents.atom: alerts from begin to end for feed readers. Source: RFC 4287.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AlertHistoryEntry } from '../../alerts/history.js';
import type { Millis } from '../../model/time.js';
import { episodePages } from '../alert-history-pages.js';
import type { ApiContext } from '../context.js';
import { withTag } from '../entity-tag.js';
import { EPISODE_FIELDS } from '../episode-query.js';
import { humanizeDuration } from '../humanize.js';
import { ruleWords } from '../public/view.js';
import { route } from '../route.js';
import { xmlText } from '../xml.js';

/** What is looked at. */
type Known = Pick<ApiContext, 'cluster' | 'page'>;

/** Entries of a feed. */
const MAX_ENTRIES = 50;
/** Alerts that are looked at for them: some are of services that are not shown. */
const LOOKED_AT = 500;

const { severity, service } = EPISODE_FIELDS;

export const incidentsFeed = route({
  method: 'GET',
  path: '/incidents.atom',
  summary: `The last ${MAX_ENTRIES} alerts as an Atom feed; each entry leads to its view on the status page`,
  query: () => z.object({ severity, service }),
  answer: ['application/atom+xml'],
  async handle(
    wanted,
    context: Pick<ApiContext, 'alerting' | 'cluster' | 'page' | 'node' | 'prometheus'>,
    { address, search, ifNoneMatch },
  ) {
    const shown: AlertHistoryEntry[] = [];
    for await (const page of episodePages(context, { ...wanted, limit: LOOKED_AT }).pages) {
      shown.push(...page.filter(({ labels }) => isShown(labels.target ?? '', context)));
      if (shown.length >= MAX_ENTRIES) break;
    }
    const self = `${address}/incidents.atom${search === '' ? '' : `?${search}`}`;
    const body = feedOf(shown.slice(0, MAX_ENTRIES), context, address, self);
    const headers = { 'cache-control': 'no-cache' };
    return withTag({ type: 'application/atom+xml; charset=utf-8', headers, body }, ifNoneMatch);
  },
});

/** A page for the public has alerts of its services alone. */
function isShown(target: string, { cluster, page }: Known): boolean {
  const service = cluster.service(target);
  return service ? !service.isHidden : !page().readOnly;
}

function feedOf(
  episodes: readonly AlertHistoryEntry[],
  context: Pick<ApiContext, 'cluster' | 'node' | 'page' | 'prometheus'>,
  address: string,
  self: string,
): string {
  const { title, description } = context.page();
  const times = episodes.map(updatedAt);
  const updated = times.length > 0 ? Math.max(...times) : context.prometheus.runtime().startedAt;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${idOf(`feed of ${context.node()}`)}</id>
<title>${xmlText(`${title}: incidents`)}</title>
${description === undefined ? '' : `<subtitle>${xmlText(description)}</subtitle>\n`}<updated>${rfc3339(updated)}</updated>
<author><name>${xmlText(title)}</name></author>
<generator>langgraph-monitor</generator>
<link rel="self" type="application/atom+xml" href="${xmlText(self)}"/>
<link rel="alternate" type="text/html" href="${xmlText(`${address}/ui/incidents`)}"/>
${episodes.map(each => entryOf(each, context, address)).join('')}</feed>
`;
}

function entryOf(episode: AlertHistoryEntry, context: Known, address: string): string {
  const { id, labels, annotations, startsAt, endsAt, escalation, firstFailedAt } = episode;
  const { severity = '', target = '', alertname = '' } = labels;
  const name = context.cluster.service(target)?.name ?? target;
  // A rule's text may name addresses.
  const about = context.page().readOnly
    ? `${name}: ${ruleWords(alertname)}`
    : annotations.description || annotations.summary || alertname;
  const state = endsAt === undefined ? 'Lasts.' : `Over after ${humanizeDuration(endsAt - startsAt)}.`;
  const risen = escalation === undefined ? '' : ` Escalated to ${escalation}.`;
  const noticed =
    firstFailedAt === undefined
      ? ''
      : ` The first check failed at ${rfc3339(firstFailedAt)}, ${humanizeDuration(startsAt - firstFailedAt)} before the alert.`;
  const link = `${address}/ui/incidents?id=${encodeURIComponent(id)}`;
  return `<entry>
<id>${idOf(id)}</id>
<title>${xmlText(`${endsAt === undefined ? '' : 'Resolved: '}${severity.toUpperCase()}: ${about}`)}</title>
<updated>${rfc3339(updatedAt(episode))}</updated>
<published>${rfc3339(startsAt)}</published>
<link rel="alternate" type="text/html" href="${xmlText(link)}"/>
<category term="${xmlText(severity)}"/>
<summary>${xmlText(`${name}: ${alertname}. ${state}${noticed}${risen}`)}</summary>
</entry>
`;
}

/** When what an entry says last changed. */
function updatedAt({ startsAt, endsAt, notifications }: AlertHistoryEntry): Millis {
  const risen = notifications.filter(({ escalation }) => escalation !== undefined).map(({ at }) => at);
  return endsAt ?? Math.max(startsAt, ...risen);
}

/** Stays the same whatever address the monitor has. Source: RFC 9562, 5.8 (UUIDs of a hash of one's own). */
function idOf(text: string): string {
  const hash = createHash('sha256').update(`langgraph-monitor ${text}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
  return `urn:uuid:${parts.join('-')}`;
}

function rfc3339(at: Millis): string {
  return new Date(at).toISOString();
}
