// Telegram, by its Bot API. Source: Alertmanager, "Configuration", <telegram_config>, notify/telegram; Telegram, "Bot API",
// sendMessage.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import { FileSecret } from '../../config/file-secret.js';
import type { HttpClientConfig } from '../../config/http-client/config.js';
import { readSecret } from '../../config/http-client/read-secret.js';
import type { YamlNode } from '../../config/yaml-tree.js';
import { goJson } from '../../go/json.js';
import { Secret, type SecretSource } from '../../model/secret.js';
import type { Millis } from '../../model/time.js';
import type { Global } from '../config/definition.js';
import { readHttpConfig } from '../config/http-config.js';
import type { TemplateDecoder } from '../config/template-decoder.js';
import { readUrl } from '../config/url.js';
import type { Notification } from '../pipeline/notification.js';
import { digestText, type ReportMessage } from '../pipeline/report-message.js';
import { originOf } from './destination.js';
import { isFinal, jsonOf, type WebhookResponse } from './http/answer.js';
import { reveal } from './http/reveal.js';
import { type Post, WebhookClient } from './http/webhook-client.js';
import { MessageRenderer } from './message.js';
import { DeliveryError, type Receiver, type ReceiverContext, type ReceiverKind } from './receiver.js';
import { htmlText } from './telegram/html-text.js';
import { cutUnits } from './truncate.js';

const INTEGRATION = 'telegram';
const KEYS = [
  'http_config',
  'api_url',
  'bot_token',
  'bot_token_file',
  'chat_id',
  'chat_id_file',
  'message_thread_id',
  'message',
  'disable_notifications',
  'parse_mode',
  'timeout',
] as const;
const PARSE_MODES = ['', 'Markdown', 'MarkdownV2', 'HTML'];
/** Characters Telegram shows, and bytes it looks at for them. */
const MAX_TEXT = 4096;
const MAX_BYTES = 32_768;

interface TelegramOptions {
  readonly http: HttpClientConfig;
  readonly apiUrl: string;
  readonly botToken: SecretSource;
  readonly chatId: number | FileSecret;
  readonly threadId: number;
  readonly message: string;
  readonly isSilent: boolean;
  readonly parseMode: string;
  readonly timeout: Millis;
}

type Fields = Partial<Record<(typeof KEYS)[number], YamlNode>>;

export const telegram: ReceiverKind<TelegramOptions> = {
  integration: INTEGRATION,
  key: 'telegram_configs',
  sendsResolved: true,
  read,
  open,
  sendsReports: true,
  destination: ({ apiUrl, chatId }) =>
    `${originOf(new Secret(apiUrl))}, chat ${typeof chatId === 'number' ? chatId : 'of a file'}`,
};

function read(decoder: TemplateDecoder, node: Field, global: Global): TelegramOptions {
  const fields: Fields = decoder.fields(node, 'config.plain', KEYS);
  const token = readSecret(decoder, {
    inline: fields.bot_token,
    file: fields.bot_token_file,
    names: 'bot_token & bot_token_file',
  });
  const botToken = token ?? global.telegramBotToken;
  if (!botToken && node) decoder.addMistake(node, 'missing bot_token or bot_token_file on telegram_config');
  const parseMode = decoder.text(fields.parse_mode, 'HTML');
  if (!PARSE_MODES.includes(parseMode) && node)
    decoder.addMistake(
      node,
      'unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string',
    );
  return {
    http: readHttpConfig(decoder, fields.http_config, global.http),
    apiUrl: (readUrl(decoder, fields.api_url) ?? global.telegramApiUrl).replace(/\/+$/, ''),
    botToken: botToken ?? new Secret(''),
    chatId: readChat(decoder, node, fields),
    threadId: decoder.integer(fields.message_thread_id),
    message: decoder.template(fields.message, '{{ template "telegram.default.message" . }}'),
    isSilent: decoder.boolean(fields.disable_notifications),
    parseMode,
    timeout: decoder.duration(fields.timeout) ?? 0,
  };
}

function readChat(decoder: Decoder, node: Field, { chat_id, chat_id_file }: Fields): number | FileSecret {
  const id = decoder.integer(chat_id);
  const file = decoder.path(chat_id_file);
  if (id === 0 && file === '' && node && (isAbsent(chat_id) || chat_id.kind === 'scalar'))
    decoder.addMistake(node, 'missing chat_id or chat_id_file on telegram_config');
  if (id !== 0 && file !== '' && node)
    decoder.addMistake(node, 'at most one of chat_id & chat_id_file must be configured');
  return file === '' ? id : new FileSecret(file);
}

