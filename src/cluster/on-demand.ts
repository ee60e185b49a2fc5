// Results no older than a caller asks for: stale services are checked at once, and callers that ask meanwhile share the
// check that is under way.

import type { Millis } from '../model/time.js';
import type { ClusterState } from './state.js';

/** Longest wait for an answer; then it is what there is. */
const REFRESH_TIMEOUT: Millis = 5000;

/** Brings the cluster state up to date on demand. */
export class Refresher {
  readonly #cluster: ClusterState;
  readonly #check: (ids: readonly string[]) => void;
  /** Callers that wait for a service's next result. */
  readonly #waiting = new Map<string, Set<() => void>>();

  /** @param check asks for a check of these services at once */
  constructor(cluster: ClusterState, check: (ids: readonly string[]) => void) {
    this.#cluster = cluster;
    this.#check = check;
  }

  /**
   * Resolves when no result is older than `maxAge`, or after `timeout`.
   * @param at wall clock @param ids only these services
   */
  async ensure(
    maxAge: Millis,
    at: Millis,
    timeout: Millis = REFRESH_TIMEOUT,
    ids: readonly string[] = this.#cluster.services.map(service => service.id),
  ): Promise<void> {
    const stale = ids.filter(id => at - (this.#cluster.result(id)?.at ?? Number.NEGATIVE_INFINITY) > maxAge);
    if (stale.length === 0) return;
    const requested = stale.filter(id => !this.#waiting.has(id));
    for (const id of requested) this.#waiting.set(id, new Set());
    if (requested.length > 0) this.#check(requested);
    await this.#results(stale, timeout);
  }

  /** A service's result has come, or the service is gone and none will. */
  resolved(id: string): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    for (const resolve of waiting) resolve();
  }

  /** A service without waiters is checked again on the next request, because its answer may never come. */
  #stopWaiting(id: string, one: () => void): void {
    const waiting = this.#waiting.get(id);
    waiting?.delete(one);
    if (waiting?.size === 0) this.#waiting.delete(id);
  }

  #results(ids: readonly string[], timeout: Millis): Promise<void> {
    return new Promise(resolve => {
      let left = ids.length;
      const one = () => {
        if (--left === 0) done();
      };
      const done = () => {
        clearTimeout(timer);
        for (const id of ids) this.#stopWaiting(id, one);
        resolve();
      };
      const timer = setTimeout(done, timeout);
      // Waiting callers have a connection that keeps the process alive; a program that ends does not wait for this.
      timer.unref();
      for (const id of ids) (this.#waiting.get(id) as Set<() => void>).add(one);
    });
  }
}
