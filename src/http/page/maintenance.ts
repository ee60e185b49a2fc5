// Maintenance that is planned or under way: silences whose comment begins with the word. Comes in: silences; goes out:
// when each is and which services it concerns.

import { isMaintenance } from '../../alertmanager/mute/maintenance.js';
import { type Silence, silenceState } from '../../alertmanager/mute/silences.js';
import type { Millis } from '../../model/time.js';
import type { ApiContext } from '../context.js';

interface Maintenance {
  readonly id: string;
  readonly startsAt: Millis;
  readonly endsAt: Millis;
  readonly isActive: boolean;
  /** Services it may concern; undefined: no service is named, so it may be any. */
  readonly services: readonly string[] | undefined;
  readonly comment: string;
}

/** What is planned or under way, in the order of its begin. */
export function plannedMaintenance({
  alerting,
  cluster,
  clock,
}: Pick<ApiContext, 'alerting' | 'cluster' | 'clock'>) {
  const now = clock.now();
  return alerting.silences
    .all()
    .filter(each => isMaintenance(each) && silenceState(each, now) !== 'expired')
    .sort((a, b) => a.startsAt - b.startsAt)
    .map(
      (silence): Maintenance => ({
        id: silence.id,
        startsAt: silence.startsAt,
        endsAt: silence.endsAt,
        isActive: silenceState(silence, now) === 'active',
        services: servicesOf(
          silence,
          cluster.services.map(({ id }) => id),
        ),
        comment: silence.comment,
      }),
    );
}

/** The services whose alerts a silence may match; what else it asks of them is not looked at. */
function servicesOf({ matchers }: Silence, ids: readonly string[]): string[] | undefined {
  const named = matchers.filter(({ name }) => name === 'target');
  if (named.length === 0) return undefined;
  return ids.filter(id => named.every(matcher => matcher.matchesValue(id)));
}
