// PagerDuty, by its Events API v2. Source: Alertmanager, notify/pagerduty; PagerDuty, "Events API v2 Overview".

import { Secret } from '../../model/secret.js';
import { originOf } from './destination.js';
import { jsonOf, type WebhookResponse } from './http/answer.js';
import { reveal } from './http/reveal.js';
import { WebhookClient } from './http/webhook-client.js';
import { MessageRenderer } from './message.js';
import { eventBody, pagerdutyEvent, plainEvent } from './pagerduty/event.js';
import { type PagerdutyOptions, readPagerduty } from './pagerduty/options.js';
import { DeliveryError, type Receiver, type ReceiverContext, type ReceiverKind } from './receiver.js';

const INTEGRATION = 'pagerduty';

export const pagerduty: ReceiverKind<PagerdutyOptions> = {
  integration: INTEGRATION,
  key: 'pagerduty_configs',
  sendsResolved: true,
  read: readPagerduty,
  open,
  destination: ({ url }) => originOf(new Secret(url)),
  opensIncidents: true,
};

function open(options: PagerdutyOptions, context: ReceiverContext): Receiver {
  const { http, timeout, url } = options;
  const client = new WebhookClient({
    integration: INTEGRATION,
    http,
    timeout,
    explain,
    onAnswer: context.onAnswer,
  });
  return {
    async deliver(notification, signal) {
      const renderer = new MessageRenderer(INTEGRATION, notification, context);
      const key = renderer.address('routing_key', reveal(INTEGRATION, options.routingKey));
      if (key === '')
        throw new DeliveryError(`${INTEGRATION}: routing key cannot be empty`, { permanent: true });
      const event = renderer.message(
        () => pagerdutyEvent(options, notification, key, renderer),
        plain => plainEvent(notification, key, plain),
      );
      await client.post({ url, body: eventBody(event), secrets: [key] }, signal);
    },
    close: () => client.close(),
  };
}

/** `{"status": "invalid event", "message": "Event object is invalid", "errors": ["..."]}` */
function explain({ body }: WebhookResponse): string | undefined {
  const { message, errors } = jsonOf(body) ?? {};
  if (typeof message !== 'string') return undefined;
  return Array.isArray(errors) && errors.length > 0 ? `${message}: ${errors.join(', ')}` : message;
}
