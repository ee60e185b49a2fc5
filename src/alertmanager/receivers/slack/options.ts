// `slack_configs` of alertmanager.yml. Source: Alertmanager, "Configuration", <slack_config>.

import { type Decoder, type Field, isAbsent } from '../../../config/decode.js';
import type { HttpClientConfig } from '../../../config/http-client/config.js';
import { readSecret } from '../../../config/http-client/read-secret.js';
import type { YamlNode } from '../../../config/yaml-tree.js';
import { Secret, type SecretSource } from '../../../model/secret.js';
import type { Millis } from '../../../model/time.js';
import type { Global } from '../../config/definition.js';
import { readHttpConfig } from '../../config/http-config.js';
import { newerKeys } from '../../config/newer-keys.js';
import { readUrlSecret } from '../../config/secret.js';
import type { TemplateDecoder } from '../../config/template-decoder.js';
import { readUrl } from '../../config/url.js';

export interface SlackOptions {
  readonly http: HttpClientConfig;
  /** A webhook's, or that of the bot API. */
  readonly url: SecretSource;
  readonly timeout: Millis;
  /** What the message is made of; templates but for lists and truths. */
  readonly channel: string;
  readonly username: string;
  readonly iconEmoji: string;
  readonly iconUrl: string;
  readonly messageText: string;
  readonly linkNames: boolean;
  readonly color: string;
  readonly title: string;
  readonly titleLink: string;
  readonly pretext: string;
  readonly text: string;
  readonly fallback: string;
  readonly callbackId: string;
  readonly footer: string;
  readonly imageUrl: string;
  readonly thumbUrl: string;
  readonly fields: readonly SlackField[];
  readonly actions: readonly SlackAction[];
  readonly mrkdwnIn: readonly string[];
}

interface SlackField {
  readonly title: string;
  readonly value: string;
  readonly short: boolean;
}

export interface SlackAction {
  readonly type: string;
  readonly text: string;
  readonly url: string;
  readonly style: string;
  readonly name: string;
  readonly value: string;
  readonly confirm: SlackConfirmation | undefined;
}

export interface SlackConfirmation {
  readonly text: string;
  readonly title: string;
  readonly okText: string;
  readonly dismissText: string;
}

const KEYS = [
  'http_config',
  'api_url',
  'api_url_file',
  'app_token',
  'app_token_file',
  'app_url',
  'channel',
  'username',
  'color',
  'title',
  'title_link',
  'pretext',
  'text',
  'message_text',
  'fields',
  'short_fields',
  'footer',
  'fallback',
  'callback_id',
  'icon_emoji',
  'icon_url',
  'image_url',
  'thumb_url',
  'link_names',
  'mrkdwn_in',
  'actions',
  'timeout',
] as const;

type Fields = Partial<Record<(typeof KEYS)[number], YamlNode>>;

/** The document's fields. */
const DEFAULT_FIELDS: readonly SlackField[] = [
  { title: 'Severity', value: '{{ template "slack.default.severity" . }}', short: true },
  { title: 'Service', value: '{{ template "slack.default.service" . }}', short: true },
  { title: 'Timestamp', value: '{{ template "slack.default.timestamp" . }}', short: false },
];

const byDefault = (name: string) => `{{ template "slack.default.${name}" . }}`;

/** Reads one entry. */
export function readSlack(decoder: TemplateDecoder, node: Field, global: Global): SlackOptions {
  const fields: Fields = decoder.fields(node, 'config.plain', KEYS, newerKeys('slack_configs'));
  const text = (key: keyof Fields, otherwise = '') => decoder.template(fields[key], otherwise);
  return {
    ...readEndpoint(decoder, node, fields, global),
    timeout: decoder.duration(fields.timeout) ?? 0,
    channel: text('channel'),
    username: text('username', byDefault('username')),
    iconEmoji: text('icon_emoji', byDefault('iconemoji')),
    iconUrl: text('icon_url', byDefault('iconurl')),
    messageText: text('message_text'),
    linkNames: decoder.boolean(fields.link_names),
    color: text('color', byDefault('color')),
    title: text('title', byDefault('title')),
    titleLink: text('title_link', byDefault('titlelink')),
    pretext: text('pretext', byDefault('pretext')),
    text: text('text', byDefault('text')),
    fallback: text('fallback', byDefault('fallback')),
    callbackId: text('callback_id', byDefault('callbackid')),
    footer: text('footer', byDefault('footer')),
    imageUrl: text('image_url'),
    thumbUrl: text('thumb_url'),
    fields: readFields(decoder, fields),
    actions: decoder.list(fields.actions, 'config.SlackAction').map(each => readAction(decoder, each)),
    mrkdwnIn: readMrkdwnIn(decoder, fields),
  };
}

