// POST /api/v2/alerts: alerts of others, which go the way of our own. Each that is as it should be is taken, whatever the
// others are like.
// Source: Alertmanager, api/v2/api.go, postAlertsHandler; prometheus/common, model/alert.go, Validate.

import type { z } from 'zod';
import type { IncomingAlert } from '../../alertmanager/alert-store.js';
import { noteAlerts } from '../../concurrency/optimizing.js';
import { isLabelName } from '../../model/label-name.js';
import { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import { quote } from '../../promql/print/quote.js';
import type { ApiContext } from '../context.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { Complaint } from './problem.js';
import { postableAlerts } from './shapes.js';
import { readUsualAlerts } from './usual-alerts.js';

/** Bytes; some ten thousand alerts. */
const LIMIT = 10 * 1024 * 1024;

type PostableAlert = z.output<typeof postableAlerts>[number];

export const postAlerts = endpoint({
  method: 'POST',
  path: 'alerts',
  summary: 'Takes alerts, as Prometheus sends them',
  body: { name: 'alerts', limit: LIMIT, shape: postableAlerts, readUsual: readUsualAlerts },
  answer: [],
  others: {
    400: { when: 'An alert is wrong; the others were taken' },
    500: { when: 'They are in force but not on disk, or alerts are elsewhere' },
  },
  handle({ body, now }, context: Pick<ApiContext, 'alerting'>) {
    notifierOf(context);
    noteAlerts(body.length);
    const alerts = body.map(incomingOf);
    const believedUntil = now + context.alerting.alerts.resolveTimeout;
    const problems = alerts.map(alert => problemOf(alert, believedUntil));
    const isKept = context.alerting.ingest(
      alerts.filter((_, i) => problems[i] === undefined),
      now,
      // Before any other request, and while the sender makes its next one.
      setImmediate,
    );
    const found = problems.filter(each => each !== undefined);
    if (found.length > 0) throw new Complaint(400, found.join('; '));
    if (!isKept)
      throw new Complaint(
        500,
        'the alerts are in force but not on disk: a restart forgets them; see the log',
      );
    return { body: '' };
  },
});

function incomingOf({ labels, annotations, startsAt, endsAt, generatorURL }: PostableAlert): IncomingAlert {
  return {
    labels: Labels.of(labels),
    annotations: annotations ?? {},
    startsAt: startsAt ?? undefined,
    endsAt: endsAt ?? undefined,
    generatorUrl: generatorURL ?? '',
  };
}

/** @param believedUntil the end of an alert that names none: `resolve_timeout` from now */
function problemOf(
  { labels, annotations, startsAt, endsAt }: IncomingAlert,
  believedUntil: Millis,
): string | undefined {
  if (startsAt !== undefined && (endsAt ?? believedUntil) < startsAt)
    return 'start time must be before end time';
  const wrong = labels.names.find(name => !isLabelName(name));
  if (wrong !== undefined) return `invalid label set: invalid name ${quote(wrong)}`;
  if (labels.names.length === 0) return 'at least one label pair required';
  const note = Object.keys(annotations).find(name => !isLabelName(name));
  return note === undefined ? undefined : `invalid annotations: invalid name ${quote(note)}`;
}
