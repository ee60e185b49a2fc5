// Templates of a message, filled in: when one of them fails, the message says so and is sent all the same.

import { oneLine } from '../../model/scrub.js';
import { isoLocal } from '../../model/time.js';
import { TemplateError } from '../../template/error.js';
import type { Notification, NotifiedAlert } from '../pipeline/notification.js';
import { statusOf } from '../templates/data.js';
import { DeliveryError, type ReceiverContext } from './receiver.js';

/** Alerts in a message that has no template. */
const MAX_ALERTS = 20;

/** What stands in for a message whose template failed. */
export interface PlainMessage {
  /** `[FIRING:2] The template of this message failed`. */
  readonly title: string;
  /** What failed, then the alerts, a line each. */
  readonly text: string;
}

/** Fills in the templates of one message. */
export class MessageRenderer {
  readonly #integration: string;
  readonly #notification: Notification;
  readonly #context: ReceiverContext;

  constructor(integration: string, notification: Notification, context: ReceiverContext) {
    this.#integration = integration;
    this.#notification = notification;
    this.#context = context;
  }

  /** @throws TemplateError */
  text(template: string): string {
    return this.#context.templates.text(template, this.#notification);
  }

  /** @throws TemplateError */
  html(template: string): string {
    return this.#context.templates.html(template, this.#notification);
  }

  /** Where a message goes: without it there is nowhere to send even a plain one. @throws DeliveryError */
  address(key: string, template: string): string {
    try {
      return this.text(template);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new DeliveryError(
        `${this.#integration}: the template of ${key} failed: ${oneLine(error.message)}`,
        {
          permanent: true,
        },
      );
    }
  }

  /** What `make` makes of the templates, or what `plain` makes of the news that one of them failed. */
  message<Message>(make: () => Message, plain: (message: PlainMessage) => Message): Message {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const problem = oneLine(error.message);
      this.#context.log('warn', 'Template failed; sending a plain message', {
        integration: this.#integration,
        receiver: this.#notification.receiver,
        error: problem,
      });
      return plain(plainMessage(this.#notification, problem));
    }
  }
}

function plainMessage({ alerts, externalUrl }: Notification, problem: string): PlainMessage {
  const firing = alerts.filter(alert => !alert.isResolved).length;
  const title = `[${statusOf(alerts) === 'firing' ? `FIRING:${firing}` : 'RESOLVED'}] The template of this message failed`;
  const more = alerts.length - MAX_ALERTS;
  const lines = [
    problem,
    '',
    ...alerts.slice(0, MAX_ALERTS).map(lineOf),
    ...(more > 0 ? [`… and ${more} more`] : []),
    '',
    externalUrl,
  ];
  return { title, text: lines.join('\n') };
}

/** `FIRING critical ServiceDown tools: Tools Server is down (2024-01-15T10:30:45.123456)` */
function lineOf({ labels, annotations, isResolved, startsAt, endsAt }: NotifiedAlert): string {
  const names = oneLine(
    [labels.get('severity'), labels.get('alertname'), labels.get('target')].filter(Boolean).join(' '),
  );
  const message = annotations.description || annotations.summary || '';
  const at = isoLocal(isResolved ? endsAt : startsAt);
  return `${isResolved ? 'RESOLVED' : 'FIRING'} ${names}${message === '' ? '' : `: ${oneLine(message)}`} (${at})`;
}
