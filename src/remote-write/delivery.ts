// One message on its way: sent again and again while its receiver is in trouble. Comes in: how to make it; goes out: whether the
// receiver has it. Source: Prometheus, storage/remote/queue_manager.go (sendWriteRequestWithBackoff).

import type { Clock, Millis } from '../model/time.js';
import type { QueueConfig } from './config/definition.js';
import type { Figures, Kind } from './figures.js';
import type { Answer, Message } from './sender.js';

/** A message as it is sent now: samples may get too old while they wait. */
export interface Attempt extends Message {
  readonly count: number;
}

interface DeliveryParts {
  readonly send: (message: Message) => Promise<Answer>;
  readonly queue: QueueConfig;
  readonly figures: Figures;
  readonly clock: Clock;
  readonly onFailed: (reason: string) => void;
  readonly onRefused: (kind: Kind, count: number, reason: string) => void;
  readonly onTaken: () => void;
}

/** Delivers the messages of one receiver. The caller must close it. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #waits = new Set<() => void>();
  #isClosed = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /**
   * Delivers a message, or what is left of it. @param attempt undefined when nothing is left of it
   * @returns false when it was closed before the receiver had it
   */
  async deliver(kind: Kind, attempt: () => Attempt | undefined): Promise<boolean> {
    const { queue, figures, clock } = this.#parts;
    let backoff = queue.minBackoff;
    for (;;) {
      const message = attempt();
      if (!message) return true;
      const begun = clock.elapsed();
      const answer = await this.#parts.send(message);
      if (this.#isClosed && answer.type !== 'taken') return false;
      if (answer.type !== 'failed') {
        this.#ended(kind, message, answer, clock.elapsed() - begun);
        return true;
      }
      figures.count(kind, 'retried', message.count);
      this.#parts.onFailed(answer.reason);
      await this.#pause(answer.retryAfter ?? backoff);
      if (this.#isClosed) return false;
      backoff = Math.min(2 * backoff, queue.maxBackoff);
    }
  }

  /** Ends pauses; what is under way is not delivered. */
  close(): void {
    this.#isClosed = true;
    for (const end of this.#waits) end();
  }

  #ended(
    kind: Kind,
    { count, body }: Attempt,
    answer: Exclude<Answer, { type: 'failed' }>,
    duration: Millis,
  ): void {
    const { figures, onTaken, onRefused } = this.#parts;
    if (answer.type === 'refused') {
      figures.count(kind, 'failed', count);
      onRefused(kind, count, answer.reason);
      return;
    }
    figures.count(kind, 'sent', count);
    figures.acknowledged(kind, body.length, duration);
    onTaken();
  }

  #pause(wait: Millis): Promise<void> {
    return new Promise(resolve => {
      const end = () => {
        clearTimeout(timer);
        this.#waits.delete(end);
        resolve();
      };
      const timer = setTimeout(end, wait);
      this.#waits.add(end);
    });
  }
}
