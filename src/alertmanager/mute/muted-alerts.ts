// The reasons why firing alerts are not sent. Comes in: what the embedded notifier knows at a moment; goes out: one entry
// for each muted alert.

import { isEscalation } from '../../model/alert.js';
import type { Mute, MutedAlert } from '../../model/muted.js';
import type { Millis } from '../../model/time.js';
import { type AlertStore, isResolved, type StoredAlert } from '../alert-store.js';
import { matchingRoutes } from '../dispatch/routes.js';
import { mutesAt, timeText } from '../forecast/holds.js';
import { routeMutedBy } from '../pipeline/mute.js';
import type { Notifier } from '../pipeline/notifier.js';

/** All alerts for people that fire and are not sent; an escalated copy goes with its alert. */
export function mutedAlerts(alerts: AlertStore, notifier: Notifier, at: Millis): MutedAlert[] {
  return [...alerts.all()].flatMap(alert => {
    const { severity = '', target = '', alertname = '', ...rest } = alert.labels.toJSON();
    if (isResolved(alert, at) || severity === 'none' || isEscalation(rest)) return [];
    const mutes = mutesOf(alert, alerts, notifier, at);
    const { description, summary } = alert.annotations;
    return mutes.length === 0
      ? []
      : [{ service: target, severity, message: description || summary || alertname, mutes }];
  });
}

/** Why one alert is not sent at a moment; none: it is. */
export function mutesOf(alert: StoredAlert, alerts: AlertStore, notifier: Notifier, at: Millis): Mute[] {
  return [...mutesAt(alert.labels, at, { notifier, alerts }), ...timeMutes(alert, notifier, at)];
}

/** Of the time, only when none of the alert's routes sends now. */
function timeMutes({ labels }: StoredAlert, { config }: Notifier, at: Millis): Mute[] {
  const routes = matchingRoutes(config.route, labels).map(route => routeMutedBy(route, config, at));
  const muted = routes.flatMap(each => (each ? [each] : []));
  if (muted.length < routes.length) return [];
  return muted.map(each => ({ reason: 'time_interval', text: timeText(each) }));
}
