// `<http_config>`: how others are called. Source: prometheus/common, config/http_config.go.

import { type Decoder, type Field, isAbsent } from '../decode.js';
import { FileSecret } from '../file-secret.js';
import type { YamlNode } from '../yaml-tree.js';
import type { Authorization, BasicAuth, HttpClientConfig } from './config.js';
import { readHttpHeaders } from './read-headers.js';
import { readSecret } from './read-secret.js';
import { readTlsConfig, refuseSecretManager } from './read-tls.js';

const PROXY_KEYS = ['proxy_url', 'no_proxy', 'proxy_from_environment', 'proxy_connect_header'] as const;
/** The keys of an `<http_config>`. */
export const HTTP_CONFIG_KEYS = [
  'basic_auth',
  'authorization',
  'oauth2',
  'bearer_token',
  'bearer_token_file',
  'tls_config',
  'follow_redirects',
  'enable_http2',
  'http_headers',
  ...PROXY_KEYS,
] as const;
const BASIC_AUTH_KEYS = [
  'username',
  'username_file',
  'username_ref',
  'password',
  'password_file',
  'password_ref',
] as const;
const AUTHORIZATION_KEYS = ['type', 'credentials', 'credentials_file', 'credentials_ref'] as const;
/** The default. */
export const DEFAULT_HTTP_CONFIG: HttpClientConfig = { follow_redirects: true };

export type HttpConfigKey = (typeof HTTP_CONFIG_KEYS)[number];
export type BasicAuthKey = (typeof BASIC_AUTH_KEYS)[number];
export type AuthorizationKey = (typeof AUTHORIZATION_KEYS)[number];
type Fields = Partial<Record<HttpConfigKey, YamlNode>>;

/**
 * Reads an `<http_config>`, which takes the place of the inherited one as a whole.
 * @param instead what to do about an option that is not supported
 */
export function readHttpConfig(
  decoder: Decoder,
  node: Field,
  inherited: HttpClientConfig,
  instead: string,
): HttpClientConfig {
  if (isAbsent(node)) return inherited;
  // A text in the place of a mapping may be what belongs below one of its keys.
  if (node.kind === 'scalar') decoder.markSecret(node);
  return readHttpFields(decoder, node, decoder.fields(node, 'config.plain', HTTP_CONFIG_KEYS), instead);
}

/** The same where its keys stand among others. @param node what has them */
export function readHttpFields(
  decoder: Decoder,
  node: YamlNode,
  fields: Fields,
  instead: string,
): HttpClientConfig {
  refuseUnknownWays(decoder, fields, instead);
  const bearer = readBearer(decoder, fields);
  const authorization = readAuthorization(decoder, fields.authorization);
  const basicAuth = readBasicAuth(decoder, fields.basic_auth);
  checkOneWay(decoder, node, { bearer, authorization, basicAuth });
  // HTTP/1.1 serves every receiver; whether HTTP/2 is allowed is checked to be a boolean and no more.
  decoder.boolean(fields.enable_http2);
  return {
    basic_auth: basicAuth,
    authorization: authorization ?? bearer,
    tls_config: readTlsConfig(decoder, fields.tls_config),
    headers: readHttpHeaders(decoder, fields.http_headers),
    follow_redirects: decoder.boolean(fields.follow_redirects, true),
  };
}

function refuseUnknownWays(decoder: Decoder, fields: Fields, instead: string): void {
  if (!isAbsent(fields.oauth2)) decoder.addMistake(fields.oauth2, `oauth2 is not supported; ${instead}`);
  for (const key of PROXY_KEYS) {
    const node = fields[key];
    const isUnused = isAbsent(node) || (node.kind === 'scalar' && /^(?:false|)$/i.test(node.text));
    if (!isUnused) decoder.addMistake(node, `${key} is not supported: there are no proxies; ${instead}`);
  }
}

function readBearer(decoder: Decoder, fields: Fields): Authorization | undefined {
  const credentials = readSecret(decoder, {
    inline: fields.bearer_token,
    file: fields.bearer_token_file,
    names: 'bearer_token & bearer_token_file',
  });
  return credentials && { type: 'Bearer', credentials };
}

function readAuthorization(decoder: Decoder, node: Field): Authorization | undefined {
  if (isAbsent(node)) return undefined;
  if (node.kind === 'scalar') decoder.markSecret(node);
  const fields = decoder.fields(node, 'config.plain', AUTHORIZATION_KEYS);
  if (decoder.text(fields.credentials_ref) !== '')
    refuseSecretManager(decoder, node, 'credentials_ref', 'credentials_file');
  const type = decoder.text(fields.type).trim() || 'Bearer';
  if (type.toLowerCase() === 'basic')
    decoder.addMistake(node, 'authorization type cannot be set to "basic", use "basic_auth" instead');
  const credentials = readSecret(decoder, {
    inline: fields.credentials,
    file: fields.credentials_file,
    names: 'authorization credentials & credentials_file',
  });
  return { type, credentials };
}

function readBasicAuth(decoder: Decoder, node: Field): BasicAuth | undefined {
  if (isAbsent(node)) return undefined;
  if (node.kind === 'scalar') decoder.markSecret(node);
  const fields = decoder.fields(node, 'config.plain', BASIC_AUTH_KEYS);
  for (const key of ['username', 'password'] as const)
    if (decoder.text(fields[`${key}_ref`]) !== '')
      refuseSecretManager(decoder, node, `${key}_ref`, `${key}_file`);
  const username = decoder.text(fields.username);
  const usernameFile = decoder.path(fields.username_file);
  if (username !== '' && usernameFile !== '')
    decoder.addMistake(
      node,
      'at most one of basic_auth username, username_file & username_ref must be configured',
    );
  const password = readSecret(decoder, {
    inline: fields.password,
    file: fields.password_file,
    names: 'basic_auth password, password_file & password_ref',
  });
  return { username: usernameFile === '' ? username : new FileSecret(usernameFile), password };
}

interface SupportedOptions {
  readonly bearer: Authorization | undefined;
  readonly authorization: Authorization | undefined;
  readonly basicAuth: BasicAuth | undefined;
}

function checkOneWay(
  decoder: Decoder,
  node: YamlNode,
  { bearer, authorization, basicAuth }: SupportedOptions,
): void {
  if (basicAuth && bearer)
    decoder.addMistake(
      node,
      'at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured',
    );
  if (authorization && bearer)
    decoder.addMistake(node, 'authorization is not compatible with bearer_token & bearer_token_file');
  if (authorization && basicAuth)
    decoder.addMistake(node, 'at most one of basic_auth, oauth2 & authorization must be configured');
}
