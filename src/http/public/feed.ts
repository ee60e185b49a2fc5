// The events for the public page: as /events, with what /ui/public/cluster_health says.

import type { Alerting } from '../../alerts/alerting.js';
import type { Snapshots } from '../../cluster/health-json.js';
import type { Board } from '../../cluster/state.js';
import type { Clock } from '../../model/time.js';
import { HealthFeed } from '../events/feed.js';
import { publicHealth } from './view.js';

/** The caller must close it. @param delivering who knows what of alerts is not sent */
export function makePublicFeed(
  board: Board,
  snapshots: Snapshots,
  clock: Clock,
  delivering: () => { readonly alerting: Alerting },
): HealthFeed {
  const write = () =>
    JSON.stringify(publicHealth({ board, snapshots, clock, alerting: delivering().alerting }));
  return new HealthFeed(board, { write }, clock);
}
