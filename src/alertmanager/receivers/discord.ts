// Discord, by a webhook. Source: Alertmanager, "Configuration", <discord_config>, notify/discord; Discord, "Embed Limits",
// "Rate Limits".

import { type Field, isAbsent } from '../../config/decode.js';
import type { HttpClientConfig } from '../../config/http-client/config.js';
import { goJson, type Writable } from '../../go/json.js';
import { Secret, type SecretSource } from '../../model/secret.js';
import type { Global } from '../config/definition.js';
import { readHttpConfig } from '../config/http-config.js';
import { readUrlSecret } from '../config/secret.js';
import type { TemplateDecoder } from '../config/template-decoder.js';
import { digestText, type ReportMessage } from '../pipeline/report-message.js';
import { statusOf } from '../templates/data.js';
import { originOf } from './destination.js';
import { jsonOf, type WebhookResponse } from './http/answer.js';
import { reveal } from './http/reveal.js';
import { WebhookClient } from './http/webhook-client.js';
import { MessageRenderer, type PlainMessage } from './message.js';
import type { Receiver, ReceiverContext, ReceiverKind } from './receiver.js';
import { cutRunes } from './truncate.js';

const INTEGRATION = 'discord';
const KEYS = [
  'http_config',
  'webhook_url',
  'webhook_url_file',
  'title',
  'message',
  'content',
  'username',
  'avatar_url',
] as const;
const MAX_TITLE = 256;
const MAX_DESCRIPTION = 4096;
const MAX_CONTENT = 2000;
/** Alertmanager's colours. */
const COLORS = { firing: 0x992d22, resolved: 0x2ecc71 } as const;

interface DiscordOptions {
  readonly http: HttpClientConfig;
  readonly url: SecretSource;
  readonly title: string;
  readonly message: string;
  readonly content: string;
  readonly username: string;
  readonly avatarUrl: string;
}

export const discord: ReceiverKind<DiscordOptions> = {
  integration: INTEGRATION,
  key: 'discord_configs',
  sendsResolved: true,
  read,
  open,
  sendsReports: true,
  destination: ({ url }) => originOf(url),
};

function read(decoder: TemplateDecoder, node: Field, global: Global): DiscordOptions {
  const fields = decoder.fields(node, 'config.plain', KEYS);
  const url = readUrlSecret(decoder, {
    inline: fields.webhook_url,
    file: fields.webhook_url_file,
    names: 'webhook_url & webhook_url_file',
  });
  if (isAbsent(fields.webhook_url) && isAbsent(fields.webhook_url_file) && node)
    decoder.addMistake(node, 'one of webhook_url or webhook_url_file must be configured');
  return {
    http: readHttpConfig(decoder, fields.http_config, global.http),
    url: url ?? new Secret(''),
    title: decoder.template(fields.title, '{{ template "discord.default.title" . }}'),
    message: decoder.template(fields.message, '{{ template "discord.default.message" . }}'),
    content: decoder.template(fields.content),
    username: decoder.text(fields.username),
    avatarUrl: decoder.text(fields.avatar_url),
  };
}

function open(options: DiscordOptions, context: ReceiverContext): Receiver {
  const client = new WebhookClient({
    integration: INTEGRATION,
    http: options.http,
    explain,
    onAnswer: context.onAnswer,
  });
  return {
    async sendReport(report, _, signal) {
      const message = reportMessage(options, report);
      await client.post({ url: reveal(INTEGRATION, options.url), body: `${goJson(message)}\n` }, signal);
    },
    async deliver(notification, signal) {
      const renderer = new MessageRenderer(INTEGRATION, notification, context);
      const color = COLORS[statusOf(notification.alerts)];
      const message = renderer.message(
        () => discordMessage(options, color, renderer),
        plain => plainMessage(options, color, plain),
      );
      await client.post({ url: reveal(INTEGRATION, options.url), body: `${goJson(message)}\n` }, signal);
    },
    close: () => client.close(),
  };
}

function discordMessage(options: DiscordOptions, color: number, renderer: MessageRenderer): Writable {
  const title = cutRunes(renderer.text(options.title), MAX_TITLE);
  const description = cutRunes(renderer.text(options.message), MAX_DESCRIPTION);
  return {
    content: cutRunes(renderer.text(options.content), MAX_CONTENT),
    embeds: [{ title, description, color }],
    ...sender(options),
  };
}

function plainMessage(options: DiscordOptions, color: number, { title, text }: PlainMessage): Writable {
  const description = cutRunes(text, MAX_DESCRIPTION);
  return { content: '', embeds: [{ title, description, color }], ...sender(options) };
}

function reportMessage(options: DiscordOptions, report: ReportMessage): Writable {
  const text = digestText(report, label => `**${label}**`, withoutMarkdown);
  const title = cutRunes(report.title, MAX_TITLE);
  const embed = { title, url: report.url, description: cutRunes(text, MAX_DESCRIPTION) };
  return { content: '', embeds: [embed], ...sender(options) };
}

/** Escapes Markdown in names. A dash at the start of a line is kept: it makes the list. */
const withoutMarkdown = (text: string): string => text.replace(/[\\*_`~|>#[\]@]/g, sign => `\\${sign}`);

function sender({ username, avatarUrl }: DiscordOptions) {
  return { username: username || undefined, avatar_url: avatarUrl || undefined };
}

/** `{"message": "Unknown Webhook", "code": 10015}` */
function explain({ body }: WebhookResponse): string | undefined {
  const message = jsonOf(body)?.message;
  return typeof message === 'string' ? message : undefined;
}
