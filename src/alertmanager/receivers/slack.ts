// Slack, by an incoming webhook or as a bot (chat.postMessage). Source: Alertmanager, notify/slack; Slack, "Handling
// errors from incoming webhooks", "chat.postMessage".

import { goJson, type Writable } from '../../go/json.js';
import { originOf } from './destination.js';
import { type Answer, jsonOf } from './http/answer.js';
import { reveal } from './http/reveal.js';
import { type Post, Poster } from './http/webhook-client.js';
import { Filling } from './message.js';
import type { Receiver, ReceiverKind, Surroundings } from './receiver.js';
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

function open(options: SlackOptions, surroundings: Surroundings): Receiver {
  const { http, timeout } = options;
  const poster = new Poster({
    integration: INTEGRATION,
    http,
    timeout,
    explain: ({ body }) => errorOf(body),
    onAnswer: surroundings.onAnswer,
  });
  const send = async (message: Writable, signal: AbortSignal) => {
    const post = { url: reveal(INTEGRATION, options.url), body: `${goJson(message)}\n` };
    check(poster, post, await poster.post(post, signal));
  };
  return {
    async deliver(notification, signal) {
      const filling = new Filling(INTEGRATION, notification, surroundings);
      const channel = filling.address('channel', options.channel);
      const message = filling.message(
        () => slackMessage(options, channel, filling),
        plain => plainSlackMessage(channel, plain),
      );
      await send(message, signal);
    },
    async sendReport(report, to, signal) {
      const channel = new Filling(INTEGRATION, to, surroundings).address('channel', options.channel);
      await send(slackReport(channel, report), signal);
    },
    close: () => poster.close(),
  };
}

/** The bot API says in the body of a 200 that it refuses, a webhook says `ok` when it does not. @throws DeliveryError */
function check(poster: Poster, post: Post, answer: Answer): void {
  const json = jsonOf(answer.body);
  // Rocket.Chat takes the same messages and says `success`.
  if (json ? json.ok === true || json.success === true : answer.body.trim() === 'ok') return;
  const error = json ? errorOf(answer.body) : undefined;
  const permanent = error !== undefined && !PASSING.has(error);
  throw poster.refusal(post, answer, { said: error ?? `no answer of Slack's: ${answer.body}`, permanent });
}

function errorOf(body: string): string | undefined {
  const error = jsonOf(body)?.error;
  return typeof error === 'string' ? error : undefined;
}
