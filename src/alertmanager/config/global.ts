// `global` of alertmanager.yml. Source: Alertmanager, config/config.go.

import { type Decoder, type Field, isAbsent } from '../../config/decode.js';
import { DEFAULT_HTTP_CONFIG } from '../../config/http-client/read-config.js';
import { readSecret } from '../../config/http-client/read-secret.js';
import { readTlsConfig } from '../../config/http-client/read-tls.js';
import type { SecretSource } from '../../model/secret.js';
import type { Millis } from '../../model/time.js';
import type { Global, SmtpDefaults } from './definition.js';
import { readHttpConfig } from './http-config.js';
import { readUrlSecret } from './secret.js';
import { readSmarthost } from './smarthost.js';
import type { TemplateDecoder } from './template-decoder.js';
import { readUrl } from './url.js';

const RESOLVE_TIMEOUT: Millis = 5 * 60_000;

/** What there is beside an `x` that can be read off a file. */
type WithFile<Name extends string> = Name | `${Name}_file`;

const withFile = <Name extends string>(name: Name): WithFile<Name>[] => [name, `${name}_file`];

const URLS_OF_OTHERS = [
  'opsgenie_api_url',
  'wechat_api_url',
  'victorops_api_url',
  'webex_api_url',
  'rocketchat_api_url',
  'jira_api_url',
] as const;
const SECRETS_OF_OTHERS = [
  'opsgenie_api_key',
  'victorops_api_key',
  'wechat_api_secret',
  'rocketchat_token',
  'rocketchat_token_id',
  'mattermost_webhook_url',
] as const;

const KEYS = [
  'resolve_timeout',
  'http_config',
  'smtp_from',
  'smtp_hello',
  'smtp_smarthost',
  'smtp_auth_username',
  ...withFile('smtp_auth_password'),
  ...withFile('smtp_auth_secret'),
  'smtp_auth_identity',
  'smtp_require_tls',
  'smtp_tls_config',
  'smtp_force_implicit_tls',
  ...withFile('slack_api_url'),
  ...withFile('slack_app_token'),
  'slack_app_url',
  'pagerduty_url',
  'telegram_api_url',
  ...withFile('telegram_bot_token'),
  ...URLS_OF_OTHERS,
  ...SECRETS_OF_OTHERS.flatMap(withFile),
  'wechat_api_corp_id',
] as const;

type Key = (typeof KEYS)[number];
type Fields = Partial<Record<Key, Field>>;

/** Reads `global`, or what is true without one. */
export function readGlobal(decoder: TemplateDecoder, node: Field): Global {
  const fields: Fields = decoder.fields(node, 'config.plain', KEYS);
  checkOthers(decoder, fields);
  const slackApiUrl = readUrlSecret(decoder, sourcesOf(fields, 'slack_api_url'));
  const slackAppToken = readSecret(decoder, sourcesOf(fields, 'slack_app_token'));
  const slackAppUrl = readUrl(decoder, fields.slack_app_url) ?? 'https://slack.com/api/chat.postMessage';
  if (node && slackAppToken && slackApiUrl && decoder.text(fields.slack_api_url) !== slackAppUrl)
    decoder.addMistake(
      node,
      'at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must be configured',
    );
  return {
    resolveTimeout: decoder.duration(fields.resolve_timeout) ?? RESOLVE_TIMEOUT,
    http: readHttpConfig(decoder, fields.http_config, DEFAULT_HTTP_CONFIG),
    smtp: readSmtp(decoder, fields),
    slackApiUrl,
    slackAppToken,
    slackAppUrl,
    pagerdutyUrl: readUrl(decoder, fields.pagerduty_url) ?? 'https://events.pagerduty.com/v2/enqueue',
    telegramApiUrl: readUrl(decoder, fields.telegram_api_url) ?? 'https://api.telegram.org',
    telegramBotToken: readSecret(decoder, sourcesOf(fields, 'telegram_bot_token')),
  };
}

function readSmtp(decoder: TemplateDecoder, fields: Fields): SmtpDefaults {
  const { smtp_force_implicit_tls: implicit } = fields;
  return {
    from: decoder.template(fields.smtp_from),
    hello: isAbsent(fields.smtp_hello) ? 'localhost' : decoder.text(fields.smtp_hello),
    smarthost: readSmarthost(decoder, fields.smtp_smarthost),
    authUsername: decoder.text(fields.smtp_auth_username),
    authPassword: readSecret(decoder, sourcesOf(fields, 'smtp_auth_password')),
    authSecret: readSecret(decoder, sourcesOf(fields, 'smtp_auth_secret')),
    authIdentity: decoder.text(fields.smtp_auth_identity),
    requireTls: decoder.boolean(fields.smtp_require_tls, true),
    tls: readTlsConfig(decoder, fields.smtp_tls_config),
    forceImplicitTls: isAbsent(implicit) ? undefined : decoder.boolean(implicit),
  };
}

/** Keys of receivers that are not here have to make sense all the same: the real Alertmanager reads the file too. */
function checkOthers(decoder: Decoder, fields: Fields): void {
  for (const key of URLS_OF_OTHERS) readUrl(decoder, fields[key]);
  for (const key of SECRETS_OF_OTHERS) {
    const read: (decoder: Decoder, sources: ReturnType<typeof sourcesOf>) => SecretSource | undefined =
      key === 'mattermost_webhook_url' ? readUrlSecret : readSecret;
    read(decoder, sourcesOf(fields, key));
  }
  decoder.text(fields.wechat_api_corp_id);
}

function sourcesOf<Name extends string>(fields: Partial<Record<WithFile<Name>, Field>>, name: Name) {
  return { inline: fields[name], file: fields[`${name}_file`], names: `${name} & ${name}_file` };
}
