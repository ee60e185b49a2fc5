// One receiver's queue: windows are read, divided into requests, sent by shards, and acknowledged to the store. Comes in: how much
// waits; goes out: requests, and what became of them. What waits is in the store's file; in memory is one window.

import type { Clock, Millis } from '../model/time.js';
import type { LabelledWindow } from '../query/queue-protocol.js';
import type { QueueStatus, WindowRequest } from '../tsdb/outgoing/outgoing.js';
import type { RemoteWriteConfig } from './config/definition.js';
import { Delivery } from './delivery.js';
import { Figures, type Kind, type RemoteFigures } from './figures.js';
import { compressed } from './message/compress.js';
import type { FamilyMetadata, MessageEncoder, MetricMetadata, SampleColumns } from './message/message.js';
import { version1 } from './message/v1.js';
import { version2 } from './message/v2.js';
import type { QueueReader, ReadResult } from './queue-reader.js';
import { RefusalLog } from './refusal-log.js';
import {
  type Division,
  divide,
  parseDivision,
  type RequestSamples,
  SentSeries,
  textOfDivision,
} from './requests.js';
import { Sender } from './sender.js';
import { Unqueued, type UnqueuedSample } from './unqueued.js';

/** Samples in memory at most, whatever capacity and shards would allow; a scrape that has more comes whole. */
const MAX_WINDOW = 50_000;
/** The store is asked again after this when it had nothing, though something waits: its disk fails. */
const ASK_AGAIN: Millis = 1000;

export interface RemoteQueueParts {
  readonly reader: QueueReader;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly metadata: (name: string) => MetricMetadata | undefined;
  readonly clock: Clock;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
}

/** Sends to one receiver. The caller must close it. */
export class RemoteQueue {
  readonly config: RemoteWriteConfig;
  readonly #parts: RemoteQueueParts;
  readonly #encoder: MessageEncoder;
  readonly #series: SentSeries;
  readonly #sender: Sender;
  readonly #delivery: Delivery;
  readonly #unqueued: Unqueued;
  readonly #figures: Figures;
  readonly #refusals: RefusalLog;
  readonly #division: Division;
  readonly #done: Promise<void>;
  /** Dropped by the store since its start, as it said last. */
  #droppedThere = 0;
  /** Since when something waits; undefined while nothing does. */
  #waitsSince: Millis | undefined;
  /** Samples of the window that is being sent, or whose acknowledgement is on its way; they are pending, too. */
  #inFlight = 0;
  #wake: () => void = () => {};
  #isClosed = false;
  /** While a receiver is in trouble there is one message that waits, not one for each interval. */
  #isSendingMetadata = false;
  #metadataAt: Millis = Number.NEGATIVE_INFINITY;

