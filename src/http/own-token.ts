// Endpoints that check a token of their own: the users of the web configuration are not asked for there.

import { documentSurface } from './routes/surface.js';
import { apis } from './surfaces.js';

const paths = [documentSurface, ...apis]
  .flatMap(({ endpoints }) => endpoints)
  .filter(({ hasOwnToken }) => hasOwnToken)
  .map(({ path }) => path.replace(/:\w+/g, '[\\w.-]+'));

const pattern = new RegExp(`^(?:${paths.join('|') || '$^'})(?:\\?|$)`);

/**
 * Whether a request's target is one of them. Ids of plain characters only, so that no way to write a path differently leads
 * elsewhere.
 */
export function isOwnTokenPath(url: string): boolean {
  return pattern.test(url);
}
