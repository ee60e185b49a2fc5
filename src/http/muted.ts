// What is not sent at the moment, of the services and of the alerts together.

import { mutedByDependency } from '../cluster/muted.js';
import type { MutedAlert } from '../model/muted.js';
import type { ApiContext } from './context.js';

/** Now. */
export function mutedNow({
  cluster,
  alerting,
  clock,
}: Pick<ApiContext, 'cluster' | 'alerting' | 'clock'>): MutedAlert[] {
  return [...mutedByDependency(cluster), ...alerting.muted(clock.now())];
}
