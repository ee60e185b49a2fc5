// `email_configs` of alertmanager.yml. Source: Alertmanager, "Configuration", <email_config>.

import { type Decoder, type Field, isAbsent } from '../../../config/decode.js';
import type { TlsConfig } from '../../../config/http-client/config.js';
import { readSecret } from '../../../config/http-client/read-secret.js';
import { readTlsConfig } from '../../../config/http-client/read-tls.js';
import type { YamlNode } from '../../../config/yaml-tree.js';
import type { SecretSource } from '../../../model/secret.js';
import type { Global, SmtpDefaults } from '../../config/definition.js';
import { readSmarthost } from '../../config/smarthost.js';
import type { TemplateDecoder } from '../../config/template-decoder.js';

export interface EmailOptions {
  readonly to: string;
  readonly from: string;
  readonly hello: string;
  readonly smarthost: { readonly host: string; readonly port: number };
  readonly auth: EmailAuth | undefined;
  readonly requireTls: boolean;
  /** TLS from the first byte. */
  readonly isImplicitTls: boolean;
  readonly tls: TlsConfig | undefined;
  /** Templates by name, as `Reply-To`. */
  readonly headers: ReadonlyMap<string, string>;
  readonly html: string;
  readonly text: string;
  readonly threading: 'none' | 'daily' | undefined;
}

/** Without a user there is no authentication. */
export interface EmailAuth {
  readonly username: string;
  readonly identity: string;
  /** For PLAIN and LOGIN. */
  readonly password: SecretSource | undefined;
  /** For CRAM-MD5. */
  readonly secret: SecretSource | undefined;
}

const KEYS = [
  'to',
  'from',
  'hello',
  'smarthost',
  'auth_username',
  'auth_password',
  'auth_password_file',
  'auth_secret',
  'auth_secret_file',
  'auth_identity',
  'headers',
  'html',
  'text',
  'require_tls',
  'tls_config',
  'force_implicit_tls',
  'threading',
] as const;

const IMPLICIT_TLS_PORT = 465;

type Fields = Partial<Record<(typeof KEYS)[number], YamlNode>>;

/** Reads one entry. */
export function readEmail(decoder: TemplateDecoder, node: Field, { smtp }: Global): EmailOptions {
  const fields: Fields = decoder.fields(node, 'config.plain', KEYS);
  const refuse = (reason: string) => node && decoder.addMistake(node, reason);
  const to = decoder.template(fields.to);
  if (to === '') refuse('missing to address in email config');
  const smarthost = readSmarthost(decoder, fields.smarthost) ?? smtp.smarthost;
  if (!smarthost && decoder.text(fields.smarthost) === '') refuse('no global SMTP smarthost set');
  const from = decoder.template(fields.from) || smtp.from;
  if (from === '') refuse('no global SMTP from set');
  const implicit = isAbsent(fields.force_implicit_tls) ? smtp.forceImplicitTls : undefined;
  const byPort = smarthost?.port === IMPLICIT_TLS_PORT;
  const isOwnHtml = !isAbsent(fields.html);
  const headers = readHeaders(decoder, fields.headers);
  return {
    to,
    from,
    hello: decoder.text(fields.hello) || smtp.hello,
    smarthost: smarthost ?? { host: '', port: 0 },
    auth: readAuth(decoder, fields, smtp),
    requireTls: decoder.boolean(fields.require_tls, smtp.requireTls),
    isImplicitTls: implicit ?? decoder.boolean(fields.force_implicit_tls, byPort),
    tls: readTlsConfig(decoder, fields.tls_config) ?? smtp.tls,
    headers,
    html: decoder.template(fields.html, '{{ template "email.default.html" . }}'),
    // With `html` alone there is no text part, which might say something else.
    text: decoder.template(fields.text, isOwnHtml ? '' : '{{ template "email.default.text" . }}'),
    threading: readThreading(decoder, fields.threading, headers),
  };
}

function readAuth(decoder: Decoder, fields: Fields, smtp: SmtpDefaults): EmailAuth | undefined {
  const password = readSecret(decoder, {
    inline: fields.auth_password,
    file: fields.auth_password_file,
    names: 'auth_password & auth_password_file',
  });
  const secret = readSecret(decoder, {
    inline: fields.auth_secret,
    file: fields.auth_secret_file,
    names: 'auth_secret & auth_secret_file',
  });
  const username = decoder.text(fields.auth_username) || smtp.authUsername;
  const identity = decoder.text(fields.auth_identity) || smtp.authIdentity;
  if (username === '') return undefined;
  return {
    username,
    identity,
    password: password ?? smtp.authPassword,
    secret: secret ?? smtp.authSecret,
  };
}

function readHeaders(decoder: TemplateDecoder, node: Field): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of decoder.entries(node, 'map[string]string')) {
    const canonical = name.toLowerCase().replace(/(^|-)[a-z]/g, start => start.toUpperCase());
    if (headers.has(canonical)) decoder.addMistake(value, `duplicate header "${canonical}" in email config`);
    headers.set(canonical, decoder.template(value));
  }
  return headers;
}

function readThreading(
  decoder: Decoder,
  node: Field,
  headers: ReadonlyMap<string, string>,
): EmailOptions['threading'] {
  const fields = decoder.fields(node, 'config.plain', ['enabled', 'thread_by_date'] as const);
  const by = decoder.text(fields.thread_by_date, 'daily');
  if (!decoder.boolean(fields.enabled) || !node) return undefined;
  for (const name of ['References', 'In-Reply-To'])
    if (headers.has(name))
      decoder.addMistake(
        node,
        `conflicting configuration: threading.enabled conflicts with custom ${name} header`,
      );
  if (by === 'daily' || by === 'none') return by;
  decoder.addMistake(node, "threading.thread_by_date must be either 'none' or 'daily'");
  return undefined;
}
