// Remote write as metrics, under Prometheus' names. Comes in: what became of samples; goes out: counters and gauges of each
// receiver, which are not there before there is one. Source: Prometheus, storage/remote/queue_manager.go, storage/remote/write.go.

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Millis } from '../model/time.js';

/** A receiver as its series name it. */
export interface RemoteIdentity {
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  /** The newest sample that it has acknowledged, or when it was configured first. */
  readonly newest: Millis;
  readonly minShards: number;
  readonly maxShards: number;
}

/** What has happened since it was counted last, and how things are. */
interface RemoteFigures {
  readonly results: readonly {
    readonly kind: 'samples' | 'metadata';
    readonly result: 'sent' | 'failed' | 'retried';
    readonly count: number;
  }[];
  readonly dropped: readonly { readonly reason: string; readonly count: number }[];
  readonly bytes: Readonly<Record<'samples' | 'metadata', number>>;
  readonly durations: readonly Millis[];
  readonly pending: number;
  readonly shards: number;
  readonly newest: Millis;
}

const PREFIX = 'prometheus_remote_storage_';
const LABELS = ['remote_name', 'url'] as const;
type Label = (typeof LABELS)[number];
const REASONS = ['dropped_series', 'too_old'] as const;

/** The metrics in one registry. */
export class RemoteWriteMetrics {
  readonly #results: Readonly<Record<'samples' | 'metadata', Readonly<Record<string, Counter<Label>>>>>;
  readonly #dropped: Counter<Label | 'reason'>;
  readonly #bytes: Readonly<Record<'samples' | 'metadata', Counter<Label>>>;
  readonly #durations: Histogram<Label>;
  readonly #pending: Gauge<Label>;
  readonly #shards: Gauge<Label>;
  readonly #minShards: Gauge<Label>;
  readonly #maxShards: Gauge<Label>;
  readonly #newestSent: Gauge<Label>;
  readonly #newest: Gauge<'none'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const counter = (name: string, help: string) =>
      new Counter({ name: `${PREFIX}${name}`, help, labelNames: LABELS, registers });
    const gauge = (name: string, help: string) =>
      new Gauge({ name: `${PREFIX}${name}`, help, labelNames: LABELS, registers });
    const results = (kind: string, what: string) => ({
      sent: counter(`${kind}_total`, `${what} that the receiver has acknowledged`),
      failed: counter(
        `${kind}_failed_total`,
        `${what} that the receiver has refused; they are not sent again`,
      ),
      retried: counter(`${kind}_retried_total`, `${what} that were sent again after a failure`),
    });
    this.#results = { samples: results('samples', 'Samples'), metadata: results('metadata', 'Families') };
    this.#dropped = new Counter({
      name: `${PREFIX}samples_dropped_total`,
      help: 'Samples that were not sent: their series is dropped by write_relabel_configs, or they were too old',
      labelNames: [...LABELS, 'reason'],
      registers,
    });
    this.#bytes = {
      samples: counter('bytes_total', 'Bytes of samples that were sent, compressed'),
      metadata: counter('metadata_bytes_total', 'Bytes of metadata that were sent, compressed'),
    };
    this.#durations = new Histogram({
      name: `${PREFIX}sent_batch_duration_seconds`,
      help: 'How long requests took that the receiver has acknowledged',
      labelNames: LABELS,
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60],
      registers,
    });
    this.#pending = gauge('samples_pending', 'Samples that are stored and not acknowledged by the receiver');
    this.#shards = gauge('shards', 'Requests at one time of the last samples that were sent');
    this.#minShards = gauge('shards_min', 'The least of them, as configured');
    this.#maxShards = gauge('shards_max', 'The most of them, as configured');
    this.#newestSent = gauge(
      'queue_highest_sent_timestamp_seconds',
      'Time of the newest sample that the receiver has acknowledged',
    );
    this.#newest = new Gauge({
      name: `${PREFIX}highest_timestamp_in_seconds`,
      help: 'Time of the newest sample that was stored to be sent',
      labelNames: ['none'],
      registers,
    });
  }

  /** All receivers that there are now. */
  setRemotes(remotes: readonly RemoteIdentity[]): void {
    for (const gauge of [this.#pending, this.#shards, this.#minShards, this.#maxShards, this.#newestSent])
      gauge.reset();
    if (remotes.length === 0) this.#newest.reset();
    for (const { name, url, newest, minShards, maxShards } of remotes) {
      const labels = { remote_name: name, url };
      // Counters are there from the start, so that the first failure is an increase.
      for (const counters of Object.values(this.#results))
        for (const counter of Object.values(counters)) counter.inc(labels, 0);
      for (const counter of Object.values(this.#bytes)) counter.inc(labels, 0);
      for (const reason of REASONS) this.#dropped.inc({ ...labels, reason }, 0);
      this.#pending.set(labels, 0);
      // A receiver that never acknowledges anything is behind, too.
      this.#newestSent.set(labels, newest / 1000);
      this.#minShards.set(labels, minShards);
      this.#maxShards.set(labels, maxShards);
    }
  }

  /** Counts what has happened to one receiver's samples. */
  add({ name, url }: Pick<RemoteIdentity, 'name' | 'url'>, figures: RemoteFigures): void {
    const labels = { remote_name: name, url };
    for (const { kind, result, count } of figures.results) this.#results[kind][result]?.inc(labels, count);
    for (const { reason, count } of figures.dropped) this.#dropped.inc({ ...labels, reason }, count);
    for (const kind of ['samples', 'metadata'] as const)
      if (figures.bytes[kind] > 0) this.#bytes[kind].inc(labels, figures.bytes[kind]);
    for (const duration of figures.durations) this.#durations.observe(labels, duration / 1000);
    this.#pending.set(labels, figures.pending);
    this.#shards.set(labels, figures.shards);
    if (figures.newest > 0) this.#newestSent.set(labels, figures.newest / 1000);
  }

  /** @param at the newest sample that was stored to be sent */
  setNewest(at: Millis): void {
    if (at > 0) this.#newest.set(at / 1000);
  }
}
