// Paths that are written otherwise than the routes have them. As in Go's servers, and so in Prometheus and Alertmanager,
// characters that need no percent sign mean the same with one, and a path with slashes or dots too many is redirected.
// Source: RFC 3986, 6.2.2.2 and 6.2.2.3; Go, net/http.ServeMux.

import { posix } from 'node:path';

/** A request's target with `%68` and the like as the characters they stand for; what has to be encoded stays. */
export function withPlainCharacters(url: string): string {
  if (!url.includes('%')) return url;
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const plain = path.replace(/%([0-9A-F]{2})/gi, (encoded, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w.~-]/.test(character) ? character : encoded;
  });
  return plain + url.slice(path.length);
}

/** Paths of routes, as Express has them: `/api/v1/label/:name/values`. */
export class MeantPaths {
  readonly #patterns: readonly RegExp[];

  constructor(paths: readonly string[]) {
    this.#patterns = [...new Set(paths)].map(
      path => new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}$`),
    );
  }

  /**
   * Where a path leads whose slashes and dots are put right, relative to it, since a proxy may have taken a prefix away.
   * Undefined when that is no route, or the path is right as it is.
   */
  locationOf(path: string): string | undefined {
    if (!/\/\/|\/\.{1,2}(?:\/|$)|.\/$/.test(path)) return undefined;
    const meant = posix.normalize(path).replace(/(.)\/$/, '$1');
    if (meant === path || !this.#patterns.some(pattern => pattern.test(meant))) return undefined;
    const up = '/..'.repeat(path.split('/').length - 2).slice(1);
    return up === '' ? meant.slice(1) || './' : `${up}${meant}`;
  }
}
