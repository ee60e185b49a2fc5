// What is not sent at the moment, of the services and of the alerts together.

import { mutedByDependency } from '../cluster/muted.js';
import type { MutedAlert } from '../model/muted.js';
import type { Doors } from './context.js';

/** Now. */
export function mutedNow({
  board,
  alerting,
  clock,
}: Pick<Doors, 'board' | 'alerting' | 'clock'>): MutedAlert[] {
  return [...mutedByDependency(board), ...alerting.muted(clock.now())];
}
