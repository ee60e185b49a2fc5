// Several monitors as metrics: which peers answer, what each sees of each service, and the lease. Comes in: states; goes out: gauges
// and a counter, without series where nothing of it is configured.

import { Counter, Gauge, type Registry } from 'prom-client';
import type { Millis } from '../model/time.js';

/** What a monitor sees of each service: whether it is up, by its id. */
export interface ServiceViews {
  readonly replica: string;
  readonly services: Readonly<Record<string, boolean>>;
}

interface LeaseFigures {
  readonly isHeld: boolean;
  /** Whether the last exchange with Redis succeeded. */
  readonly isUp: boolean;
  /** How long ago it was renewed; undefined: never. */
  readonly renewed: Millis | undefined;
}

interface Figures {
  readonly peers: readonly { readonly url: string; readonly isUp: boolean }[];
  readonly views: readonly ServiceViews[];
  /** Another monitor has this one's name. */
  readonly isConflict: boolean;
  readonly lease: LeaseFigures | undefined;
}

export class HaMetrics {
  readonly #peerUp: Gauge<'peer'>;
  readonly #serviceUp: Gauge<'target' | 'seen_from'>;
  readonly #conflict: Gauge<'none'>;
  readonly #held: Gauge<'none'>;
  readonly #leaseUp: Gauge<'none'>;
  readonly #renewedAt: Gauge<'none'>;
  readonly #takeovers: Counter<'none'>;

  constructor(registry: Registry) {
    // Without the label `none`, which is never set, there is no series.
    const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
      new Gauge<L>({ name: `langgraph_monitor_${name}`, help, labelNames, registers: [registry] });
    this.#peerUp = gauge('peer_up', 'Whether another monitor of ha.peers answered the last time', ['peer']);
    this.#serviceUp = gauge(
      'replica_service_up',
      'Whether a service is up as one of several monitors sees it, this one among them',
      ['target', 'seen_from'],
    );
    this.#conflict = gauge('replica_conflict', 'Whether another monitor has the ha.replica of this one', [
      'none',
    ]);
    this.#held = gauge('lease_held', 'Whether this monitor holds the lease, and so sends notifications', [
      'none',
    ]);
    this.#leaseUp = gauge('lease_up', 'Whether the Redis of the lease answered the last time', ['none']);
    this.#renewedAt = gauge(
      'lease_last_renewal_timestamp_seconds',
      'When this monitor last renewed the lease, as a Unix timestamp; absent while it never held it',
      ['none'],
    );
    this.#takeovers = new Counter({
      name: 'langgraph_monitor_lease_takeovers_total',
      help: 'Times this monitor took the lease',
      labelNames: ['none'],
      registers: [registry],
    });
  }

  tookOver(): void {
    this.#takeovers.inc();
  }

  /** Shows what there is now; undefined: one monitor alone. @param now wall clock */
  update(figures: Figures | undefined, now: Millis): void {
    const all = [this.#peerUp, this.#serviceUp, this.#conflict, this.#held, this.#leaseUp, this.#renewedAt];
    for (const gauge of all) gauge.reset();
    if (!figures) return;
    for (const { url, isUp } of figures.peers) this.#peerUp.set({ peer: url }, Number(isUp));
    for (const { replica, services } of figures.views)
      for (const [target, isUp] of Object.entries(services))
        this.#serviceUp.set({ target, seen_from: replica }, Number(isUp));
    this.#conflict.set(Number(figures.isConflict));
    const { lease } = figures;
    if (!lease) return;
    this.#held.set(Number(lease.isHeld));
    this.#leaseUp.set(Number(lease.isUp));
    this.#takeovers.inc(0);
    if (lease.renewed !== undefined) this.#renewedAt.set((now - lease.renewed) / 1000);
  }
}
