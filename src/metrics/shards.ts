// Monitors that share the services as metrics: which of the others are seen. Comes in: states; goes out: a gauge, without series
// where nothing is shared.

import { Gauge, type Registry } from 'prom-client';

export class ShardMetrics {
  readonly #up: Gauge<'shard'>;

  constructor(registry: Registry) {
    this.#up = new Gauge({
      name: 'langgraph_monitor_shard_up',
      help: 'Whether recent checks of another shard are in the storage of query.url; absent while that does not answer',
      labelNames: ['shard'],
      registers: [registry],
    });
  }

  /** All other shards that check a service, and whether they do; none where that is not known. */
  set(shards: ReadonlyMap<number, boolean>): void {
    this.#up.reset();
    for (const [shard, isUp] of shards) this.#up.set({ shard: String(shard) }, isUp ? 1 : 0);
  }
}
