// The receivers that there are, in the thread that sends to them. Comes in: the configuration, and the port of the query thread;
// goes out: samples, and what became of them.

import type { MessagePort } from 'node:worker_threads';
import { type Clock, type Millis, systemClock } from '../model/time.js';
import type { QueueStatus } from '../tsdb/outgoing/outgoing.js';
import type { RemoteWriteConfig } from './config/definition.js';
import type { FamilyMetadata, MetricMetadata } from './message/message.js';
import type { RemoteWriteEvent } from './protocol.js';
import { QueueReader } from './queue-reader.js';
import { RemoteQueue } from './remote-queue.js';
import type { UnqueuedSample } from './unqueued.js';

/** Endings of a family's series. */
const ENDINGS = /_(?:total|bucket|sum|count|created|info)$/;

/** All receivers. The caller must close it. */
export class Remotes {
  readonly #queues = new Map<string, { readonly text: string; readonly queue: RemoteQueue }>();
  readonly #reader: QueueReader;
  readonly #send: (event: RemoteWriteEvent) => void;
  readonly #clock: Clock;
  #families: readonly FamilyMetadata[] = [];
  #byName = new Map<string, MetricMetadata>();
  #statuses: readonly QueueStatus[] = [];
  #newest = 0;
  /** Receivers that are changed, one change after the other. */
  #changing: Promise<void> = Promise.resolve();

  constructor(send: (event: RemoteWriteEvent) => void, clock: Clock = systemClock) {
    this.#send = send;
    this.#clock = clock;
    this.#reader = new QueueReader((newest, queues) => {
      this.#newest = newest;
      this.#statuses = queues;
      for (const status of queues) this.#queues.get(status.name)?.queue.setStatus(status);
    });
  }

  connect(port: MessagePort): void {
    this.#reader.connect(port);
  }

  /** Sends to these and no others; one that is as it was goes on. @param text what tells a configuration from another */
  configure(
    remotes: readonly { readonly config: RemoteWriteConfig; readonly text: string }[],
    externalLabels: Readonly<Record<string, string>>,
  ): void {
    this.#changing = this.#changing.then(async () => {
      const wanted = new Map(remotes.map(({ config, text }) => [config.name, text]));
      const gone = [...this.#queues].filter(([name, { text }]) => wanted.get(name) !== text);
      await Promise.all(gone.map(([name, { queue }]) => this.#remove(name, queue)));
      for (const { config, text } of remotes)
        if (!this.#queues.has(config.name)) this.#add(config, text, externalLabels);
    });
  }

  setFamilies(families: readonly FamilyMetadata[]): void {
    this.#families = families;
    this.#byName = new Map(families.map(({ name, ...metadata }) => [name, metadata]));
    for (const { queue } of this.#queues.values()) void queue.sendMetadata(families);
  }

  /** Sends samples to all receivers at once. @see Unqueued */
  sendUnqueued(samples: readonly UnqueuedSample[]): void {
    void this.#changing.then(() => {
      for (const { queue } of this.#queues.values()) queue.sendUnqueued(samples);
    });
  }

  /** Reports what has happened since the last call. */
  report(): void {
    const remotes = [...this.#queues.values()].map(({ queue }) => queue.figures());
    this.#send({ type: 'figures', newest: this.#newest, remotes });
  }

  /** @param patience how long requests that are under way may take */
  async close(patience: Millis): Promise<void> {
    await this.#changing;
    await Promise.all([...this.#queues.values()].map(({ queue }) => queue.close(patience)));
    this.report();
    this.#reader.close();
  }

  #add(config: RemoteWriteConfig, text: string, externalLabels: Readonly<Record<string, string>>): void {
    const queue = new RemoteQueue(config, {
      reader: this.#reader,
      externalLabels,
      metadata: name => this.#byName.get(name) ?? this.#byName.get(name.replace(ENDINGS, '')),
      clock: this.#clock,
      log: (level, message, fields) => this.#send({ type: 'log', level, message, fields }),
    });
    this.#queues.set(config.name, { text, queue });
    const status = this.#statuses.find(({ name }) => name === config.name);
    if (status) queue.setStatus(status);
    void queue.sendMetadata(this.#families);
  }

  async #remove(name: string, queue: RemoteQueue): Promise<void> {
    await queue.close(0);
    this.#queues.delete(name);
  }
}
