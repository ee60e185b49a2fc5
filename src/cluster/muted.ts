// Services that are in trouble and whose alerts the rules leave out, because something they depend on is down. Comes in: the
// cluster state; goes out: what would be sent otherwise. The rules say the same as `langgraph:service_muted`.

import type { Mute, MutedAlert } from '../model/muted.js';
import type { ClusterState } from './state.js';

/** In the order of the services. */
export function mutedByDependency(cluster: ClusterState): MutedAlert[] {
  return cluster.services.flatMap(({ id, name, severity, dependsOn }) => {
    const trouble = cluster.lastFailure(id);
    if (!trouble) return [];
    const mutes = dependencyMutes(cluster, dependsOn);
    if (mutes.length === 0) return [];
    const message = `${name} is ${trouble.status}${trouble.error === undefined ? '' : ` - ${trouble.error}`}`;
    return [{ service: id, severity, message, mutes }];
  });
}

function dependencyMutes(cluster: ClusterState, dependsOn: readonly string[]): Mute[] {
  const down = dependsOn.filter(each => cluster.result(each)?.level === 'down');
  const nameOf = (id: string) => cluster.service(id)?.name ?? id;
  return down.map(each => ({ reason: 'dependency', text: `depends on ${nameOf(each)}, which is down` }));
}
