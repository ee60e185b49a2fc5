// GET /alerts: what is wrong right now.

import { z } from 'zod';
import { actionTaken } from '../../alerts/action-taken.js';
import { mutedPart, problemText } from '../../cluster/health-json.js';
import type { Board } from '../../cluster/state.js';
import { type Alert, alertLine } from '../../cluster/status.js';
import { mapByPieces } from '../../concurrency/by-pieces.js';
import { isoLocal, type Millis } from '../../model/time.js';
import type { Doors } from '../context.js';
import { inWords } from '../humanize.js';
import { mutedNow } from '../muted.js';
import { type NotificationView, notificationShapes, notificationsAbout } from '../notifications.js';
import { yesOrNo } from '../query.js';
import { route } from '../route.js';
import { alertText, mutedAlert, rulesProblem, timestamp } from '../shapes.js';

export const alerts = route({
  method: 'GET',
  path: '/alerts',
  summary: 'Firing alerts, critical first',
  query: z.object({ detail: yesOrNo().optional().describe('Also give the alerts as objects, in `details`') }),
  answer: z.object({
    alerts: z.array(alertText),
    count: z.number(),
    timestamp,
    details: z
      .array(
        z.object({
          severity: z.string(),
          service: z.string(),
          message: z.string(),
          timestamp: timestamp.describe('When the alert began'),
          duration: z.string(),
          action_taken: z.string(),
          alertname: z.string().describe('The rule'),
          escalation: z.string().optional().describe('How far it has risen: level2, level3'),
          id: z.string().optional().describe('Of its entry in /alert_history'),
          fingerprint: z.string().optional().describe('As in /api/v2/alerts'),
          runbook_url: z.string().optional(),
          dashboard_url: z.string().optional(),
          muted_by: z.array(z.string()).optional().describe('Why it is not sent; absent when it is'),
          ...notificationShapes(timestamp),
        }),
      )
      .optional(),
    muted: z
      .array(mutedAlert)
      .optional()
      .describe(
        'With `detail`: all that is not sent, alerts the rules leave out because of `depends_on` too',
      ),
    rules: rulesProblem.optional(),
  }),
  handle: async ({ detail }, doors) => ({ body: await alertsBody(doors, detail ?? false) }),
});

/** What the endpoint answers. @param detail also the alerts as objects */
export async function alertsBody(doors: Doors, detail: boolean) {
  const { board, clock } = doors;
  const now = clock.now();
  const firing = board.verdict.alerts;
  return {
    alerts: firing.map(alertLine),
    count: firing.length,
    timestamp: isoLocal(now),
    ...(detail ? await detailsNow(doors) : { details: undefined, muted: undefined }),
    rules: board.verdictProblem && problemText(board.verdictProblem, now),
  };
}

type Details = Awaited<ReturnType<typeof detailsOf>>;

/** Answers that are being made, each with the board's version it is made from. */
const underWay = new WeakMap<Board, { readonly version: number; readonly details: Promise<Details> }>();

/** Each open page asks when alerts change: those that ask for the same while it is being made get it, too. */
function detailsNow(doors: Doors): Promise<Details> {
  const { board } = doors;
  const known = underWay.get(board);
  if (known?.version === board.version) return known.details;
  const details = detailsOf(doors);
  const entry = { version: board.version, details };
  underWay.set(board, entry);
  const forget = () => underWay.get(board) === entry && underWay.delete(board);
  details.then(forget, forget);
  return details;
}

async function detailsOf(doors: Doors) {
  const now = doors.clock.now();
  const view = { forecast: doors.alerting.forecast(), doors, print: isoLocal };
  return {
    details: await mapByPieces(doors.board.verdict.alerts, alert => describe(alert, doors, now, view)),
    muted: mutedNow(doors).map(mutedPart),
  };
}

function describe(alert: Alert, doors: Doors, now: Millis, view: NotificationView) {
  const { identity, name, severity, service, message, startsAt, escalation } = alert;
  const episode = doors.alerting.episodes.current(identity);
  const mutes = episode ? doors.alerting.mutesOf(episode.fingerprint, now) : [];
  return {
    severity,
    service,
    message,
    timestamp: isoLocal(startsAt),
    duration: inWords(now - startsAt),
    action_taken: actionTaken(episode, unlessTold(doors)),
    alertname: name,
    escalation,
    id: episode?.id,
    fingerprint: episode?.fingerprint,
    runbook_url: episode?.annotations.runbook_url,
    dashboard_url: episode?.annotations.dashboard_url,
    muted_by: mutes.length > 0 ? mutes.map(({ text }) => text) : undefined,
    ...notificationsAbout(episode?.fingerprint, episode?.notifications ?? [], view),
  };
}

/** What is done about an alert of which no more is known. */
export function unlessTold({ alerting }: Pick<Doors, 'alerting'>): string {
  return alerting.sender ? 'Handed to Alertmanager' : 'Logged';
}
