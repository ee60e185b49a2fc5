// One message to one integration, until it is taken, no longer needed, refused for good, or too late. Comes in: what there
// is to send, recomputed before every attempt; goes out: what came of it. Source: Alertmanager, notify.RetryStage.

import { backoff, pause } from '../../concurrency/backoff.js';
import type { Clock, Millis } from '../../model/time.js';
import { DeliveryError, type FailureReason } from '../receivers/receiver.js';
import type { Integration } from './integration.js';
import type { Notification } from './notification.js';

/** One attempt that was made. */
export interface NotifyAttempt {
  readonly integration: Integration;
  /** How long it took. */
  readonly duration: Millis;
  /** Undefined: the other side took it. */
  readonly error: DeliveryError | undefined;
}

export type NotifyOutcome =
  /** It was taken, by the n-th attempt. */
  | { readonly state: 'sent'; readonly notification: Notification; readonly attempts: number }
  /** There is nothing to send, or nothing any more. */
  | { readonly state: 'needless' }
  | {
      readonly state: 'failed';
      readonly error: DeliveryError;
      readonly reason: FailureReason;
      readonly attempts: number;
      readonly alerts: number;
    };

/** Attempts that failed so far, and when the next one is made. */
export interface RetryState {
  readonly attempts: number;
  /** Of the last attempt. One line without secrets. */
  readonly error: string;
  /** Monotonic. */
  readonly nextAt: Millis;
}

interface RetryOptions {
  readonly integration: Integration;
  /** What is to be sent at this moment; undefined: nothing. */
  readonly prepare: () => Notification | undefined;
  /** Aborted when no other attempt is to be made; one under way may still be answered. */
  readonly stop: AbortSignal;
  /** Aborted when it is too late for any answer. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** An attempt is made next, once this has resolved. */
  readonly onBegin?: () => Promise<void> | undefined;
  readonly onAttempt: (attempt: NotifyAttempt) => void;
  /** Another attempt is made after a pause. */
  readonly onRetry?: (retry: RetryState) => void;
}

/** Sends one notification, with retries. Never throws. */
export async function retry(options: RetryOptions): Promise<NotifyOutcome> {
  const { integration, prepare, stop, signal, clock, onRetry } = options;
  let last: DeliveryError | undefined;
  for (let attempts = 0; ; ) {
    const notification = prepare();
    if (!notification) return { state: 'needless' };
    const failed = (error: DeliveryError): NotifyOutcome => {
      const isLate = stop.aborted || signal.aborted;
      const reason = isLate ? 'contextDeadlineExceeded' : error.reason;
      return { state: 'failed', error: last ?? error, reason, attempts, alerts: notification.alerts.length };
    };
    if (stop.aborted) return failed(new DeliveryError('it was too late to try'));
    try {
      await integration.semaphore.run(signal, async () => {
        attempts++;
        const error = await attempt(integration, notification, options);
        if (error) throw error;
      });
      return { state: 'sent', notification, attempts };
    } catch (thrown) {
      const error = asDeliveryError(thrown);
      // What ended the last attempt says less than why there had to be another.
      if (signal.aborted) return failed(error);
      last = error;
      if (error.permanent || stop.aborted) return failed(error);
      const wait = Math.max(error.retryAfter ?? 0, backoff(attempts, Math.random()));
      onRetry?.({ attempts, error: error.message, nextAt: clock.elapsed() + wait });
      await pause(wait, stop);
      if (stop.aborted) return failed(error);
    }
  }
}

async function attempt(
  integration: Integration,
  notification: Notification,
  { signal, clock, onBegin, onAttempt }: RetryOptions,
): Promise<DeliveryError | undefined> {
  const beginning = onBegin?.();
  if (beginning) await beginning;
  const begun = clock.elapsed();
  let error: DeliveryError | undefined;
  try {
    await integration.receiver.deliver(notification, signal);
  } catch (thrown) {
    error = asDeliveryError(thrown);
  }
  onAttempt({ integration, duration: clock.elapsed() - begun, error });
  return error;
}

function asDeliveryError(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const { message } = error as Error;
  return new DeliveryError(message.split('\n')[0] as string);
}
