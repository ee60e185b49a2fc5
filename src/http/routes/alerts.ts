// GET /alerts: what is wrong right now.

import { z } from 'zod';
import { problemText } from '../../cluster/snapshot.js';
import { type Alert, alertLine } from '../../cluster/verdict.js';
import { isoLocal, type Millis } from '../../model/time.js';
import { actionTaken } from '../../notify/action-taken.js';
import type { Doors } from '../doors.js';
import { inWords } from '../in-words.js';
import { yesOrNo } from '../query.js';
import { route } from '../route.js';
import { alertText, rulesProblem, timestamp } from '../shapes.js';

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
        }),
      )
      .optional(),
    rules: rulesProblem.optional(),
  }),
  handle({ detail }, doors) {
    const { board, clock } = doors;
    const now = clock.now();
    const firing = board.verdict.alerts;
    return {
      body: {
        alerts: firing.map(alertLine),
        count: firing.length,
        timestamp: isoLocal(now),
        details: detail ? firing.map(alert => describe(alert, doors, now)) : undefined,
        rules: board.verdictProblem && problemText(board.verdictProblem, now),
      },
    };
  },
});

function describe(alert: Alert, doors: Doors, now: Millis) {
  const { identity, name, severity, service, message, startsAt, escalation } = alert;
  return {
    severity,
    service,
    message,
    timestamp: isoLocal(startsAt),
    duration: inWords(now - startsAt),
    action_taken: actionTaken(doors.alerting.episodes.current(identity), unlessTold(doors)),
    alertname: name,
    escalation,
  };
}

/** What is done about an alert of which no more is known. */
export function unlessTold({ alerting }: Pick<Doors, 'alerting'>): string {
  return alerting.sender ? 'Handed to Alertmanager' : 'Logged';
}
