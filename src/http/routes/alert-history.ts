// GET /alert_history: every alert from its begin to its end, newest first: who was told, what was done, who silenced it.
// Streamed, since each has a history of its own.

import { z } from 'zod';
import { isoLocal, type Millis } from '../../model/time.js';
import { actionTaken } from '../../notify/action-taken.js';
import type { Episode } from '../../notify/episodes.js';
import type { Doors } from '../doors.js';
import { inWords } from '../in-words.js';
import { moment, wholeNumber, yesOrNo } from '../query.js';
import { route } from '../route.js';
import { timestamp } from '../shapes.js';
import { unlessTold } from './alerts.js';

/** Episodes read from the store at a time. */
const BITE = 100;

const query = z.object({
  id: z.string().optional().describe('Only the alert of this `id`'),
  severity: z
    .string()
    .optional()
    .describe('Only alerts of this severity')
    .meta({ examples: ['critical'] }),
  service: z
    .string()
    .optional()
    .describe('Only alerts of this service')
    .meta({ examples: ['tools'] }),
  alertname: z
    .string()
    .optional()
    .describe('Only alerts of this rule')
    .meta({ examples: ['ServiceDown'] }),
  active: yesOrNo().optional().describe('Only alerts that last (true) or are over (false)'),
  limit: wholeNumber(1, 10_000).default(50).meta({ description: 'How many', default: 50 }),
  before: moment().optional().describe('Only alerts that began before this timestamp'),
  before_id: z
    .string()
    .optional()
    .describe('With `before`: also those that began at that very moment, after the alert of this `id`'),
  after: moment().optional().describe('Only alerts that began after this timestamp'),
});

export const alertHistory = route({
  method: 'GET',
  path: '/alert_history',
  summary: 'Alerts from begin to end, newest first: who was told, what was done, who silenced them',
  query,
  answer: z.object({
    alert_history: z.array(
      z.object({
        id: z.string(),
        severity: z.string(),
        service: z.string(),
        alertname: z.string(),
        message: z.string(),
        timestamp: timestamp.describe('When the alert began'),
        starts_at: timestamp.describe('The same'),
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
            error: z.string().optional().describe('Why it was given up'),
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
  handle: (wanted, doors) => ({ body: entries(wanted, doors) }),
});

async function* entries(
  { limit, before_id: beforeId, ...rest }: z.output<typeof query>,
  doors: Doors,
): AsyncGenerator<string> {
  const { episodes } = doors.alerting;
  const now = doors.clock.now();
  let page = episodes.select({ ...rest, beforeId, limit: Math.min(limit, BITE) });
  const { count } = page;
  yield '{"alert_history":[';
  for (let left = limit; page.episodes.length > 0; ) {
    const text = page.episodes.map(each => JSON.stringify(describe(each, doors, now))).join(',');
    yield left === limit ? text : `,${text}`;
    left -= page.episodes.length;
    const last = page.episodes.at(-1) as Episode;
    if (left <= 0 || page.episodes.length < BITE) break;
    // Others have their turn between two bites.
    await new Promise(resolve => setImmediate(resolve));
    const bounds = { before: last.startsAt, beforeId: last.id };
    page = episodes.select({ ...rest, ...bounds, limit: Math.min(left, BITE) });
  }
  yield `],"count":${count}}`;
}

function describe(episode: Episode, doors: Doors, now: Millis) {
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
    ends_at: endsAt === undefined ? undefined : isoLocal(endsAt),
    duration: inWords((endsAt ?? now) - startsAt),
    escalation,
    action_taken: actionTaken(episode, unlessTold(doors)),
    runbook_url: annotations.runbook_url,
    dashboard_url: annotations.dashboard_url,
    ...(endsAt === undefined ? mutingOf(episode, doors, now) : {}),
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
function mutingOf({ fingerprint, labels }: Episode, { alerting, board }: Doors, now: Millis) {
  const mutedBy = alerting.mutesOf(fingerprint, now).map(({ text }) => text);
  const { target = '' } = labels;
  const isDown = board.result(target)?.level === 'down';
  const mutes = board.services.flatMap(({ id, dependsOn }) =>
    isDown && dependsOn.includes(target) && board.trouble(id) ? [id] : [],
  );
  return {
    muted_by: mutedBy.length > 0 ? mutedBy : undefined,
    mutes: mutes.length > 0 ? mutes : undefined,
  };
}
