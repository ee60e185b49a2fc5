// What one receiver's queue counts. Comes in: what became of requests; goes out: increases since they were read last, and how
// things are.

import type { Millis } from '../model/time.js';

/** Reasons for which samples are not sent, as Prometheus names them. */
export type DropReason = 'dropped_series' | 'too_old';

/** Samples, or metadata. */
export type Kind = 'samples' | 'metadata';

/** What became of them: acknowledged, given up, to be sent again. */
export type Result = 'sent' | 'failed' | 'retried';

/** Increases, but for the last ones, which are as they are now. */
export interface RemoteFigures {
  readonly name: string;
  readonly results: readonly { readonly kind: Kind; readonly result: Result; readonly count: number }[];
  readonly dropped: readonly { readonly reason: DropReason; readonly count: number }[];
  /** Bytes of messages, compressed. */
  readonly bytes: Readonly<Record<Kind, number>>;
  /** Of requests that were acknowledged. */
  readonly durations: readonly Millis[];
  readonly pending: number;
  /** Shards that send at the moment or did last. */
  readonly shards: number;
  /** The newest sample that was acknowledged; 0 before the first. */
  readonly newest: Millis;
  /** Why nothing is acknowledged at the moment, one line; undefined while things go well. */
  readonly problem: string | undefined;
}

/** The figures of one queue. */
export class Figures {
  pending = 0;
  shards = 0;
  newest: Millis = 0;
  problem: string | undefined;
  readonly #name: string;
  readonly #results = new Map<string, { kind: Kind; result: Result; count: number }>();
  readonly #dropped = new Map<DropReason, number>();
  #bytes: Record<Kind, number> = { samples: 0, metadata: 0 };
  #durations: Millis[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  count(kind: Kind, result: Result, count: number): void {
    const key = `${kind} ${result}`;
    const known = this.#results.get(key);
    if (known) known.count += count;
    else this.#results.set(key, { kind, result, count });
  }

  drop(reason: DropReason, count: number): void {
    if (count > 0) this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + count);
  }

  acknowledged(kind: Kind, bytes: number, duration: Millis): void {
    this.#bytes[kind] += bytes;
    if (kind === 'samples') this.#durations.push(duration);
  }

  /** Reads the increases, which begin again. */
  take(): RemoteFigures {
    const { pending, shards, newest, problem } = this;
    const figures = {
      name: this.#name,
      results: [...this.#results.values()],
      dropped: [...this.#dropped].map(([reason, count]) => ({ reason, count })),
      bytes: this.#bytes,
      durations: this.#durations,
      ...{ pending, shards, newest, problem },
    };
    this.#results.clear();
    this.#dropped.clear();
    this.#bytes = { samples: 0, metadata: 0 };
    this.#durations = [];
    return figures;
  }
}
