// GET /api/v2/alerts/groups: alerts grouped as they are sent.
// Source: Alertmanager, dispatch/dispatch.go, Groups.

import { z } from 'zod';
import type { StoredAlert } from '../../alertmanager/alert-store.js';
import { byLabels, compareLabelSets } from '../../alertmanager/dispatch/group.js';
import { type Muted, routeMutedBy } from '../../alertmanager/pipeline/mute.js';
import type { Notifier } from '../../alertmanager/pipeline/notifier.js';
import type { Regexp } from '../../go/regexp.js';
import type { Labels } from '../../model/labels.js';
import type { Millis } from '../../model/time.js';
import type { ApiContext } from '../context.js';
import { type AlertFilter, alertFilterOf, alertView, mutedIfWanted } from './alert-view.js';
import { notifierOf } from './elsewhere.js';
import { endpoint } from './endpoint.js';
import { describe, isOn, receiverOf } from './parameters.js';
import { json } from './problem.js';
import { alertGroup } from './shapes.js';

export const alertGroups = endpoint({
  method: 'GET',
  path: 'alerts/groups',
  summary: 'Alerts grouped as they are sent',
  query: () =>
    z.object({
      active: describe.show('active alerts'),
      silenced: describe.show('silenced alerts'),
      inhibited: describe.show('inhibited alerts'),
      muted: describe.show('groups that a time interval mutes'),
      filter: describe.filter(),
      receiver: describe.receiver(),
    }),
  answer: () => z.array(alertGroup()),
  handle({ query, now }, context: Pick<ApiContext, 'alerting'>) {
    const notifier = notifierOf(context);
    const wanted = { filter: alertFilterOf(query), receiver: receiverOf(query), muted: isOn(query, 'muted') };
    const groups = groupsOf(notifier, wanted, now);
    const receivers = receiversOf(groups);
    return json(
      groups.map(({ receiver, labels, mutedBy, alerts }) => ({
        alerts: alerts
          .toSorted((a, b) => byLabels(a.alert, b.alert))
          .map(({ alert, muted }) =>
            alertView(alert, muted, receivers.get(alert.fingerprint) ?? [], mutedBy),
          ),
        labels: labels.toJSON(),
        receiver: { name: receiver },
      })),
    );
  },
});

interface Wanted {
  readonly filter: AlertFilter;
  readonly receiver: Regexp | undefined;
  readonly muted: boolean;
}

interface GroupView {
  readonly receiver: string;
  readonly labels: Labels;
  /** Names of time intervals. */
  readonly mutedBy: readonly string[];
  readonly alerts: readonly { readonly alert: StoredAlert; readonly muted: Muted }[];
}

/** Groups with alerts that are wanted, in order. */
function groupsOf(notifier: Notifier, wanted: Wanted, at: Millis): GroupView[] {
  const groups = [...notifier.groups].flatMap(({ route, labels, alerts }): GroupView[] => {
    const { receiver } = route;
    const mutedBy = routeMutedBy(route, notifier.config, at)?.intervals ?? [];
    if (wanted.receiver?.matches(receiver) === false || (!wanted.muted && mutedBy.length > 0)) return [];
    const matching = [...alerts].flatMap(alert => {
      const muted = mutedIfWanted(alert, wanted.filter, notifier, at);
      return muted ? [{ alert, muted }] : [];
    });
    return matching.length > 0 ? [{ receiver, labels, mutedBy, alerts: matching }] : [];
  });
  return groups.sort((a, b) => compareLabelSets(a.labels, b.labels) || compareText(a.receiver, b.receiver));
}

/** Receivers of each alert, by fingerprint. */
function receiversOf(groups: readonly GroupView[]): Map<string, string[]> {
  const receivers = new Map<string, string[]>();
  for (const { receiver, alerts } of groups)
    for (const { alert } of alerts) {
      const known = receivers.get(alert.fingerprint);
      if (known) known.push(receiver);
      else receivers.set(alert.fingerprint, [receiver]);
    }
  for (const names of receivers.values()) names.sort();
  return receivers;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
