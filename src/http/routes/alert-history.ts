// GET /alert_history: every alert from its begin to its end, newest first: notifications, actions, silences.
// Streamed, since each has a history of its own.

import { z } from 'zod';
import { actionTaken } from '../../alerts/action-taken.js';
import type { AlertHistoryEntry } from '../../alerts/history.js';
import { csvRow } from '../../model/csv.js';
import { isoLocal, type Millis } from '../../model/time.js';
import { type EpisodePages, episodePages } from '../alert-history-pages.js';
import type { ApiContext } from '../context.js';
import { EPISODE_FIELDS, episodeLimit } from '../episode-query.js';
import { humanizeDuration } from '../humanize.js';
import { incidentTimes } from '../incident-times.js';
import { route } from '../route.js';
import { sentWith } from '../sent-with.js';
import { timestamp } from '../shapes.js';
import { unlessTold } from './alerts.js';

/** What is looked at. */
type Known = Pick<ApiContext, 'alerting' | 'cluster'>;

const { id, severity, service, alertname, active, before, after } = EPISODE_FIELDS;

const query = () =>
  z.object({
    ...{ id, severity, service, alertname, active },
    limit: episodeLimit(10_000),
    before,
    before_id: z
      .string()
      .optional()
      .describe('With `before`: also those that began at that very moment, after the alert of this `id`'),
    after,
    sent_with: z
      .string()
      .optional()
      .describe(
        'Only alerts that were sent in a message with the alert of this `id`, which is not among them',
      ),
    format: z
      .enum(['json', 'csv'], { error: 'expected json or csv' })
      .default('json')
      .meta({ description: 'csv: a table for spreadsheets, without single notifications', default: 'json' }),
  });

export const alertHistory = route({
  method: 'GET',
  path: '/alert_history',
  summary: 'Alerts from begin to end, newest first, with their notifications, actions and silences',
  query,
  answer: () =>
    z.object({
      alert_history: z.array(
        z.object({
          id: z.string(),
          severity: z.string(),
          service: z.string(),
          alertname: z.string(),
          message: z.string(),
          timestamp: timestamp.describe('When the alert began'),
          starts_at: timestamp.describe('The same'),
          first_failed_at: timestamp
            .optional()
            .describe(
              'When the first check failed that led to it; absent where it is not about a service being down or slow',
            ),
          active_at: timestamp
            .optional()
            .describe(
              "When its rule's condition became true; `starts_at` is later where the rule waits (`for`)",
            ),
          ends_at: timestamp.optional().describe('Absent while it lasts'),
          duration: z.string(),
          escalation: z.string().optional().describe('How far it rose: level2, level3'),
          action_taken: z.string(),
          runbook_url: z.string().optional(),
          dashboard_url: z.string().optional(),
          muted_by: z.array(z.string()).optional().describe('Why it is not sent at the moment'),
          mutes: z
            .array(z.string())
            .optional()
            .describe('Services whose alerts its outage mutes (`depends_on`)'),
          notifications: z.array(
            z.object({
              at: timestamp,
              receiver: z.string(),
              integration: z.string(),
              status: z.enum(['firing', 'resolved']),
              error: z.string().optional().describe('Why sending failed; absent when it was sent'),
              escalation: z.string().optional(),
            }),
          ),
          actions: z.array(z.object({ at: timestamp, action: z.string(), result: z.string() })),
          silenced_by: z.array(
            z.object({ at: timestamp, id: z.string(), created_by: z.string(), comment: z.string() }),
          ),
        }),
      ),
      count: z.number().describe('Alerts that fit, whatever the limit'),
    }),
  async handle(
    { format, before_id: beforeId, sent_with: other, ...wanted },
    context: Pick<ApiContext, 'clock' | 'alerting' | 'cluster'>,
  ) {
    const now = context.clock.now();
    const request = { ...wanted, beforeId };
    const found =
      other === undefined ? episodePages(context, request) : await sentWith(context, other, request);
    if (format !== 'csv') return { body: jsonOf(found, context, now) };
    const type = 'text/csv; charset=utf-8; header=present';
    return { type, headers: CSV_HEADERS, body: csvOf(found, context, now) };
  },
});

