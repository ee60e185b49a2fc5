// The surfaces there are, and which one a path belongs to whose request has not reached an endpoint.

import { alertmanagerSurface } from './alertmanager/surface.js';
import { prometheusSurface } from './prometheus/surface.js';
import { documentSurface } from './routes/surface.js';
import type { Surface } from './surface.js';

/** The APIs of others, each below its prefix. */
export const apis: readonly Surface[] = [prometheusSurface, alertmanagerSurface];

/** The surface a path is below. */
export function surfaceOf(path: string): Surface {
  return apis.find(({ prefix }) => isBelow(path, prefix)) ?? documentSurface;
}

function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/');
}