/** The URL messages are sent to: that of a webhook, or the API's with a token. */
function readEndpoint(decoder: Decoder, node: Field, fields: Fields, global: Global) {
  const url = readUrlSecret(decoder, {
    inline: fields.api_url,
    file: fields.api_url_file,
    names: 'api_url & api_url_file',
  });
  const token = readSecret(decoder, {
    inline: fields.app_token,
    file: fields.app_token_file,
    names: 'app_token & app_token_file',
  });
  const appUrl = readUrl(decoder, fields.app_url) ?? global.slackAppUrl;
  const http = readHttpConfig(decoder, fields.http_config, global.http);
  const refuse = (reason: string) => node && decoder.addMistake(node, reason);
  if (url && token)
    refuse('at most one of api_url/api_url_file & app_token/app_token_file must be configured');
  const hasOwnAuthorization = !isAbsent(fields.http_config) && http.authorization !== undefined;
  const isGiven = !isAbsent(fields.api_url) || !isAbsent(fields.api_url_file);
  const appToken = token ?? (isGiven || hasOwnAuthorization ? undefined : global.slackAppToken);
  if (appToken) {
    if (http.authorization) refuse("http authorization can't be set when using Slack App tokens");
    const authorization = { type: 'Bearer', credentials: appToken };
    return { http: { ...http, basic_auth: undefined, authorization }, url: new Secret(appUrl) };
  }
  const webhook = url ?? global.slackApiUrl;
  if (!webhook && !isGiven) refuse('no global Slack API URL set either inline or in a file');
  return { http, url: webhook ?? new Secret('') };
}

/** Without any of its own a message shows the document's; one that has its own words shows no others. */
function readFields(decoder: TemplateDecoder, fields: Fields): readonly SlackField[] {
  const isOwn = [fields.fields, fields.title, fields.text].some(node => !isAbsent(node));
  if (!isOwn) return DEFAULT_FIELDS;
  const short = decoder.boolean(fields.short_fields);
  return decoder.list(fields.fields, 'config.SlackField').map(node => {
    const keys = decoder.fields(node, 'config.plain', ['title', 'value', 'short'] as const);
    const [title, value] = [decoder.template(keys.title), decoder.template(keys.value)];
    if (title === '') decoder.addMistake(node, 'missing title in Slack field configuration');
    else if (value === '') decoder.addMistake(node, 'missing value in Slack field configuration');
    return { title, value, short: decoder.boolean(keys.short, short) };
  });
}

function readMrkdwnIn(decoder: Decoder, { mrkdwn_in: node }: Fields): readonly string[] {
  const own = decoder.list(node, 'string').map(each => decoder.text(each));
  return own.length > 0 ? own : ['fallback', 'pretext', 'text'];
}

function readAction(decoder: TemplateDecoder, node: YamlNode): SlackAction {
  const keys = ['type', 'text', 'url', 'style', 'name', 'value', 'confirm'] as const;
  const fields = decoder.fields(node, 'config.plain', keys);
  const text = (key: (typeof keys)[number]) => decoder.template(fields[key]);
  const confirm = readConfirmation(decoder, fields.confirm);
  const missing = text('type') === '' ? 'type' : text('text') === '' ? 'text' : undefined;
  if (missing) decoder.addMistake(node, `missing ${missing} in Slack action configuration`);
  else if (text('url') === '' && text('name') === '')
    decoder.addMistake(node, 'missing name or url in Slack action configuration');
  const button = { type: text('type'), text: text('text'), style: text('style') };
  // A button with a link sends no event when it is pressed.
  return text('url') !== ''
    ? { ...button, url: text('url'), name: '', value: '', confirm: undefined }
    : { ...button, url: '', name: text('name'), value: text('value'), confirm };
}

function readConfirmation(decoder: TemplateDecoder, node: Field): SlackConfirmation | undefined {
  if (isAbsent(node)) return undefined;
  const keys = decoder.fields(node, 'config.plain', ['text', 'title', 'ok_text', 'dismiss_text'] as const);
  if (decoder.template(keys.text) === '')
    decoder.addMistake(node, 'missing text in Slack confirmation configuration');
  return {
    text: decoder.template(keys.text),
    title: decoder.template(keys.title),
    okText: decoder.template(keys.ok_text),
    dismissText: decoder.template(keys.dismiss_text),
  };
}
