// Alerts as the API shows them. Comes in: what the notifier knows; goes out: JSON of those that a query wants.
// Source: Alertmanager, api/v2/api.go, alertFilter and AlertToOpenAPIAlert.

import { isResolved, type StoredAlert } from '../../alertmanager/alert-store.js';
import { type Matcher, matchesAll } from '../../alertmanager/matchers/matcher.js';
import type { Muted } from '../../alertmanager/pipeline/mute.js';
import type { Notifier } from '../../alertmanager/pipeline/notifier.js';
import type { Millis } from '../../model/time.js';
import type { Form } from '../prometheus/form.js';
import { filterOf, isOn } from './parameters.js';
import { type GettableAlert, printed } from './shapes.js';

/** Which alerts are wanted. */
export interface AlertFilter {
  readonly matchers: readonly Matcher[];
  readonly active: boolean;
  readonly silenced: boolean;
  readonly inhibited: boolean;
}

/** @throws Complaint */
export function alertFilterOf(query: Form): AlertFilter {
  return {
    matchers: filterOf(query),
    active: isOn(query, 'active'),
    silenced: isOn(query, 'silenced'),
    inhibited: isOn(query, 'inhibited'),
  };
}

/** What mutes an alert, if it is one that is wanted; undefined when it is not, or is over. */
export function mutedIfWanted(
  alert: StoredAlert,
  { matchers, active, silenced, inhibited }: AlertFilter,
  notifier: Notifier,
  at: Millis,
): Muted | undefined {
  if (isResolved(alert, at) || !matchesAll(matchers, alert.labels)) return undefined;
  const muted = notifier.muted(alert, at);
  if (!active && !isSuppressed(muted)) return undefined;
  if (!silenced && muted.silencedBy.length > 0) return undefined;
  return !inhibited && muted.inhibitedBy.length > 0 ? undefined : muted;
}

/** One alert. @param mutedBy names of time intervals */
export function alertView(
  alert: StoredAlert,
  muted: Muted,
  receivers: readonly string[],
  mutedBy: readonly string[] = [],
): GettableAlert {
  const { annotations, endsAt, fingerprint, startsAt, updatedAt, generatorUrl, labels } = alert;
  return {
    annotations,
    endsAt: printed(endsAt),
    fingerprint,
    receivers: receivers.map(name => ({ name })),
    startsAt: printed(startsAt),
    status: {
      inhibitedBy: [...muted.inhibitedBy],
      mutedBy: [...mutedBy],
      silencedBy: muted.silencedBy.map(({ id }) => id).sort(),
      state: isSuppressed(muted) || mutedBy.length > 0 ? 'suppressed' : 'active',
    },
    updatedAt: printed(updatedAt),
    ...(generatorUrl === '' ? {} : { generatorURL: generatorUrl }),
    labels: labels.toJSON(),
  };
}

function isSuppressed({ silencedBy, inhibitedBy }: Muted): boolean {
  return silencedBy.length > 0 || inhibitedBy.length > 0;
}