  /** Begins to send. */
  constructor(config: RemoteWriteConfig, parts: RemoteQueueParts) {
    this.config = config;
    this.#parts = parts;
    this.#encoder = (config.message === 'prometheus.WriteRequest' ? version1 : version2) as MessageEncoder;
    this.#series = new SentSeries(config, this.#encoder, parts.externalLabels);
    this.#sender = new Sender(config);
    this.#figures = new Figures(config.name);
    this.#refusals = new RefusalLog(config.name, parts.log, parts.clock);
    const { minShards, maxShards, maxSamplesPerSend } = config.queue;
    this.#division = { minShards, maxShards, maxSamplesPerSend };
    this.#delivery = new Delivery({
      send: message => this.#sender.send(message),
      queue: config.queue,
      figures: this.#figures,
      clock: parts.clock,
      onFailed: reason => this.#failed(reason),
      onRefused: (kind, count, reason) => this.#refused(kind, count, reason),
      onTaken: () => this.#taken(),
    });
    this.#unqueued = new Unqueued({
      send: message => this.#sender.send(message),
      ...{ series: this.#series, encoder: this.#encoder, figures: this.#figures },
      ...{ metadata: parts.metadata, clock: parts.clock },
    });
    this.#done = this.#run();
  }

  /** What has happened since the last call. */
  figures(): RemoteFigures {
    return this.#figures.take();
  }

  /** How much waits in the store. */
  setStatus({ pending, dropped, newest }: QueueStatus): void {
    this.#figures.pending = pending;
    this.#figures.newest = Math.max(this.#figures.newest, newest);
    // The store counts from its own start.
    this.#figures.drop('too_old', dropped - (dropped < this.#droppedThere ? 0 : this.#droppedThere));
    this.#droppedThere = dropped;
    this.#noteWaiting();
    this.#wake();
  }

  /** Sends samples at once. @see Unqueued */
  sendUnqueued(samples: readonly UnqueuedSample[]): void {
    this.#unqueued.send(samples);
  }

  /** Sends metadata, if it is time for that. */
  async sendMetadata(families: readonly FamilyMetadata[]): Promise<void> {
    const { metadata } = this.config;
    const now = this.#parts.clock.elapsed();
    if (!metadata.send || this.#isSendingMetadata || now - this.#metadataAt < metadata.sendInterval) return;
    this.#metadataAt = now;
    this.#isSendingMetadata = true;
    await this.#deliverMetadata(families);
    this.#isSendingMetadata = false;
  }

  async #deliverMetadata(families: readonly FamilyMetadata[]): Promise<void> {
    const { metadata } = this.config;
    for (let i = 0; i < families.length; i += metadata.maxSamplesPerSend) {
      const some = families.slice(i, i + metadata.maxSamplesPerSend);
      const message = this.#encoder.encodeMetadata(some);
      if (!message) return;
      const body = compressed(message);
      const { headers } = this.#encoder;
      await this.#delivery.deliver('metadata', () => ({
        ...{ body, headers, isCounted: false, count: some.length },
      }));
    }
  }

  /** Ends requests that are under way, unless they are acknowledged within some time. */
  async close(patience: Millis): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    this.#delivery.close();
    this.#unqueued.close();
    const timer = setTimeout(() => this.#sender.close(), patience);
    await this.#done;
    clearTimeout(timer);
    this.#sender.close();
  }

  async #run(): Promise<void> {
    let acknowledged: WindowRequest['acknowledged'];
    while (!this.#isClosed || acknowledged) {
      if (!acknowledged) await this.#untilReady();
      const isWanted = !this.#isClosed && this.#isReady;
      if (!acknowledged && !isWanted) continue;
      const { isAnswered, window } = await this.#next(acknowledged, isWanted);
      if (!isAnswered) {
        if (this.#isClosed) return;
        await this.#sleep(ASK_AGAIN);
        continue;
      }
      acknowledged = undefined;
      this.#inFlight = window?.ids.length ?? 0;
      this.#noteWaiting();
      if (window && (await this.#sendWindow(window))) acknowledged = { to: window.to, newest: window.newest };
      else if (isWanted && !this.#isClosed) await this.#sleep(ASK_AGAIN);
    }
  }

  #next(acknowledged: WindowRequest['acknowledged'], isWanted: boolean): Promise<ReadResult> {
    const { maxShards, maxSamplesPerSend, capacity } = this.config.queue;
    const max = Math.min(MAX_WINDOW, maxShards * Math.max(maxSamplesPerSend, capacity));
    const split = textOfDivision(this.#division);
    return this.#parts.reader.next(this.config.name, { acknowledged, max: isWanted ? max : 0, split });
  }

  /** Samples that wait to be read. */
  get #waiting(): number {
    return this.#figures.pending - this.#inFlight;
  }

  #noteWaiting(): void {
    if (this.#waiting <= 0) this.#waitsSince = undefined;
    else this.#waitsSince ??= this.#parts.clock.elapsed();
  }

  /** Enough waits for a request, or it has waited long enough. */
  get #isReady(): boolean {
    if (this.#waitsSince === undefined) return false;
    const { maxSamplesPerSend, batchSendDeadline } = this.config.queue;
    const isLate = this.#parts.clock.elapsed() - this.#waitsSince >= batchSendDeadline;
    return this.#waiting >= maxSamplesPerSend || isLate;
  }

  async #untilReady(): Promise<void> {
    while (!this.#isClosed && !this.#isReady) {
      const since = this.#waitsSince;
      const { batchSendDeadline } = this.config.queue;
      await this.#sleep(
        since === undefined ? undefined : since + batchSendDeadline - this.#parts.clock.elapsed(),
      );
    }
  }

  /** @param wait undefined: until something happens */
  #sleep(wait: Millis | undefined): Promise<void> {
    return new Promise(resolve => {
      const timer = wait === undefined ? undefined : setTimeout(resolve, Math.max(wait, 1));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @returns whether the receiver has all of it, or will never take it */
  async #sendWindow(window: LabelledWindow): Promise<boolean> {
    const { reader } = this.#parts;
    this.#series.setGeneration(reader.generation);
    const division = parseDivision(window.split) ?? this.#division;
    const { shards, dropped } = divide(window, division, id =>
      this.#series.of(id, each => reader.labelsOf(each)),
    );
    this.#figures.shards = Math.max(shards.length, division.minShards);
    const done = await Promise.all(shards.map(requests => this.#sendAll(requests, window)));
    if (!done.every(Boolean)) return false;
    this.#figures.drop('dropped_series', dropped);
    this.#figures.newest = Math.max(this.#figures.newest, window.newest);
    return true;
  }

  async #sendAll(requests: readonly RequestSamples[], columns: SampleColumns): Promise<boolean> {
    for (const request of requests) {
      const isSent = await this.#delivery.deliver('samples', this.#attempts(request, columns));
      if (!isSent) return false;
    }
    return true;
  }

  /** The same bytes each time, unless samples get too old. */
  #attempts({ series, count }: RequestSamples, columns: SampleColumns) {
    const { sampleAgeLimit } = this.config.queue;
    const { headers, countsSamples: isCounted } = this.#encoder;
    let left = { series, count };
    let body: Buffer | undefined;
    return () => {
      if (sampleAgeLimit > 0) {
        const young = youngOf(left, columns, this.#parts.clock.now() - sampleAgeLimit);
        this.#figures.drop('too_old', left.count - young.count);
        if (young.count !== left.count) body = undefined;
        left = young;
      }
      if (left.count === 0) return undefined;
      body ??= compressed(this.#encoder.encode(left.series, columns, this.#parts.metadata));
      return { body, headers, isCounted, count: left.count };
    };
  }

  #failed(reason: string): void {
    if (this.#figures.problem === undefined)
      this.#parts.log('warn', 'Remote write fails; samples wait and are sent again', {
        remote_name: this.config.name,
        err: reason,
      });
    this.#figures.problem = reason;
  }

  #refused(kind: Kind, count: number, reason: string): void {
    this.#refusals.add(kind, count, reason);
    this.#figures.problem = `refused: ${reason}`;
  }

  #taken(): void {
    if (this.#figures.problem !== undefined && !this.#figures.problem.startsWith('refused: '))
      this.#parts.log('info', 'Remote write goes on', { remote_name: this.config.name });
    this.#figures.problem = undefined;
  }
}

/** Without samples from before a moment. */
function youngOf(
  { series }: RequestSamples,
  { times }: SampleColumns,
  from: Millis,
): { series: RequestSamples['series']; count: number } {
  const young = series
    .map(each => ({ ...each, samples: each.samples.filter(i => (times[i] as Millis) >= from) }))
    .filter(({ samples }) => samples.length > 0);
  return { series: young, count: young.reduce((sum, { samples }) => sum + samples.length, 0) };
}
