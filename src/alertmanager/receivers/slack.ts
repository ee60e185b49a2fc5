// Slack, by an incoming webhook or as a bot (chat.postMessage). Source: Alertmanager, notify/slack; Slack, "Handling
// errors from incoming webhooks", "chat.postMessage".

import { goJson, type Writable } from '../../go/json.js';
import { originOf } from './destination.js';
import { jsonOf, type WebhookResponse } from './http/answer.js';
import { reveal } from './http/reveal.js';
import { type Post, WebhookClient } from './http/webhook-client.js';
import { MessageRenderer } from './message.js';
import type { Receiver, ReceiverContext, ReceiverKind } from './receiver.js';
import { plainSlackMessage, slackMessage, slackReport } from './slack/message.js';
import { readSlack, type SlackOptions } from './slack/options.js';

const INTEGRATION = 'slack';

/** Errors of the bot API that pass; all the others are about the message, the channel or the token. */
const PASSING = new Set([
  'fatal_error',
  'internal_error',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'rollup_error',
  'service_unavailable',
  'team_added_to_org',
]);

export const slack: ReceiverKind<SlackOptions> = {
  integration: INTEGRATION,
  key: 'slack_configs',
  sendsResolved: false,
  read: readSlack,
  open,
  sendsReports: true,
  destination: ({ url, channel }) => `${originOf(url)}${channel === '' ? '' : `, channel ${channel}`}`,
};

function open(options: SlackOptions, context: ReceiverContext): Receiver {
  const { http, timeout } = options;
  const client = new WebhookClient({
    integration: INTEGRATION,
    http,
    timeout,
    explain: ({ body }) => errorOf(body),
    onAnswer: context.onAnswer,
  });
  const send = async (message: Writable, signal: AbortSignal) => {
    const post = { url: reveal(INTEGRATION, options.url), body: `${goJson(message)}\n` };
    check(client, post, await client.post(post, signal));
  };
  return {
    async deliver(notification, signal) {
      const renderer = new MessageRenderer(INTEGRATION, notification, context);
      const channel = renderer.address('channel', options.channel);
      const message = renderer.message(
        () => slackMessage(options, channel, renderer),
        plain => plainSlackMessage(channel, plain),
      );
      await send(message, signal);
    },
    async sendReport(report, to, signal) {
      const channel = new MessageRenderer(INTEGRATION, to, context).address('channel', options.channel);
      await send(slackReport(channel, report), signal);
    },
    close: () => client.close(),
  };
}

/** The bot API says in the body of a 200 that it refuses, a webhook says `ok` when it does not. @throws DeliveryError */
function check(client: WebhookClient, post: Post, answer: WebhookResponse): void {
  const json = jsonOf(answer.body);
  // Rocket.Chat takes the same messages and says `success`.
  if (json ? json.ok === true || json.success === true : answer.body.trim() === 'ok') return;
  const error = json ? errorOf(answer.body) : undefined;
  const permanent = error !== undefined && !PASSING.has(error);
  throw client.refusal(post, answer, { said: error ?? `no answer of Slack's: ${answer.body}`, permanent });
}

function errorOf(body: string): string | undefined {
  const error = jsonOf(body)?.error;
  return typeof error === 'string' ? error : undefined;
}
