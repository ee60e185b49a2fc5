// Services that are in trouble and whose alerts the rules leave out, because something they depend on is down. Comes in: the
// board; goes out: what would be sent otherwise. The rules say the same as `langgraph:service_muted`.

import type { Mute, MutedAlert } from '../model/muted.js';
import type { Board } from './state.js';

/** In the order of the services. */
export function mutedByDependency(board: Board): MutedAlert[] {
  return board.services.flatMap(({ id, name, severity, dependsOn }) => {
    const trouble = board.trouble(id);
    if (!trouble) return [];
    const mutes = dependencyMutes(board, dependsOn);
    if (mutes.length === 0) return [];
    const message = `${name} is ${trouble.status}${trouble.error === undefined ? '' : ` - ${trouble.error}`}`;
    return [{ service: id, severity, message, mutes }];
  });
}

function dependencyMutes(board: Board, dependsOn: readonly string[]): Mute[] {
  const down = dependsOn.filter(each => board.result(each)?.level === 'down');
  const nameOf = (id: string) => board.service(id)?.name ?? id;
  return down.map(each => ({ reason: 'dependency', text: `depends on ${nameOf(each)}, which is down` }));
}
