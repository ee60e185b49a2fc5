// GET /alerts: what is wrong right now.

import { z } from 'zod';
import { problemText } from '../../cluster/snapshot.js';
import { type Alert, alertLine } from '../../cluster/verdict.js';
import { isoLocal, type Millis } from '../../model/time.js';
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
  handle({ detail }, { board, clock }) {
    const now = clock.now();
    const firing = board.verdict.alerts;
    return {
      body: {
        alerts: firing.map(alertLine),
        count: firing.length,
        timestamp: isoLocal(now),
        details: detail ? firing.map(alert => describe(alert, now)) : undefined,
        rules: board.verdictProblem && problemText(board.verdictProblem, now),
      },
    };
  },
});

function describe({ name, severity, service, message, startsAt, escalation }: Alert, now: Millis) {
  return {
    severity,
    service,
    message,
    timestamp: isoLocal(startsAt),
    duration: inWords(now - startsAt),
    action_taken: 'Logged',
    alertname: name,
    escalation,
  };
}

/** A span as the document words it: `5 minutes`. */
function inWords(span: Millis): string {
  const units: [string, Millis][] = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ];
  const [unit, size] = units.find(([, each]) => span >= each) ?? ['second', 1000];
  const count = Math.max(0, Math.floor(span / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
