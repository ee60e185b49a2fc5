// Notifications about an alert, sent and to come, as endpoints show them. Comes in: its history and the forecast; goes out:
// JSON.

import { z } from 'zod';
import type { Forecast, NextNotification } from '../alertmanager/forecast/forecast.js';
import type { Millis } from '../model/time.js';
import type { ApiContext } from './context.js';

/** Notifications an answer lists; /alert_history has all. */
const MAX_TOLD = 20;

/** The shapes. @param moment of a moment */
export function notificationShapes(moment: z.ZodType<string>) {
  return {
    told: z
      .array(
        z.object({
          at: moment,
          receiver: z.string(),
          integration: z.string().meta({ examples: ['email'] }),
          status: z.enum(['firing', 'resolved']).describe('What the notification said of the alert'),
          outcome: z.enum(['sent', 'failed']),
          error: z.string().optional(),
          escalation: z.string().optional(),
        }),
      )
      .describe('The last notifications about the alert, oldest first'),
    next: z
      .array(
        z.object({
          receiver: z.string(),
          integration: z.string(),
          at: moment.optional().describe('Absent while what keeps it back has no known end'),
          what: z
            .enum(['notification', 'repeat', 'escalation', 'resolved'])
            .describe('The first about the alert, another one, the first of its escalation, or its end'),
          unless: z.string().optional().describe('What has to happen for it not to be sent'),
          escalation: z.string().optional().describe('How far the alert has risen then'),
          held_by: z
            .array(
              z.object({
                reason: z.enum(['silence', 'inhibition', 'time_interval', 'restart']),
                text: z.string(),
                until: moment.optional(),
                id: z.string().optional().describe('Of the silence; the fingerprint of the inhibiting alert'),
              }),
            )
            .optional()
            .describe('What keeps it back when it would be due'),
          retry: z
            .object({ attempts: z.number(), error: z.string() })
            .optional()
            .describe('Attempts of this notification that failed so far'),
        }),
      )
      .describe('Notifications to come, the earliest first'),
    nothing_follows: z.string().optional().describe('Why `next` is empty'),
  };
}

/** What was sent about an alert and what comes next. @param print of a moment */
export function notificationsAbout(
  fingerprint: string | undefined,
  notifications: readonly {
    readonly at: Millis;
    readonly receiver: string;
    readonly integration: string;
    readonly status: 'firing' | 'resolved';
    readonly error?: string;
    readonly escalation?: string;
  }[],
  { forecast, context, print }: NotificationView,
) {
  const told = notifications
    .slice(-MAX_TOLD)
    .map(({ at, receiver, integration, status, error, escalation }) => ({
      at: print(at),
      receiver,
      integration,
      status,
      outcome: error === undefined ? ('sent' as const) : ('failed' as const),
      error,
      escalation,
    }));
  const alert = fingerprint === undefined ? undefined : context.alerting.alerts.get(fingerprint);
  const next = (alert && forecast?.next(alert)) ?? [];
  return {
    told,
    next: next.map(each => nextView(each, print)),
    nothing_follows: next.length > 0 ? undefined : whyNothing(context, alert !== undefined),
  };
}

export interface NotificationView {
  /** Undefined where others deliver. */
  readonly forecast: Forecast | undefined;
  readonly context: Pick<ApiContext, 'alerting'>;
  print(at: Millis): string;
}

function nextView(next: NextNotification, print: (at: Millis) => string) {
  const { receiver, integration, at, what, escalation, heldBy, retry } = next;
  return {
    receiver,
    integration,
    at: at === undefined ? undefined : print(at),
    what,
    unless: what === 'resolved' ? 'it begins again' : 'it ends',
    escalation,
    held_by:
      heldBy.length === 0
        ? undefined
        : heldBy.map(({ until, ...hold }) => ({
            ...hold,
            until: until === undefined ? undefined : print(until),
          })),
    retry,
  };
}

function whyNothing({ alerting }: Pick<ApiContext, 'alerting'>, isKnown: boolean): string {
  const { delivery, notifier } = alerting;
  if (delivery.by === 'alertmanagers')
    return `the Alertmanager decides: ${delivery.alertmanagers.map(({ url }) => url).join(', ')}`;
  if (!notifier)
    return 'notifications are sent by the Alertmanager of the Prometheus at query.url; they are not known here';
  return isKnown ? 'the alert is over, and every receiver knows' : 'the alert waits for the first checks';
}
