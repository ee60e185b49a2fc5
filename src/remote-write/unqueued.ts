// Samples that are sent at once, beside what waits in the queue. Comes in: some samples; goes out: a request, once: what a receiver
// does not take is lost, so that samples of the queue have to tell the same in another form.

import { Labels } from '../model/labels.js';
import type { Clock, Millis } from '../model/time.js';
import type { Figures } from './figures.js';
import { compressed } from './message/compress.js';
import type { MessageEncoder, MetricMetadata } from './message/message.js';
import type { SentSeries } from './requests.js';
import type { Answer, Message } from './sender.js';

/** A sample with all its labels, its name among them. */
export interface UnqueuedSample {
  readonly labels: Readonly<Record<string, string>>;
  /** Wall clock. */
  readonly at: Millis;
  readonly value: number;
}

/** Samples that had to wait for longer are of no use any more. */
const MAX_WAIT: Millis = 15_000;

interface UnqueuedParts {
  readonly send: (message: Message) => Promise<Answer>;
  readonly series: Pick<SentSeries, 'prepare'>;
  readonly encoder: MessageEncoder;
  readonly metadata: (name: string) => MetricMetadata | undefined;
  readonly figures: Figures;
  readonly clock: Clock;
}

/** Sends to one receiver, one request after the other: samples of a series have to come in order. */
export class Unqueued {
  readonly #parts: UnqueuedParts;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: UnqueuedParts) {
    this.#parts = parts;
  }

  /** @param samples those of a series in order of time */
  send(samples: readonly UnqueuedSample[]): void {
    const addedAt = this.#parts.clock.elapsed();
    this.#last = this.#last.then(() => this.#send(samples, addedAt));
  }

  /** Sends no more. */
  close(): void {
    this.#isClosed = true;
  }

  async #send(samples: readonly UnqueuedSample[], addedAt: Millis): Promise<void> {
    const { send, encoder, figures, clock } = this.#parts;
    const begun = clock.elapsed();
    if (this.#isClosed || begun - addedAt > MAX_WAIT) return;
    const { count, message } = this.#encode(samples);
    if (count === 0) return;
    const body = compressed(message);
    const answer = await send({ body, headers: encoder.headers, isCounted: encoder.countsSamples });
    // Why a receiver takes nothing is reported by its queue.
    if (answer.type !== 'taken') return;
    figures.count('samples', 'sent', count);
    figures.acknowledged('samples', body.length, clock.elapsed() - begun);
  }

  #encode(samples: readonly UnqueuedSample[]): { count: number; message: Uint8Array } {
    const { series, encoder, metadata } = this.#parts;
    const columns = {
      times: Float64Array.from(samples, ({ at }) => at),
      values: Float64Array.from(samples, ({ value }) => value),
      ends: new Uint8Array(samples.length),
    };
    const sent = placesBySeries(samples).flatMap(({ labels, places }) => {
      const prepared = series.prepare(labels);
      return prepared ? [{ ...prepared, samples: places }] : [];
    });
    const count = sent.reduce((sum, { samples: places }) => sum + places.length, 0);
    return { count, message: encoder.encode(sent, columns, metadata) };
  }
}

function placesBySeries(samples: readonly UnqueuedSample[]): { labels: Labels; places: number[] }[] {
  const series = new Map<string, { labels: Labels; places: number[] }>();
  for (const [i, sample] of samples.entries()) {
    const labels = Labels.of(sample.labels);
    const known = series.get(labels.key);
    if (known) known.places.push(i);
    else series.set(labels.key, { labels, places: [i] });
  }
  return [...series.values()];
}
