// The interface between the pipeline and the integrations: one kind is one file below receivers/ and one line in its
// catalogue. Retry, deduplication, deadlines, limits and logging stand around it.

import type { Field } from '../../config/decode.js';
import type { Millis } from '../../model/time.js';
import type { Global } from '../config/definition.js';
import type { TemplateDecoder } from '../config/template-decoder.js';
import type { Notification } from '../pipeline/notification.js';
import type { ReportMessage } from '../pipeline/report-message.js';
import type { Templates } from '../templates/render.js';
import type { SentRecipients } from './sent-recipients.js';

/** An opened receiver's integration. The caller must close it. */
export interface Receiver {
  /**
   * Sends a notification; resolves when the other side has accepted it. The signal is aborted when it is too late.
   * @throws DeliveryError, whose message holds no secret and is one line
   */
  deliver(notification: Notification, signal: AbortSignal): Promise<void>;
  /**
   * Sends a report, where the kind can carry one; resolves as `deliver` does.
   * @param to what templates of addresses are filled in with: it is about no alert
   * @throws DeliveryError
   */
  sendReport?(report: ReportMessage, to: Notification, signal: AbortSignal): Promise<void>;
  close(): void;
}

export type FailureReason =
  | 'clientError'
  | 'serverError'
  | 'contextDeadlineExceeded'
  | 'contextCanceled'
  | 'other';

/** A notification that did not get through. */
export class DeliveryError extends Error {
  /** Nothing will change by trying again: the other side refuses what it got (a 4xx). */
  readonly permanent: boolean;
  /** The other side wants to be left alone for this long (`Retry-After`). */
  readonly retryAfter: Millis | undefined;
  /** As Alertmanager's metric `alertmanager_notifications_failed_total` names it. */
  readonly reason: FailureReason;
  /** Of HTTP or SMTP; undefined when there was no answer. */
  readonly status: number | undefined;

  constructor(
    message: string,
    {
      permanent = false,
      retryAfter,
      reason = 'other',
      status,
    }: Partial<Pick<DeliveryError, 'permanent' | 'retryAfter' | 'reason' | 'status'>> = {},
  ) {
    super(message);
    this.name = 'DeliveryError';
    this.permanent = permanent;
    this.retryAfter = retryAfter;
    this.reason = reason;
    this.status = status;
  }
}

/** What an integration may use. */
export interface ReceiverContext {
  readonly templates: Templates;
  /** Recipients that already got a message that others still wait for. The integration's own, over reloads. */
  readonly sentRecipients: SentRecipients;
  readonly log: (level: 'debug' | 'info' | 'warn', message: string, fields: Record<string, unknown>) => void;
  /** The other side has taken a message. @param status of HTTP or SMTP @param words one line without secrets */
  readonly onAnswer?: (status: number, words: string) => void;
}

/** One kind of receiver. */
export interface ReceiverKind<Options = unknown> {
  /** As Alertmanager's metrics name it: `email`, `slack`. */
  readonly integration: string;
  /** The key below a receiver: `email_configs`. */
  readonly key: string;
  /** The default of `send_resolved`. */
  readonly sendsResolved: boolean;
  /** Reads one entry of the list; mistakes go to the decoder, in Alertmanager's words where it has them. `send_resolved` is read by the caller and not among the keys left. */
  read(decoder: TemplateDecoder, node: Field, global: Global): Options;
  open(options: Options, context: ReceiverContext): Receiver;
  /** Where messages go, for people: without secrets. Never throws. */
  destination(options: Options): string;
  /** Its receivers have {@link Receiver.sendReport}. */
  readonly sendsReports?: true;
  /** What it sends opens an incident that lasts until it is resolved. */
  readonly opensIncidents?: true;
}
