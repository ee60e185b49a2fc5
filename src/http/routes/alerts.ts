// GET /alerts: what is wrong right now.

import { z } from 'zod';
import { actionTaken } from '../../alerts/action-taken.js';
import { mutedPart, problemText } from '../../cluster/health-json.js';
import type { ClusterState } from '../../cluster/state.js';
import { alertLine, type ClusterAlert } from '../../cluster/status.js';
import { mapInSlices } from '../../concurrency/time-slicer.js';
import { isoLocal, type Millis } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { humanizeDuration } from '../humanize.js';
import { mutedNow } from '../muted.js';
import { type NotificationView, notificationShapes, notificationsAbout } from '../notifications.js';
import { yesOrNo } from '../query.js';
import { route } from '../route.js';
import { alertText, mutedAlert, rulesProblem, timestamp } from '../shapes.js';

/** What is looked at. */
type Known = Pick<ApiContext, 'alerting' | 'clock' | 'cluster'>;

export const alerts = route({
  method: 'GET',
  path: '/alerts',
  summary: 'Firing alerts, critical first',
  query: () =>
    z.object({ detail: yesOrNo().optional().describe('Also give the alerts as objects, in `details`') }),
  answer: () =>
    z.object({
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
  handle: async ({ detail }, context: Pick<ApiContext, 'alerting' | 'clock' | 'cluster'>) => ({
    body: await alertsBody(context, detail ?? false),
  }),
});

/** What the endpoint answers. @param detail also the alerts as objects */
export async function alertsBody(context: Known, detail: boolean) {
  const { cluster, clock } = context;
  const now = clock.now();
  const firing = cluster.status.alerts;
  return {
    alerts: firing.map(alertLine),
    count: firing.length,
    timestamp: isoLocal(now),
    ...(detail ? await detailsNow(context) : { details: undefined, muted: undefined }),
    rules: cluster.rulesProblem && problemText(cluster.rulesProblem, now),
  };
}

type Details = Awaited<ReturnType<typeof detailsOf>>;

/** Answers that are being made, each with the cluster state's version it is made from. */
const underWay = new WeakMap<
  ClusterState,
  { readonly version: number; readonly details: Promise<Details> }
>();

/** Each open page asks when alerts change: those that ask for the same while it is being made get it, too. */
function detailsNow(context: Known): Promise<Details> {
  const { cluster } = context;
  const known = underWay.get(cluster);
  if (known?.version === cluster.version) return known.details;
  const details = detailsOf(context);
  const entry = { version: cluster.version, details };
  underWay.set(cluster, entry);
  const forget = () => underWay.get(cluster) === entry && underWay.delete(cluster);
  details.then(forget, forget);
  return details;
}

async function detailsOf(context: Known) {
  const now = context.clock.now();
  const view = { forecast: context.alerting.forecast(), context, print: isoLocal };
  return {
    details: await mapInSlices(context.cluster.status.alerts, alert => describe(alert, context, now, view)),
    muted: mutedNow(context).map(mutedPart),
  };
}

function describe(
  alert: ClusterAlert,
  context: Pick<ApiContext, 'alerting'>,
  now: Millis,
  view: NotificationView,
) {
  const { identity, name, severity, service, message, startsAt, escalation } = alert;
  const episode = context.alerting.history.current(identity);
  const mutes = episode ? context.alerting.mutesOf(episode.fingerprint, now) : [];
  return {
    severity,
    service,
    message,
    timestamp: isoLocal(startsAt),
    duration: humanizeDuration(now - startsAt),
    action_taken: actionTaken(episode, unlessTold(context)),
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
export function unlessTold({ alerting }: Pick<ApiContext, 'alerting'>): string {
  return alerting.sender ? 'Handed to Alertmanager' : 'Logged';
}