interface Text {
  readonly text: string;
  readonly parseMode: string;
}

function open(options: TelegramOptions, context: ReceiverContext): Receiver {
  const { http, timeout } = options;
  const client = new WebhookClient({
    integration: INTEGRATION,
    http,
    timeout,
    explain,
    onAnswer: context.onAnswer,
  });
  const post = async (message: Text, signal: AbortSignal) => {
    const token = reveal(INTEGRATION, options.botToken);
    const chat = chatOf(options);
    const postOf = (text: Text): Post => ({
      url: `${options.apiUrl}/bot${token}/sendMessage`,
      body: `${goJson(requestOf(options, chat, text))}\n`,
      secrets: [token],
    });
    try {
      await send(client, postOf(message), signal);
    } catch (error) {
      if (!isUnreadable(error) || message.parseMode === '') throw error;
      // Better without its markup than not at all.
      await send(client, postOf(withoutMarkup(message)), signal);
    }
  };
  return {
    deliver: (notification, signal) => post(textOf(options, notification, context), signal),
    sendReport: (report, _, signal) => post(reportText(report), signal),
    close: () => client.close(),
  };
}

function textOf(options: TelegramOptions, notification: Notification, context: ReceiverContext): Text {
  const { parseMode, message } = options;
  const renderer = new MessageRenderer(INTEGRATION, notification, context);
  const filled = renderer.message<Text>(
    () => ({ text: parseMode === 'HTML' ? renderer.html(message) : renderer.text(message), parseMode }),
    ({ title, text }) => ({ text: `${title}\n\n${text}`, parseMode: '' }),
  );
  return whole(filled);
}

/** As long as Telegram takes it. */
function whole(filled: Text): Text {
  if (filled.parseMode !== 'HTML') return { ...filled, text: cutUnits(filled.text, MAX_TEXT) };
  // A tag must not be cut in two.
  const isLong = Buffer.byteLength(filled.text) > MAX_BYTES || htmlText(filled.text).length > MAX_TEXT;
  return isLong ? withoutMarkup(filled) : filled;
}

function reportText(report: ReportMessage): Text {
  const bold = (text: string) => `<b>${text}</b>`;
  const title = htmlEscaped(report.title);
  const head = report.url === undefined ? bold(title) : `<a href="${htmlEscaped(report.url)}/">${title}</a>`;
  return whole({ text: `${head}\n\n${digestText(report, bold, htmlEscaped)}`, parseMode: 'HTML' });
}

const htmlEscaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function withoutMarkup({ text, parseMode }: Text): Text {
  return { text: cutUnits(parseMode === 'HTML' ? htmlText(text) : text, MAX_TEXT), parseMode: '' };
}

/** All values are strings, as Alertmanager's library sends them. */
function requestOf({ isSilent, threadId }: TelegramOptions, chat: string, { text, parseMode }: Text) {
  return {
    chat_id: chat,
    disable_notification: isSilent ? 'true' : undefined,
    disable_web_page_preview: 'true',
    message_thread_id: threadId === 0 ? undefined : String(threadId),
    parse_mode: parseMode === '' ? undefined : parseMode,
    text,
  };
}

/** @throws DeliveryError */
async function send(client: WebhookClient, post: Post, signal: AbortSignal): Promise<void> {
  const answer = await client.post(post, signal);
  const json = jsonOf(answer.body);
  if (json?.ok === true) return;
  const code = typeof json?.error_code === 'number' ? json.error_code : 500;
  const said = explain(answer) ?? `no answer of Telegram's: ${answer.body}`;
  throw client.refusal(post, answer, { said, permanent: isFinal(code) });
}

function explain({ body }: WebhookResponse): string | undefined {
  const description = jsonOf(body)?.description;
  return typeof description === 'string' ? description : undefined;
}

/** Telegram did not understand the markup. */
function isUnreadable(error: unknown): boolean {
  return error instanceof DeliveryError && error.permanent && error.message.includes("can't parse entities");
}

/** @throws DeliveryError when it is in a file that cannot be read or holds no number */
function chatOf({ chatId }: TelegramOptions): string {
  if (typeof chatId === 'number') return String(chatId);
  const text = reveal(INTEGRATION, chatId);
  if (/^-?\d+$/.test(text)) return text;
  throw new DeliveryError(`${INTEGRATION}: ${chatId.file} holds no chat_id`, { permanent: true });
}