async function* jsonOf({ count, pages }: EpisodePages, context: Known, now: Millis): AsyncGenerator<string> {
  yield '{"alert_history":[';
  let separator = '';
  for await (const page of pages) {
    yield separator + page.map(each => JSON.stringify(describe(each, context, now))).join(',');
    separator = ',';
  }
  yield `],"count":${count}}`;
}

const CSV_HEADERS = {
  'content-disposition': 'attachment; filename="alert_history.csv"',
};

/** Columns of the table, each with what stands in it. */
const COLUMNS: readonly (readonly [
  name: string,
  cell: (entry: HistoryEntryView, episode: AlertHistoryEntry) => string,
])[] = [
  ['id', ({ id }) => id],
  ['severity', ({ severity }) => severity],
  ['service', ({ service }) => service],
  ['alertname', ({ alertname }) => alertname],
  ['message', ({ message }) => message],
  ['starts_at', ({ starts_at }) => starts_at],
  ['ends_at', ({ ends_at = '' }) => ends_at],
  ['duration_seconds', (_, { startsAt, endsAt }) => secondsBetween(startsAt, endsAt)],
  ['escalation', ({ escalation = '' }) => escalation],
  ['action_taken', ({ action_taken }) => action_taken],
  ['notified', ({ notifications }) => [...new Set(notifications.map(({ receiver }) => receiver))].join('; ')],
  [
    'silenced_by',
    ({ silenced_by }) => silenced_by.map(each => `${each.created_by}: ${each.comment}`).join('; '),
  ],
  ['runbook_url', ({ runbook_url = '' }) => runbook_url],
  ['dashboard_url', ({ dashboard_url = '' }) => dashboard_url],
  ['first_failed_at', ({ first_failed_at = '' }) => first_failed_at],
  ['active_at', ({ active_at = '' }) => active_at],
];

type HistoryEntryView = ReturnType<typeof describe>;

/** Empty while it lasts. */
function secondsBetween(from: Millis, to: Millis | undefined): string {
  return to === undefined ? '' : String(Math.round(to - from) / 1000);
}

async function* csvOf({ pages }: EpisodePages, context: Known, now: Millis): AsyncGenerator<string> {
  yield csvRow(COLUMNS.map(([name]) => name));
  for await (const page of pages) {
    const rows = page.map(episode => {
      const entry = describe(episode, context, now);
      return csvRow(COLUMNS.map(([, cell]) => cell(entry, episode)));
    });
    yield rows.join('');
  }
}

function describe(episode: AlertHistoryEntry, context: Known, now: Millis) {
  const { id, labels, annotations, startsAt, endsAt, escalation } = episode;
  const { severity = '', target = '', alertname = '' } = labels;
  const dated = <Note extends { at: Millis }>({ at, ...note }: Note) => ({ at: isoLocal(at), ...note });
  return {
    id,
    severity,
    service: target,
    alertname,
    message: annotations.description || annotations.summary || alertname,
    timestamp: isoLocal(startsAt),
    starts_at: isoLocal(startsAt),
    ...incidentTimes(episode),
    ends_at: endsAt === undefined ? undefined : isoLocal(endsAt),
    duration: humanizeDuration((endsAt ?? now) - startsAt),
    escalation,
    action_taken: actionTaken(episode, unlessTold(context)),
    runbook_url: annotations.runbook_url,
    dashboard_url: annotations.dashboard_url,
    ...(endsAt === undefined ? mutingOf(episode, context, now) : {}),
    notifications: episode.notifications.map(dated),
    actions: episode.actions.map(dated),
    silenced_by: episode.silencedBy.map(({ at, createdBy, ...rest }) => ({
      at: isoLocal(at),
      created_by: createdBy,
      ...rest,
    })),
  };
}

/** What mutes an alert that lasts, and what it mutes. */
function mutingOf({ fingerprint, labels }: AlertHistoryEntry, { alerting, cluster }: Known, now: Millis) {
  const mutedBy = alerting.mutesOf(fingerprint, now).map(({ text }) => text);
  const { target = '' } = labels;
  const isDown = cluster.result(target)?.level === 'down';
  const mutes = cluster.services.flatMap(({ id, dependsOn }) =>
    isDown && dependsOn.includes(target) && cluster.lastFailure(id) ? [id] : [],
  );
  return {
    muted_by: mutedBy.length > 0 ? mutedBy : undefined,
    mutes: mutes.length > 0 ? mutes : undefined,
  };
}
