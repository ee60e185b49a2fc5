// Another Prometheus has the samples and evaluates the same rules. Comes in: an engine that asks it; goes out: what its rules
// say.

import { CLUSTER_STATUS, clusterStatusOf } from '../cluster/status.js';
import { type Millis, systemClock } from '../model/time.js';
import type { RemoteEngine } from '../query/remote/engine.js';
import type { QueryBackendEvents } from './backend.js';

/** How often the rules of another Prometheus are read, beside every scan. */
const REMOTE_INTERVAL: Millis = 5000;
/** How long an answer to the monitor's own questions may take, if `query.timeout` is no less: an older one says little of now. */
export const OWN_TIMEOUT: Millis = 10_000;

/** A remote Prometheus that evaluates the same rules. The caller must {@link stop} it. */
export class RemoteBackend {
  readonly #engine: RemoteEngine;
  readonly #events: QueryBackendEvents;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(engine: RemoteEngine, events: QueryBackendEvents) {
    this.#engine = engine;
    this.#events = events;
    this.#timer = setInterval(() => void this.evaluate(), REMOTE_INTERVAL);
  }

  /**
   * Fetches the remote status; concurrent calls share the answer. When it was evaluated is unknown: `onScraped` is called at
   * once.
   */
  evaluate(onScraped?: () => void): Promise<void> {
    onScraped?.();
    this.#running ??= this.#fetchStatus().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  async #fetchStatus(): Promise<void> {
    const at = systemClock.now();
    try {
      const { status, alerts } = await this.#engine.evaluation(CLUSTER_STATUS, at, { timeout: OWN_TIMEOUT });
      // A late answer must not replace a newer status.
      if (this.#isStopped) return;
      if (status === undefined)
        this.#events.onRulesUnavailable(`query.url has no series ${CLUSTER_STATUS}; load rules/ there`);
      else {
        this.#events.onStatus(clusterStatusOf(status, alerts), at);
        this.#events.onFiring(
          alerts.filter(({ state }) => state === 'firing'),
          at,
        );
      }
    } catch (error) {
      if (!this.#isStopped) this.#events.onRulesUnavailable((error as Error).message);
    }
  }
}
