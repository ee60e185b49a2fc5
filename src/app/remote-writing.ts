// Remote write in the monitor: what is sent and how the receivers are goes to metrics and to /health. Comes in: the configuration,
// and figures of the thread that sends; goes out: metrics, and a line for each receiver.

import type { RemoteIdentity, RemoteWriteMetrics } from '../metrics/remote-write.js';
import type { Clock } from '../model/time.js';
import type { RemoteWriteConfiguration } from '../remote-write/config/definition.js';
import { withoutCredentials } from '../remote-write/config/remote.js';
import type { RemoteFigures } from '../remote-write/figures.js';

/** A receiver is behind when its newest sample is older than this by the newest that was stored; as in Prometheus' own alert. */
const BEHIND = 120_000;

interface KnownRemote extends RemoteIdentity {
  figures: RemoteFigures | undefined;
}

/** The receivers of the configuration, and how they are. */
export class RemoteWriting {
  readonly #metrics: RemoteWriteMetrics;
  readonly #clock: Clock;
  readonly #onChanged: () => void;
  #remotes = new Map<string, KnownRemote>();

  /** @param onChanged called when metrics have changed */
  constructor(metrics: RemoteWriteMetrics, clock: Clock, onChanged: () => void) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#onChanged = onChanged;
  }

  /** All receivers that there are now. */
  configure({ remotes }: Pick<RemoteWriteConfiguration, 'remotes'>): void {
    const known = this.#remotes;
    this.#remotes = new Map(
      remotes.map(({ name, url, queue: { minShards, maxShards } }) => {
        const figures = known.get(name)?.figures;
        const newest = figures?.newest || this.#clock.now();
        return [name, { name, url: withoutCredentials(url), newest, minShards, maxShards, figures }];
      }),
    );
    if (known.size + remotes.length === 0) return;
    this.#metrics.setRemotes([...this.#remotes.values()]);
    this.#onChanged();
  }

  /** What has happened since the last call. */
  add(all: readonly RemoteFigures[], newest: number): void {
    for (const figures of all) {
      const remote = this.#remotes.get(figures.name);
      if (!remote) continue;
      remote.figures = figures;
      this.#metrics.add(remote, figures);
    }
    this.#metrics.setNewest(newest);
    this.#onChanged();
  }

  /** Each receiver with `ok`, or what is wrong with it and how far it is behind; undefined without receivers. */
  health(): Record<string, string> | undefined {
    if (this.#remotes.size === 0) return undefined;
    return Object.fromEntries(
      [...this.#remotes.values()].map(remote => [remote.name, this.#healthOf(remote)]),
    );
  }

  #healthOf({ figures }: KnownRemote): string {
    if (!figures) return 'ok';
    const { problem, pending, newest } = figures;
    const age = this.#clock.now() - newest;
    const isBehind = pending > 0 && newest > 0 && age > BEHIND;
    if (problem === undefined && !isBehind) return 'ok';
    const since = newest > 0 ? `; the newest sample there is ${Math.round(age / 1000)} s old` : '';
    return `${problem ?? 'behind'}; ${pending} samples wait${since}`;
  }
}
