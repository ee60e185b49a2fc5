// The events for the public page: as /events, with what /ui/public/cluster_health says.

import type { Alerting } from '../../alerts/alerting.js';
import type { HealthWriter } from '../../cluster/health-json.js';
import type { ClusterState } from '../../cluster/state.js';
import type { Clock } from '../../model/time.js';
import { HealthFeed } from '../events/feed.js';
import { publicHealth } from './view.js';

/** The caller must close it. @param delivering knows which alerts are not sent */
export function makePublicFeed(
  cluster: ClusterState,
  health: HealthWriter,
  clock: Clock,
  delivering: () => { readonly alerting: Alerting },
): HealthFeed {
  const write = () =>
    JSON.stringify(publicHealth({ cluster, health, clock, alerting: delivering().alerting }));
  return new HealthFeed(cluster, { write }, clock);
}
